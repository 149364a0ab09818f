import { describe, expect, it } from 'vitest';
import packed from 'virtual:tag-dictionary';
import { buildDictionary, listedTags, readTagList, repeatedNames } from '../../dictionary/build.mjs';
import { unpackDictionary } from './dictionary';
import { isKana } from './kana';
import { TagIndex, normalised } from './tag-index';

const tags = await unpackDictionary(packed);
const index = new TagIndex(tags);
const best = (typed: string) => index.find(normalised(typed), 10).map(({ tag }) => tag.name);

describe('the built-in dictionary', () => {
  it('keeps the rules of its lists', () => {
    expect(buildDictionary).not.toThrow();
  });

  it('is whole after it was packed and unpacked', () => {
    expect(tags.map(({ name, words, readings, aliases }) => ({ name, words, readings, aliases }))).toEqual(
      listedTags().map(({ tag: name, words, readings, aliases }) => ({ name, words, readings, aliases })),
    );
  });

  it('has at least 2,500 tags, all in Japanese with a reading', () => {
    expect(tags.length).toBeGreaterThanOrEqual(2500);
    const without = tags.filter(
      ({ words, readings }) => words.length === 0 || !(readings.length > 0 || words.some(isKana)),
    );
    expect(without).toEqual([]);
  });

  it.each([
    ['笑顔', 'smile'],
    ['えがお', 'smile'],
    ['エガオ', 'smile'],
    ['egao', 'smile'],
    ['金髪', 'blonde hair'],
    ['きんぱつ', 'blonde hair'],
    ['kinpatsu', 'blonde hair'],
    ['kinpatu', 'blonde hair'],
    ['制服', 'school uniform'],
    ['せいふく', 'school uniform'],
    ['猫耳', 'cat ears'],
    ['ねこみみ', 'cat ears'],
    ['nekomimi', 'cat ears'],
    ['夜空', 'night sky'],
    ['よぞら', 'night sky'],
    ['眼鏡', 'glasses'],
    ['めがね', 'glasses'],
    ['ツインテール', 'twintails'],
    ['ついんてーる', 'twintails'],
    ['tsuinteeru', 'twintails'],
    ['桜', 'cherry blossoms'],
    ['浴衣', 'yukata'],
    ['gray eyes', 'grey eyes'],
    ['1gi', '1girl'],
    ['blonde', 'blonde hair'],
    [':d', ':d'],
  ])('finds by %s the tag %s', (typed, tag) => {
    expect(best(typed)[0]).toBe(tag);
  });

  it('finds tags while their reading is still being typed', () => {
    for (const typed of ['えが', 'ega', 'ega', 'えがお']) expect(best(typed)).toContain('smile');
    for (const typed of ['kinp', 'kinpa', 'kinpat', 'kinpats']) expect(best(typed)).toContain('blonde hair');
  });
});

describe('reading a list', () => {
  const problemsOf = (line: string) => readTagList(`${line}\n`, 'hair').problems;

  it('takes what is right', () => {
    expect(problemsOf('bangs\t8\t前髪|バング\tまえがみ\tfringe')).toEqual([]);
    expect(problemsOf('hoodie\t6\tパーカー\t\t')).toEqual([]);
  });

  it('names what is wrong', () => {
    expect(problemsOf('bangs\t8\t前髪\tまえがみ')).toEqual(['hair:1: 4 fields, expected 5']);
    expect(problemsOf('Bangs\t8\t前髪\tまえがみ\t')[0]).toContain('not lower case');
    expect(problemsOf('bangs\tx\t前髪\tまえがみ\t')[0]).toContain('no digit');
    expect(problemsOf('bangs\t8\t\t\t')[0]).toContain('no Japanese word');
    expect(problemsOf('bangs\t8\t前髪\t\t')[0]).toContain('no reading');
    expect(problemsOf('bangs\t8\t前髪\tマエガミ\t')[0]).toContain('not in hiragana');
    expect(readTagList('bangs\t8\t前髪\tまえがみ\t', 'hair').problems[0]).toContain('no end');
  });

  it('finds names that stand there twice', () => {
    const row = { tag: 'bangs', band: '8', words: ['前髪'], readings: ['まえがみ'], aliases: ['fringe'] };
    expect(repeatedNames([[row], [{ ...row, tag: 'fringe', aliases: [] }]])).toEqual([
      "'fringe' stands there twice",
    ]);
  });
});
