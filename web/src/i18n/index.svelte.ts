import { keep, onKeptElsewhere, readKept } from '../stores/kept';
import { en } from './en';
import { ja } from './ja';
import { chooseLanguage, isLanguage, type Language } from './language';

export type { Language } from './language';

const dictionaries: Record<Language, typeof ja> = { en, ja };

/** The language of the page: the browser's, unless the user chose one here. */
class Speech {
  #language = $state<Language>(readKept('language', chooseLanguage(navigator.languages), isLanguage));

  constructor() {
    onKeptElsewhere('language', (value) => {
      if (isLanguage(value)) this.#language = value;
    });
    document.documentElement.lang = this.#language;
  }

  get language(): Language {
    return this.#language;
  }

  set language(language: Language) {
    this.#language = language;
    keep('language', language);
    document.documentElement.lang = language;
  }
}

export const speech = new Speech();

/** The words of the current language; read it inside markup or $derived and it follows a switch. */
export function t(): typeof ja {
  return dictionaries[speech.language];
}

/** Picks from a text that came in both languages, such as the help of a field. */
export function inLanguage(texts: { en: string; ja: string }): string {
  return texts[speech.language];
}
