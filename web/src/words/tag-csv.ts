import { type Category, type Tag, tagName } from './tag';

/** The largest file that is read: 100 MB of characters. */
export const largestTagFile = 100_000_000;
const mostTags = 1_000_000;
const longestName = 200;
const mostAliases = 100;

export interface TagFile {
  tags: Tag[];
  /** Lines that could not be used. */
  skipped: number;
  /** Why nothing was read: the file is too large, or in another encoding than UTF-8. */
  problem?: 'too-large' | 'not-utf8';
}

const categories: Record<string, Category> = {
  1: 'artist',
  3: 'copyright',
  4: 'character',
  5: 'meta',
};

/** The fields of one line. A quote that is never closed ends with the line, so that it harms no other. */
function splitLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  for (let i = 0; i <= line.length;) {
    if (line[i] !== '"') {
      const end = line.indexOf(',', i);
      fields.push(line.slice(i, end < 0 ? line.length : end));
      i = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    const { field, next } = quotedField(line, i + 1);
    fields.push(field);
    const comma = line.indexOf(',', next);
    i = comma < 0 ? line.length + 1 : comma + 1;
  }
  return fields;
}

/** What stands between quotes, a doubled one for a quote; `begin` is behind the first. */
function quotedField(line: string, begin: number): { field: string; next: number } {
  let field = '';
  for (let i = begin; ;) {
    const quote = line.indexOf('"', i);
    if (quote < 0) return { field: field + line.slice(i), next: line.length };
    field += line.slice(i, quote);
    if (line[quote + 1] !== '"') return { field, next: quote + 1 };
    field += '"';
    i = quote + 2;
  }
}

function isNumber(field: string): boolean {
  return /^\s*\d*\s*$/.test(field);
}

function isJapanese(text: string): boolean {
  return /[\u3040-\u30ff\u3400-\u9fff]/.test(text);
}

function namesIn(field: string | undefined): string[] {
  const names = (field ?? '').split(',', mostAliases).map((name) => name.trim());
  return names.filter((name) => name !== '' && name.length <= longestName);
}

/**
 * `tag,category,count,"alias,alias"` or, in files of translations, `tag,translation` and `tag,category,translation`,
 * where the category may be empty.
 */
function tagOfLine(line: string): Tag | undefined {
  if (line.length > 20_000) return undefined;
  const [first = '', second = '', third = '', fourth = ''] = splitLine(line);
  const name = tagName(first);
  if (name === '' || name.length > longestName) return undefined;
  const translations = isNumber(second) ? (isNumber(third) ? '' : third) : second;
  const others = namesIn(fourth);
  return {
    name,
    category: categories[second.trim()] ?? 'general',
    group: '',
    count: isNumber(third) ? Number(third) : 0,
    words: [...namesIn(translations), ...others.filter(isJapanese)],
    readings: [],
    aliases: others.filter((other) => !isJapanese(other)).map(tagName),
  };
}

/** Text that was decoded from bytes in another encoding is full of replacement characters. */
function looksMisread(text: string): boolean {
  const lines = text.slice(0, 100_000).split('\n');
  return lines.filter((line) => line.includes('\ufffd')).length > lines.length / 20;
}

/** Reads a list of tags in the form that completion extensions share. Never throws, whatever the text. */
export function parseTagFile(text: string): TagFile {
  if (text.length > largestTagFile) return { tags: [], skipped: 0, problem: 'too-large' };
  if (looksMisread(text)) return { tags: [], skipped: 0, problem: 'not-utf8' };
  const tags: Tag[] = [];
  let skipped = 0;
  for (let begin = text.startsWith('\ufeff') ? 1 : 0; begin < text.length;) {
    const found = text.indexOf('\n', begin);
    const end = found < 0 ? text.length : found;
    const line = text.slice(begin, text[end - 1] === '\r' ? end - 1 : end);
    begin = end + 1;
    if (line === '') continue;
    const tag = tags.length < mostTags ? tagOfLine(line) : undefined;
    if (tag) tags.push(tag);
    else skipped++;
  }
  return { tags, skipped };
}
