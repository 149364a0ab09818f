/** What stands at the caret and may be completed. */
export type Fragment = TagFragment | NetworkFragment | WildcardFragment;

interface Place {
  /** The first character that a suggestion replaces, and the one after the last. */
  from: number;
  to: number;
  /** What was typed so far. */
  query: string;
}

export interface TagFragment extends Place {
  type: 'tag';
}

/** `<lora:na`; before the colon `kind` is empty and the query is the beginning of a kind. */
export interface NetworkFragment extends Place {
  type: 'network';
  kind: string;
  /** What follows the name up to the closing bracket: `:0.8>`. Empty if nothing does. */
  tail: string;
}

/** `__na` */
export interface WildcardFragment extends Place {
  type: 'wildcard';
}

const longestFragment = 200;

/** The line up to the caret, cut to what a fragment may be long. */
function lineBefore(text: string, caret: number): string {
  const begin = text.lastIndexOf('\n', caret - 1) + 1;
  return text.slice(Math.max(begin, caret - longestFragment), caret);
}

function isInComment(text: string, caret: number): boolean {
  const begin = text.lastIndexOf('\n', caret - 1) + 1;
  return text.slice(begin, caret).includes('#');
}

function networkAt(line: string, after: string, caret: number): NetworkFragment | undefined {
  const match = /<([a-z]*)(?::([^<>:\n]*))?$/i.exec(line);
  if (!match || (match[2] === undefined && match[0] === '<')) return undefined;
  const [whole, word = '', name] = match;
  const rest = /^[^<>:,()[\]\n]*(:[^<>\n]*)?>/.exec(after);
  return {
    type: 'network',
    from: caret - whole.length,
    to: caret + (rest?.[0].length ?? 0),
    query: name ?? word,
    kind: name === undefined ? '' : word.toLowerCase(),
    tail: rest?.[1] ? `${rest[1]}>` : '',
  };
}

function wildcardAt(line: string, after: string, caret: number): WildcardFragment | undefined {
  const segment = /[^{}|$#,;:()<>[\]"]*$/.exec(line)?.[0] ?? '';
  const parts = segment.split('__');
  const query = parts.at(-1) ?? '';
  if (parts.length % 2 !== 0) return undefined;
  const rest = /^[^{}|$#,;:()<>[\]"\s_]*__/.exec(after);
  return {
    type: 'wildcard',
    from: caret - query.length - 2,
    to: caret + (rest?.[0].length ?? 0),
    query: query.replace(/^[@~!]/, ''),
  };
}

function isDelimiter(line: string, i: number): boolean {
  const sign = line.charAt(i);
  if (/[,、，。|{}$"]/.test(sign)) return true;
  if (/[()[\]]/.test(sign)) return line[i - 1] !== '\\';
  // A colon that begins a word begins a face, such as `:d`.
  if (sign === ':') return i > 0 && /[^\s,(|[{]/.test(line.charAt(i - 1));
  return sign === '>' && /<\w+:[^<>]*>$/.test(line.slice(0, i + 1));
}

function tagAt(line: string, after: string, caret: number): TagFragment | undefined {
  let begin = line.length;
  while (begin > 0 && !isDelimiter(line, begin - 1)) begin--;
  const words = line
    .slice(begin)
    .replace(/^.*\b(?:AND|BREAK)(?=\s)/, '')
    .trimStart();
  if (words === '') return undefined;
  const isWeight = line[begin - 1] === ':' && /^[-+\d.\s]+$/.test(words);
  if (isWeight) return undefined;
  const rest = /^[\p{L}\p{N}_]*/u.exec(after)?.[0] ?? '';
  return { type: 'tag', from: caret - words.length, to: caret + rest.length, query: words };
}

/** The fragment before the caret, none where nothing is to be completed: in comments, numbers and after commas. */
export function fragmentAt(text: string, caret: number): Fragment | undefined {
  if (isInComment(text, caret)) return undefined;
  const line = lineBefore(text, caret);
  const after = text.slice(caret, caret + longestFragment);
  if (/<\w+:[^<>:\n]*:[^<>\n]*$/.test(line)) return undefined;
  return networkAt(line, after, caret) ?? wildcardAt(line, after, caret) ?? tagAt(line, after, caret);
}

/** The same fragment without its first word, for sentences; none when only one is left. */
export function withoutFirstWord(fragment: TagFragment): TagFragment | undefined {
  const space = /^\S+\s+(?=\S)/.exec(fragment.query)?.[0].length;
  if (!space) return undefined;
  return { ...fragment, from: fragment.from + space, query: fragment.query.slice(space) };
}

/** The fragment cut to so many words at its end. */
export function lastWords(fragment: TagFragment, count: number): TagFragment {
  const starts = [...fragment.query.matchAll(/\S+/g)].map(({ index }) => index);
  const skip = starts.at(-count) ?? 0;
  return { ...fragment, from: fragment.from + skip, query: fragment.query.slice(skip) };
}
