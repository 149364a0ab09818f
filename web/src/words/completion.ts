import {
  type Fragment,
  type NetworkFragment,
  type TagFragment,
  fragmentAt,
  lastWords,
  withoutFirstWord,
} from './fragment';
import { type Category, spaced } from './tag';
import { type FoundTag, type TagIndex, normalised } from './tag-index';

export type SuggestionCategory = Category | 'lora' | 'hypernet' | 'embedding' | 'wildcard';

export interface Suggestion {
  /** What takes the place of the text from `from` to `to`. */
  insert: string;
  /** The name as people read it. */
  label: string;
  /** A Japanese word or the alias that was found; may be empty. */
  note: string;
  category: SuggestionCategory;
  /** The finer group of built-in tags, such as 'hair'; else empty. */
  group: string;
  /** How many pictures have the tag; 0 where that is unknown. */
  count: number;
}

export interface Proposal {
  from: number;
  to: number;
  entries: Suggestion[];
}

export interface Network {
  kind: 'lora' | 'hypernet';
  name: string;
  /** What it is inserted with; 1 if not given. */
  weight?: number;
}

/** All that may be offered. */
export interface Vocabulary {
  tags: TagIndex;
  networks: Network[];
  embeddings: string[];
  /** Names as prompts write them between underscores. */
  wildcards: string[];
}

export interface CompletionOptions {
  /** The most entries; 20 if not given. */
  limit?: number;
  /** An input method is still at work on the text: nothing is offered. */
  isComposing?: boolean;
}

const escaped = (name: string) => name.replace(/[()[\]\\]/g, '\\$&');

/** What is searched for: one space for each gap or underscore, no backslashes. */
function queryOf(typed: string): string {
  const plain = spaced(typed.trimStart().toLowerCase()).replace(/\\([()[\]\\])/g, '$1');
  return normalised(plain.replace(/\s+/g, ' '));
}

/** A single letter or sign fits too much; a digit or a kanji says more. */
function isTooShort(query: string): boolean {
  return query.trim() === '' || /^[\x20-\x2f\x3a-\x7e] ?$/.test(query);
}

/** Whether it is worth while to search for the text inside of words. */
function isTelling(query: string): boolean {
  return query.length > 2 || /[^\x00-\x7f]/.test(query);
}

function matching<T>(items: T[], query: string, nameOf: (item: T) => string, limit: number): T[] {
  const text = normalised(query.replaceAll('_', ' ').trim());
  const scored = items.map((item) => ({
    item,
    at: normalised(nameOf(item)).replaceAll('_', ' ').indexOf(text),
  }));
  const begin = scored.filter(({ at }) => at === 0);
  const inside = scored.filter(({ at }) => at > 0);
  return [...begin, ...inside].slice(0, limit).map(({ item }) => item);
}

/** Whether the line has a bracket before this place that nothing closes yet: a weight may come next. */
function isInOpenBracket(text: string, place: number): boolean {
  const end = text.indexOf('\n', place);
  const line = text
    .slice(text.lastIndexOf('\n', place - 1) + 1, end < 0 ? text.length : end)
    .slice(0, 10_000);
  const signs = line.replace(/\\./g, '').replace(/[^()]/g, '');
  return signs.lastIndexOf('(') > signs.lastIndexOf(')');
}

/** Takes a comma that follows along, so that the caret ends behind it, and adds one where the text ends. */
function joined(text: string, from: number, to: number): { before: string; after: string; to: number } {
  const before = /[,、，]/.test(text.charAt(from - 1)) ? ' ' : '';
  const rest = text.slice(to, to + 80);
  const comma = /^[ \t]*, ?/.exec(rest);
  if (comma) return { before, after: ', ', to: to + comma[0].length };
  if (/^[ \t]*[)\]:|}>]/.test(rest) || isInOpenBracket(text, from)) return { before, after: '', to };
  const spaces = /^[ \t]*/.exec(rest)?.[0].length ?? 0;
  return { before, after: ', ', to: to + spaces };
}

function tagEntry({ tag, through }: FoundTag): Omit<Suggestion, 'insert'> {
  const { category, group, count } = tag;
  return { label: tag.name, note: through || (tag.words[0] ?? ''), category, group, count };
}

