import { isKana, toHiragana } from './kana';

/** How the readings of words are kept: see dictionary/readings.mjs, which makes it. */
export interface PackedReadings {
  /** A line a letter that is no kana, in the order in which words first use them: its readings, parted by commas. */
  sounds: string;
  /**
   * For every word that is not in kana alone, a character a letter: `a` for the letter's first reading, `b` for its
   * second and so on. `!` stands for a word whose reading is in `odd`, `-` for one without; `+` behind a tag's words
   * for a further reading out of `odd`.
   */
  choices: string;
  odd: string;
}

const readLetter = /[\u4e00-\u9fff々A-Za-z0-9]/;

/** Gives the readings of one tag's words after the other. */
export class ReadingSource {
  readonly #sounds: string[][];
  readonly #odd: string[];
  readonly #choices: string;
  readonly #letters = new Map<string, string[]>();
  #at = 0;
  #oddAt = 0;

  constructor({ sounds, choices, odd }: PackedReadings) {
    this.#sounds = sounds.split('\n').map((line) => line.split(','));
    this.#choices = choices;
    this.#odd = odd.split('\n');
  }

  next(words: readonly string[]): string[] {
    const readings = words.filter((word) => !isKana(word)).map((word) => this.#readingOf(word));
    while (this.#takes('+')) readings.push(this.#nextOdd());
    return readings.filter((reading) => reading !== '');
  }

  #readingOf(word: string): string {
    if (this.#takes('-')) return '';
    if (this.#takes('!')) return this.#nextOdd();
    return [...word].map((letter) => this.#sound(letter)).join('');
  }

  #sound(letter: string): string {
    if (letter === '・') return '';
    if (!readLetter.test(letter)) return toHiragana(letter);
    let sounds = this.#letters.get(letter);
    if (!sounds) {
      sounds = this.#sounds[this.#letters.size] ?? [];
      this.#letters.set(letter, sounds);
    }
    return sounds[this.#choices.charCodeAt(this.#at++) - 97] ?? '';
  }

  #takes(sign: string): boolean {
    if (this.#choices[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #nextOdd(): string {
    return this.#odd[this.#oddAt++] ?? '';
  }
}
