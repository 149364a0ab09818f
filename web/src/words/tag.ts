export type Category = 'general' | 'artist' | 'copyright' | 'character' | 'meta';

/** A word of the tag vocabulary that pictures are described with. */
export interface Tag {
  /** As prompts write it: lower case, spaces and no underscores (but in faces such as `>_<`). */
  name: string;
  category: Category;
  /** The finer group of the built-in dictionary, such as 'hair'; empty for tags out of files. */
  group: string;
  /** How many pictures have it, more or less; decides the order. */
  count: number;
  /** In Japanese, the usual one first. */
  words: string[];
  /** Of the words, in hiragana; those of words in kana are left out. */
  readings: string[];
  /** Other English names, which give way to `name`. */
  aliases: string[];
}

/** Faces made of signs and the score tags of some models keep their underscores. */
function keepsUnderscores(name: string): boolean {
  return /^(?:[^a-z\s]+_[^a-z\s]*|(.)_\1|(?:score|source)_\w*)$/.test(name);
}

/** Underscores as spaces, but where they belong to the tag. */
export function spaced(text: string): string {
  return keepsUnderscores(text) ? text : text.replaceAll('_', ' ');
}

/** The way a tag is written in a prompt: `Long_Hair` -> `long hair`. */
export function tagName(text: string): string {
  return spaced(text.trim().toLowerCase()).trim();
}