function embeddingEntry(name: string): Omit<Suggestion, 'insert'> {
  return { label: name, note: '', category: 'embedding', group: '', count: 0 };
}

function proposeWords(text: string, fragment: TagFragment, words: Omit<Suggestion, 'insert'>[]): Proposal {
  const { before, after, to } = joined(text, fragment.from, fragment.to);
  const entries = words.map((entry) => ({ ...entry, insert: before + escaped(entry.label) + after }));
  return { from: fragment.from, to, entries };
}

/** Tags that begin with the text, then those that hold it; a kanji inside of words is worth a third of the places. */
function findTags(tags: TagIndex, query: string, limit: number, looksInside: boolean): FoundTag[] {
  const found = tags.find(query, limit);
  if (!looksInside || !isTelling(query)) return found;
  const known = new Set(found.map(({ tag }) => tag));
  const inside = tags.findInside(query, limit * 2).filter(({ tag }) => !known.has(tag));
  const least = /[\u4e00-\u9fff]/.test(query) ? Math.floor(limit / 3) : 0;
  const kept = Math.min(inside.length, Math.max(least, limit - found.length));
  return [...found.slice(0, limit - kept), ...inside.slice(0, kept)];
}

/** In a sentence only its last words name a tag, so words are taken off until something fits. */
function proposeTags(
  vocabulary: Vocabulary,
  text: string,
  whole: TagFragment,
  limit: number,
): Proposal | undefined {
  let fragment: TagFragment | undefined = lastWords(whole, 5);
  for (let tries = 0; fragment; tries++) {
    const query = queryOf(fragment.query);
    if (isTooShort(query)) return undefined;
    const embeddings = matching(vocabulary.embeddings, query, (name) => name, 4).map(embeddingEntry);
    const found = findTags(vocabulary.tags, query, limit - embeddings.length, tries === 0);
    const words = [...found.map(tagEntry), ...embeddings];
    if (words.length > 0) return proposeWords(text, fragment, words);
    fragment = withoutFirstWord(fragment);
  }
  return undefined;
}

function proposeNetworks(
  networks: Network[],
  fragment: NetworkFragment,
  isAtEnd: boolean,
  limit: number,
): Proposal {
  const kinds = fragment.kind === '' ? networks : networks.filter(({ kind }) => kind === fragment.kind);
  const isKind = fragment.kind === '' && ['lora', 'hypernet'].some((kind) => kind.startsWith(fragment.query));
  const fitting = isKind
    ? kinds.filter(({ kind }) => kind.startsWith(fragment.query)).slice(0, limit)
    : matching(kinds, fragment.query, ({ name }) => name, limit);
  const space = isAtEnd ? ' ' : '';
  const entries = fitting.map(({ kind, name, weight }): Suggestion => {
    const insert = `<${kind}:${name}${fragment.tail || `:${weight ?? 1}>`}${space}`;
    return { insert, label: name, note: '', category: kind, group: '', count: 0 };
  });
  return { from: fragment.from, to: fragment.to, entries };
}

function proposeWildcards(names: string[], fragment: Fragment, limit: number): Proposal {
  const entries = matching(names, fragment.query, (name) => name, limit).map((name): Suggestion => {
    return { insert: `__${name}__`, label: name, note: '', category: 'wildcard', group: '', count: 0 };
  });
  return { from: fragment.from, to: fragment.to, entries };
}

/** What may be meant by the word before the caret, the likeliest first; undefined when there is nothing to offer. */
export function propose(
  vocabulary: Vocabulary,
  text: string,
  caret: number,
  { limit = 20, isComposing = false }: CompletionOptions = {},
): Proposal | undefined {
  const fragment = isComposing ? undefined : fragmentAt(text, caret);
  if (!fragment) return undefined;
  if (fragment.type === 'tag') return proposeTags(vocabulary, text, fragment, limit);
  const proposal =
    fragment.type === 'network'
      ? proposeNetworks(vocabulary.networks, fragment, fragment.to === text.length, limit)
      : proposeWildcards(vocabulary.wildcards, fragment, limit);
  return proposal.entries.length > 0 ? proposal : undefined;
}
