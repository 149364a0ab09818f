// Reads the tag lists in tags/, checks them and packs them. vite.config.ts uses it as a plugin; run by hand it checks
// only: node dictionary/build.mjs
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { learnReadings } from './readings.mjs';
import { packBytes } from './text-coder.mjs';

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

/** Words that are not in kana alone, each with its reading; '' for one without. */
function readWords({ words, readings }) {
  return words.filter((each) => !kanaWord.test(each)).map((each, index) => [each, readings[index] ?? '']);
}

/** See src/words/packed-readings.ts. */
function packReadings(rows) {
  const { table, shares } = learnReadings(rows.flatMap(readWords).filter(([, sound]) => sound !== ''));
  const letters = new Map();
  const odd = [];
  let next = 0;
  const choicesOf = ([each, sound]) => {
    if (sound === '') return '-';
    const parts = shares[next++];
    if (!parts) {
      odd.push(sound);
      return '!';
    }
    for (const [letter] of parts) if (!letters.has(letter)) letters.set(letter, table.get(letter));
    return parts.map(([letter, part]) => String.fromCharCode(97 + table.get(letter).indexOf(part))).join('');
  };
  const choices = rows.map((row) => {
    const words = readWords(row);
    const ofWords = words.map(choicesOf).join('');
    const further = row.readings.slice(words.length);
    odd.push(...further);
    return ofWords + '+'.repeat(further.length);
  });
  return {
    sounds: [...letters.values()].map((sounds) => sounds.join(',')).join('\n'),
    choices: choices.join(''),
    odd: odd.join('\n'),
  };
}

/** The characters that columns are written with: the commonest are one byte each, the others two and not three. */
const codes = [...Array(0x700).keys()].map((index) =>
  String.fromCharCode(index < 0x5f ? 0x20 + index : 0xa0 + index - 0x5f),
);

/** Writes texts in another alphabet; `alphabet` holds the letters in the order of `codes`. Line ends stay. */
function recode(texts) {
  const counts = new Map();
  for (const letter of texts.join('').replaceAll('\n', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const letters = [...counts].sort(([, a], [, b]) => b - a).map(([letter]) => letter);
  if (letters.length > codes.length)
    throw new Error(`${letters.length} letters, expected ${codes.length} at most`);
  const codeOf = new Map(letters.map((letter, index) => [letter, codes[index]]));
  return {
    alphabet: letters.join(''),
    texts: texts.map((text) => [...text].map((letter) => codeOf.get(letter) ?? letter).join('')),
  };
}

function packText(text) {
  const bytes = Buffer.from(text, 'utf8');
  return [bytes.length, Buffer.from(packBytes(bytes)).toString('base64')];
}

/** All lists column by column, each packed: two thirds of what gzip makes of them. */
function pack(lists) {
  const all = lists.flat();
  const column = (read) => all.map(read).join('\n');
  const { sounds, choices, odd } = packReadings(all);
  const recoded = recode([column((row) => row.words.join('|')), sounds, odd]);
  return {
    groups: groups.map((group, index) => [group, lists[index].length]),
    alphabet: recoded.alphabet,
    columns: [
      column((row) => row.tag),
      all.map((row) => row.band).join(''),
      column((row) => row.aliases.join(',')),
      choices,
      ...recoded.texts,
    ].map(packText),
  };
}

function readLists() {
  return groups.map((group) => readTagList(readFileSync(new URL(`${group}.tsv`, folder), 'utf8'), group));
}

/** All rows of all lists. */
export function listedTags() {
  return readLists().flatMap((list) => list.rows);
}

/** Throws an Error that names every line that breaks a rule. */
export function buildDictionary() {
  const lists = readLists();
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
