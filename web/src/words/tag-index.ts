import { foldKana, foldRomaji, isKana, toHiragana } from './kana';
import type { Tag } from './tag';

/**
 * How a tag was found: its name, an alias or a Japanese word is the text (exact) or begins with it; a reading, written
 * in Latin letters, is it (reading) or begins with it (romaji); a later word of the name begins with it (inner); the text
 * stands anywhere (inside).
 */
export type Match = 'exact' | 'reading' | 'name' | 'japanese' | 'alias' | 'romaji' | 'inner' | 'inside';

export interface FoundTag {
  tag: Tag;
  match: Match;
  /** The alias or the Japanese word that fits, where the name does not. */
  through: string;
}

type KeyKind = 'name' | 'japanese' | 'alias' | 'romaji' | 'inner';

interface Key {
  text: string;
  /** Index of the tag. */
  tag: number;
  kind: KeyKind;
  through: string;
}

interface Hit {
  key: Key;
  match: Match;
}

/** The form in which keys and what is typed are compared. */
export function normalised(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return toHiragana(text.normalize('NFKC').toLowerCase());
}

function mergedTags(lists: Tag[][]): Tag[] {
  const byName = new Map<string, Tag>();
  for (const tag of lists.flat()) {
    const known = byName.get(tag.name);
    byName.set(tag.name, known ? merged(known, tag) : tag);
  }
  return [...byName.values()].sort((a, b) => b.count - a.count);
}

function merged(known: Tag, more: Tag): Tag {
  return {
    name: known.name,
    category: more.category === 'general' ? known.category : more.category,
    group: known.group || more.group,
    count: more.count || known.count,
    words: [...new Set([...known.words, ...more.words])],
    readings: [...new Set([...known.readings, ...more.readings])],
    aliases: [...new Set([...known.aliases, ...more.aliases])],
  };
}

