// Reads the tag lists in tags/, checks them and packs them. vite.config.ts uses it as a plugin; run by hand it checks
// only: node dictionary/build.mjs
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('./tags/', import.meta.url);
const moduleName = 'virtual:tag-dictionary';

/** The finer groups, in the order of which tags of one band are offered. Each is a file in tags/. */
export const groups = [
  'people',
  'hair',
  'eyes',
  'expression',
  'body',
  'fantasy',
  'pose',
  'clothes',
  'headwear',
  'footwear',
  'accessories',
  'animals',
  'food',
  'objects',
  'weapons',
  'vehicles',
  'places',
  'nature',
  'plants',
  'composition',
  'lighting',
  'effects',
  'style',
  'colour',
  'quality',
  'meta',
];

const kanaWord = /^[\u3041-\u309f\u30a1-\u30fc・]+$/;
const reading = /^[\u3041-\u3096ー]+$/;
const word = /^[\u3041-\u309f\u30a1-\u30fc\u4e00-\u9fff々・A-Za-z0-9]+$/;

function listOf(field, separator) {
  return field === '' ? [] : field.split(separator);
}

function problemsOfRow(row, { tag, band, words, readings, aliases }) {
  const problems = [];
  const expect = (holds, what) => holds || problems.push(what);
  expect(tag !== '' && tag === tag.trim() && tag === tag.toLowerCase(), 'the tag is not lower case');
  expect(/^[0-9]$/.test(band), `the band '${band}' is no digit`);
  expect(words.length > 0, 'there is no Japanese word');
  for (const each of words) expect(word.test(each), `'${each}' is no Japanese word`);
  for (const each of readings) expect(reading.test(each), `the reading '${each}' is not in hiragana`);
  expect(readings.length > 0 || words.every((each) => kanaWord.test(each)), 'there is no reading');
  for (const each of aliases)
    expect(each === each.trim().toLowerCase() && each !== '', `the alias '${each}' is not lower case`);
  return problems.map((problem) => `${row}: ${problem}`);
}

/**
 * Reads one list: a line is `tag<TAB>band<TAB>word|word<TAB>reading|reading<TAB>alias,alias`.
 * @returns {{rows: object[], problems: string[]}}
 */
export function readTagList(text, group) {
  const rows = [];
  const problems = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push(`${group}: the last line has no end`);
  for (const [index, line] of lines.entries()) {
    const name = `${group}:${index + 1}`;
    const fields = line.split('\t');
    if (fields.length !== 5) {
      problems.push(`${name}: ${fields.length} fields, expected 5`);
      continue;
    }
    const [tag, band, words, readings, aliases] = fields;
    const row = {
      tag,
      band,
      words: listOf(words, '|'),
      readings: listOf(readings, '|'),
      aliases: listOf(aliases, ','),
    };
    problems.push(...problemsOfRow(`${name} '${tag}'`, row));
    rows.push(row);
  }
  return { rows, problems };
}

/** Names that stand for two tags, in all lists together. */
export function repeatedNames(lists) {
  const seen = new Set();
  const problems = [];
  for (const { tag, aliases } of lists.flat()) {
    for (const name of [tag, ...aliases]) {
      if (seen.has(name)) problems.push(`'${name}' stands there twice`);
      seen.add(name);
    }
  }
  return problems;
}

/** All lists as one object of long strings, column by column: half the size of rows once it is compressed. */
function pack(lists) {
  const all = lists.flat();
  const column = (read) => all.map(read).join('\n');
  return {
    groups: groups.map((group, index) => [group, lists[index].length]),
    tags: column((row) => row.tag),
    bands: all.map((row) => row.band).join(''),
    words: column((row) => row.words.join('|')),
    readings: column((row) => row.readings.join('|')),
    aliases: column((row) => row.aliases.join(',')),
  };
}

/** Throws an Error that names every line that breaks a rule. */
export function buildDictionary() {
  const lists = groups.map((group) =>
    readTagList(readFileSync(new URL(`${group}.tsv`, folder), 'utf8'), group),
  );
  const rows = lists.map((list) => list.rows);
  const strangers = readdirSync(folder).filter((file) => !groups.includes(file.replace(/\.tsv$/, '')));
  const problems = [
    ...lists.flatMap((list) => list.problems),
    ...repeatedNames(rows),
    ...strangers.map((file) => `${file}: not one of the known groups`),
  ];
  if (problems.length > 0) throw new Error(`the tag dictionary is broken\n${problems.join('\n')}`);
  return pack(rows);
}

/** Vite plugin: `import('virtual:tag-dictionary')` gives the packed dictionary in a file of its own. */
export function tagDictionary() {
  return {
    name: 'tag-dictionary',
    resolveId: (id) => (id === moduleName ? `\0${moduleName}` : undefined),
    load(id) {
      if (id !== `\0${moduleName}`) return undefined;
      for (const group of groups) this.addWatchFile(fileURLToPath(new URL(`${group}.tsv`, folder)));
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(buildDictionary()))});`;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { groups: counts } = buildDictionary();
  console.log(`${counts.reduce((sum, [, count]) => sum + count, 0)} tags in ${counts.length} groups`);
}
