import type { Category, Tag } from './tag';

/** What dictionary/build.mjs makes of the lists: one entry a line (a character, in `bands`) in every column. */
export interface PackedDictionary {
  /** Names of the groups, each with how many entries it has. */
  groups: [string, number][];
  tags: string;
  bands: string;
  words: string;
  readings: string;
  aliases: string;
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

export function unpackDictionary(packed: PackedDictionary): Tag[] {
  const names = packed.tags.split('\n');
  const words = packed.words.split('\n');
  const readings = packed.readings.split('\n');
  const aliases = packed.aliases.split('\n');
  const groups = packed.groups.flatMap(([group, count]) => Array<string>(count).fill(group));
  return names.map((name, index) => ({
    name,
    category: categoryOf(groups[index] ?? ''),
    group: groups[index] ?? '',
    count: countOf(packed.bands[index] ?? '0'),
    words: fields(words[index], '|'),
    readings: fields(readings[index], '|'),
    aliases: fields(aliases[index], ','),
  }));
}