/** The places in a name where a word begins, but for the first. */
function innerStarts(name: string): number[] {
  const starts: number[] = [];
  for (let i = 1; i < name.length; i++) {
    if (/[ \-(:]/.test(name.charAt(i - 1)) && /[^ \-(:]/.test(name.charAt(i))) starts.push(i);
  }
  return starts;
}

function keysOf(tag: Tag, index: number): Key[] {
  const keys: Key[] = [];
  const add = (text: string, kind: KeyKind, through = '') => {
    if (text !== '') keys.push({ text, tag: index, kind, through });
  };
  const name = normalised(tag.name);
  add(name, 'name');
  for (const start of innerStarts(name)) add(name.slice(start), 'inner');
  for (const alias of tag.aliases) add(normalised(alias), 'alias', alias);
  const usual = tag.words[0] ?? '';
  for (const word of tag.words) {
    // Who types a reading is shown the word in its usual form.
    const shown = tag.readings.includes(toHiragana(word)) ? usual : word;
    add(normalised(word), 'japanese', shown);
    if (isKana(word)) add(foldKana(word), 'romaji', shown);
  }
  for (const reading of tag.readings) {
    add(reading, 'japanese', usual);
    add(foldKana(reading), 'romaji', usual);
  }
  return keys;
}

const primary: Match[] = ['exact', 'reading', 'name', 'japanese'];
const secondary: Match[] = ['alias', 'romaji', 'inner'];

function matchOf(key: Key, text: string): Match {
  const isWhole = key.text.length === text.length;
  if (key.kind === 'romaji') return isWhole && text.length > 2 ? 'reading' : 'romaji';
  return isWhole && key.kind !== 'inner' ? 'exact' : key.kind;
}

/** Hits by how they match: of each way the commonest tags only, since no more are ever offered. */
class Hits {
  private readonly lists = new Map<Match, Hit[]>();

  constructor(private readonly limit: number) {}

  add(key: Key, match: Match) {
    const list = this.lists.get(match);
    if (!list) this.lists.set(match, [{ key, match }]);
    else if (list.length < this.limit) list.push({ key, match });
  }

  /**
   * In the order in which they are offered, each tag once. Those that begin with the text come first; a third of the
   * places is kept for the others, so that `hair` offers `long hair` as well.
   */
  ranked(): Hit[] {
    const seen = new Set<number>();
    const isNew = ({ key }: Hit) => !seen.has(key.tag) && seen.add(key.tag);
    const first = primary.flatMap((match) => this.lists.get(match) ?? []).filter(isNew);
    const others = secondary.flatMap((match) => this.lists.get(match) ?? []).filter(isNew);
    others.sort((a, b) => a.key.tag - b.key.tag);
    const kept = Math.min(others.length, Math.max(Math.floor(this.limit / 3), this.limit - first.length));
    return [...first.slice(0, this.limit - kept), ...others.slice(0, kept)];
  }
}

/** Letters by which keys lie in buckets. */
const longestHead = 3;

/** Names one after the other, the commonest first, in which text is searched that stands anywhere. */
class Haystack {
  private readonly text: string;
  private readonly starts: number[] = [];

  constructor(lines: string[]) {
    let length = 1;
    for (const line of lines) {
      this.starts.push(length);
      length += line.length + 1;
    }
    this.text = `\n${lines.join('\n')}\n`;
  }

  /** Indices of the first lines that hold the text, at most so many. */
  find(text: string, limit: number): number[] {
    const lines: number[] = [];
    for (let at = this.text.indexOf(text); at >= 0 && lines.length < limit;) {
      const line = this.lineAt(at);
      lines.push(line);
      const next = this.starts[line + 1];
      at = next === undefined ? -1 : this.text.indexOf(text, next);
    }
    return lines;
  }

  private lineAt(place: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/**
 * Finds tags by how their names, aliases, Japanese words and readings begin. Keys lie in buckets by their first one
 * to three letters, each in the order of how common the tag is, so that a search looks at few of them and sorts none.
 */
export class TagIndex {
  /** The commonest first. */
  readonly tags: readonly Tag[];
  private readonly buckets = new Map<string, Key[]>();
  private readonly names: Haystack;
  private readonly words: Haystack;

  /** Of tags that stand in several lists, the later one says category and count; names are joined. */
  constructor(...lists: Tag[][]) {
    this.tags = mergedTags(lists);
    this.tags.forEach((tag, index) => {
      for (const key of keysOf(tag, index)) {
        for (let length = 1; length <= Math.min(key.text.length, longestHead); length++) {
          this.put(key.text.slice(0, length), key);
        }
      }
    });
    this.names = new Haystack(this.tags.map((tag) => normalised(tag.name)));
    this.words = new Haystack(this.tags.map((tag) => normalised(tag.words.join('|'))));
  }

  /** Tags that begin with the normalised text in some way, the best first, each once. */
  find(text: string, limit: number): FoundTag[] {
    const hits = new Hits(limit);
    this.collect(text, (kind) => kind !== 'romaji', hits);
    const romaji = /^[a-z][a-z' -]+$/.test(text) ? foldRomaji(text) : '';
    if (romaji.length > 1) this.collect(romaji, (kind) => kind === 'romaji', hits);
    return hits.ranked().map(({ key, match }) => this.found(key.tag, match, key.through));
  }

  /** Tags with the normalised text anywhere in the name or in a Japanese word, the commonest first. */
  findInside(text: string, limit: number): FoundTag[] {
    const isEnglish = /^[\x20-\x7e]*$/.test(text);
    const places = (isEnglish ? this.names : this.words).find(text, limit);
    return places.map((tag) => this.found(tag, 'inside', ''));
  }

  private found(index: number, match: Match, through: string): FoundTag {
    const tag = this.tags[index];
    if (!tag) throw new RangeError(`there is no tag ${index}`);
    return { tag, match, through };
  }

  private put(head: string, key: Key) {
    const bucket = this.buckets.get(head);
    if (bucket) bucket.push(key);
    else this.buckets.set(head, [key]);
  }

  private collect(text: string, wants: (kind: KeyKind) => boolean, hits: Hits) {
    for (const key of this.buckets.get(text.slice(0, longestHead)) ?? []) {
      if (wants(key.kind) && key.text.startsWith(text)) hits.add(key, matchOf(key, text));
    }
  }
}
