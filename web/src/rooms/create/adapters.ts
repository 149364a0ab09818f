/** Puts adapters into a prompt and takes them out again. A tag is `<lora:name:weight>`. */
export interface AdapterWords {
  kind: 'lora' | 'hypernet';
  name: string;
  weight: number;
  /** What its trainer says should stand in the prompt; may be empty. */
  words: string;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function tagPattern({ kind, name }: Pick<AdapterWords, 'kind' | 'name'>): RegExp {
  const kinds = kind === 'lora' ? '(?:lora|lyco)' : 'hypernet';
  return new RegExp(`<${kinds}:${literally(name)}(?::[^<>]*)?>`, 'g');
}

export function hasAdapter(prompt: string, adapter: Pick<AdapterWords, 'kind' | 'name'>): boolean {
  return tagPattern(adapter).test(prompt);
}

/** At the end of the prompt: the tag, then those of its words that are not there yet. */
export function insertAdapter(prompt: string, adapter: AdapterWords): string {
  const tag = `<${adapter.kind}:${adapter.name}:${adapter.weight}>`;
  return joinWords(joinWords(prompt, tag), hasWords(prompt, adapter.words) ? '' : adapter.words);
}

/** Takes out every tag of the adapter, and its words where they stand as they were put in. */
export function removeAdapter(prompt: string, adapter: AdapterWords): string {
  const withoutTag = prompt.replace(tagPattern(adapter), '');
  return tidy(removeWords(withoutTag, adapter.words));
}

export function toggleAdapter(prompt: string, adapter: AdapterWords): string {
  return hasAdapter(prompt, adapter) ? removeAdapter(prompt, adapter) : insertAdapter(prompt, adapter);
}

/** Whether the words stand in the text, not as part of longer ones. */
export function hasWords(text: string, words: string): boolean {
  return words.trim() !== '' && wordsPattern(words).test(text);
}

/** Adds the words at the end, or takes them out: for embeddings, trigger words and tags. */
export function toggleWords(text: string, words: string): string {
  return hasWords(text, words) ? tidy(removeWords(text, words)) : joinWords(text, words);
}

function wordsPattern(words: string): RegExp {
  return new RegExp(`(?<=^|[,\\s>(])${literally(words.trim())}(?=$|[,\\s<):])`);
}

function removeWords(text: string, words: string): string {
  return words.trim() === '' ? text : text.replace(wordsPattern(words), '');
}

function joinWords(text: string, words: string): string {
  const end = text.replace(/[\s,]+$/, '');
  if (words.trim() === '') return text;
  return end === '' ? words.trim() : `${end}, ${words.trim()}`;
}

// Removal leaves commas without words between them; line breaks are the user's and stay.
function tidy(text: string): string {
  return text
    .replace(/(?:[^\S\n]*,)+[^\S\n]*(?=,)/g, '')
    .replace(/^[\s,]+/, '')
    .replace(/[\s,]+$/, '')
    .replace(/[^\S\n]+,/g, ',');
}
