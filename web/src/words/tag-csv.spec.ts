import { describe, expect, it } from 'vitest';
import { largestTagFile, parseTagFile } from './tag-csv';
import { TagIndex } from './tag-index';

describe('lists of tags', () => {
  it('reads names, categories, counts and aliases', () => {
    const { tags, skipped } = parseTagFile('saber_(fate),4,60000,"artoria,seiba"\r\nlong_hair,0,4000000,\n');
    expect(skipped).toBe(0);
    expect(tags).toEqual([
      {
        name: 'saber (fate)',
        category: 'character',
        group: '',
        count: 60000,
        words: [],
        readings: [],
        aliases: ['artoria', 'seiba'],
      },
      {
        name: 'long hair',
        category: 'general',
        group: '',
        count: 4000000,
        words: [],
        readings: [],
        aliases: [],
      },
    ]);
  });

  it('takes aliases in Japanese for words', () => {
    const [tag] = parseTagFile('smile,0,5,"笑顔,smiling"').tags;
    expect(tag).toMatchObject({ words: ['笑顔'], aliases: ['smiling'] });
  });

  it('leaves out a byte order mark and empty lines', () => {
    expect(parseTagFile('\ufeffcat,0,5\n\n\ndog,0,4').tags.map(({ name }) => name)).toEqual(['cat', 'dog']);
  });

  it.each(['smile,,笑顔', 'smile,笑顔', 'smile,0,笑顔'])('reads the translation %s', (line) => {
    expect(parseTagFile(line).tags).toMatchObject([{ name: 'smile', words: ['笑顔'], count: 0 }]);
  });

  it('joins a translation with the tag it belongs to', () => {
    const index = new TagIndex(parseTagFile('grin,0,9').tags, parseTagFile('grin,,にやり').tags);
    expect(index.tags).toHaveLength(1);
    expect(index.find('にや', 5)[0]?.tag).toMatchObject({ name: 'grin', count: 9, words: ['にやり'] });
  });
});

describe('broken files', () => {
  it('closes a quote at the end of its line', () => {
    const { tags } = parseTagFile('a,0,1,"b,c\nd,0,2,"e ""f"" g"x,\n');
    expect(tags.map(({ name, aliases }) => [name, aliases])).toEqual([
      ['a', ['b', 'c']],
      ['d', ['e "f" g']],
    ]);
  });

  it('skips lines without a name and endless ones', () => {
    const { tags, skipped } = parseTagFile(`,0,1\n${'x'.repeat(30_000)},0,1\n${'y'.repeat(300)},0,1\nok,0,1`);
    expect(tags.map(({ name }) => name)).toEqual(['ok']);
    expect(skipped).toBe(3);
  });

  it('does not stumble over names of the language', () => {
    const { tags } = parseTagFile('__proto__,0,3\nconstructor,0,2,toString\n');
    expect(new TagIndex(tags).find('constr', 5)).toHaveLength(1);
  });

  it('refuses what is too large', () => {
    expect(parseTagFile('x'.repeat(largestTagFile + 1))).toEqual({
      tags: [],
      skipped: 0,
      problem: 'too-large',
    });
  });

  it('refuses what is not UTF-8', () => {
    expect(parseTagFile('smile,,\ufffd\ufffd\ngrin,,\ufffd').problem).toBe('not-utf8');
  });

  it('takes megabytes of quotes in its stride', () => {
    expect(parseTagFile('"'.repeat(3_000_000)).tags).toEqual([]);
    expect(parseTagFile('"\n'.repeat(500_000)).tags).toEqual([]);
  });
});
