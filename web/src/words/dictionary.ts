import { unpackBytes } from '../../dictionary/text-coder.mjs';
import { ReadingSource } from './packed-readings';
import type { Category, Tag } from './tag';

/** What dictionary/build.mjs makes of the lists. */
export interface PackedDictionary {
  /** Names of the groups, each with how many entries it has. */
  groups: [string, number][];
  /** The letters that Japanese columns are written with, the commonest first. */
  alphabet: string;
  /** In the order of `columnNames`: how many bytes each has, and they themselves, packed, in base64. */
  columns: [number, string][];
}

const columnNames = ['tags', 'bands', 'aliases', 'choices', 'words', 'sounds', 'odd'] as const;
type ColumnName = (typeof columnNames)[number];

/** A column holds one entry a line (a character, in `bands`), but for those of PackedReadings. */
async function unpackColumns(packed: PackedDictionary): Promise<Record<ColumnName, string>> {
  const columns: Partial<Record<ColumnName, string>> = {};
  for (const [index, name] of columnNames.entries()) {
    const [length, base64] = packed.columns[index] ?? [0, ''];
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    columns[name] = new TextDecoder().decode(unpackBytes(bytes, length));
    // Who is typing should not feel it.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return columns as Record<ColumnName, string>;
}

/** One byte for each of the commonest letters, two for the others; line ends stand for themselves. */
function decoder(alphabet: string): (text: string) => string {
  const letters = new Map<string, string>();
  let code = 0x20;
  for (const letter of alphabet) {
    letters.set(String.fromCharCode(code), letter);
    code = code === 0x7e ? 0xa0 : code + 1;
  }
  return (text) => text.replace(/[^\n]/g, (sign) => letters.get(sign) ?? '');
}

const metaGroups = new Set(['quality', 'meta']);

function categoryOf(group: string): Category {
  return metaGroups.has(group) ? 'meta' : 'general';
}

/** A band stands for about so many pictures: 9 for three million, 8 for one million, 7 for 300,000 and so on. */
function countOf(band: string): number {
  const digit = Number(band);
  return (digit % 2 === 0 ? 1 : 3) * 10 ** (2 + Math.floor(digit / 2));
}

function fields(line: string | undefined, separator: string): string[] {
  return line ? line.split(separator) : [];
}

export async function unpackDictionary(packed: PackedDictionary): Promise<Tag[]> {
  const columns = await unpackColumns(packed);
  const names = columns.tags.split('\n');
  const decode = decoder(packed.alphabet);
  const words = decode(columns.words).split('\n');
  const readings = new ReadingSource({
    sounds: decode(columns.sounds),
    odd: decode(columns.odd),
    choices: columns.choices,
  });
  const aliases = columns.aliases.split('\n');
  const groups = packed.groups.flatMap(([group, count]) => Array<string>(count).fill(group));
  return names.map((name, index) => {
    const ownWords = fields(words[index], '|');
    return {
      name,
      category: categoryOf(groups[index] ?? ''),
      group: groups[index] ?? '',
      count: countOf(columns.bands[index] ?? '0'),
      words: ownWords,
      readings: readings.next(ownWords),
      aliases: fields(aliases[index], ','),
    };
  });
}
