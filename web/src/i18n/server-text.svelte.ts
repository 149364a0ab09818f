import { speech } from './index.svelte';
import { readCatalogue, Translator } from './message-catalogue';
import { japaneseSentence, sentence } from './sentence';

/** The server speaks English; its messages in Japanese are fetched when the page is first shown in that language. */
class ServerText {
  #translator = $state.raw<Translator>();
  #loading: Promise<void> | undefined;

  /** Resolves when messages can be said in the page's language; also when that failed: then they stay English. */
  ready(): Promise<void> {
    if (speech.language === 'en') return Promise.resolve();
    this.#loading ??= import('./ja/server-messages.txt?raw').then(
      ({ default: text }) => {
        this.#translator = new Translator(readCatalogue(text));
      },
      () => {
        this.#loading = undefined;
      },
    );
    return this.#loading;
  }

  /** A message of the server as a sentence of the page's language. Follows a switch inside markup and $derived. */
  said(message: string): string {
    if (speech.language === 'en') return sentence(message);
    if (!this.#translator) void this.ready();
    const translated = this.#translator?.translate(message);
    return translated === undefined ? sentence(message) : japaneseSentence(translated);
  }
}

const serverText = new ServerText();
export const said = (message: string) => serverText.said(message);
export const messagesReady = () => serverText.ready();

/** What is wrong with a file, which the server tells without the file's name ("is a LoRA, expected an autoencoder"). */
export function saidOfFile(name: string, problem: string): string {
  if (speech.language === 'en') return sentence(problem);
  const isVerb = /^(is|has|holds|ends|announces|changes|names|says|lacks)\b/.test(problem);
  const told = said(`'${name}'${isVerb ? '' : ':'} ${problem}`);
  const subject = new RegExp(`^「${name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}」(は|：)`);
  return told.replace(subject, '');
}
