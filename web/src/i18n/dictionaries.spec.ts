import { describe, expect, it } from 'vitest';
import { en } from './en';
import { ja } from './ja';
import { chooseLanguage } from './language';

type Leaf = [path: string, text: unknown];

function leaves(node: unknown, path = ''): Leaf[] {
  if (typeof node !== 'object' || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, path ? `${path}.${key}` : key));
}

// Names that both languages write alike.
const names = new Set(['Clip skip']);

describe('dictionaries', () => {
  it('have the same keys', () => {
    expect(
      leaves(ja)
        .map(([path]) => path)
        .sort(),
    ).toEqual(
      leaves(en)
        .map(([path]) => path)
        .sort(),
    );
  });

  it('leave no text empty', () => {
    for (const [path, text] of [...leaves(en), ...leaves(ja)])
      if (typeof text === 'string') expect(text.trim(), path).not.toBe('');
  });

  it('say sentences in Japanese where English has sentences', () => {
    const english = new Map(leaves(en));
    for (const [path, text] of leaves(ja)) {
      const source = english.get(path);
      if (
        typeof text !== 'string' ||
        typeof source !== 'string' ||
        !/[a-z]{3,}.* | .*[a-z]{3,}/i.test(source) ||
        names.has(source)
      )
        continue;
      expect(text, path).not.toBe(source);
    }
  });
});

describe('chooseLanguage', () => {
  it('takes the first spoken one of the browser', () => {
    expect(chooseLanguage(['ja-JP', 'en-US'])).toBe('ja');
    expect(chooseLanguage(['fr', 'JA'])).toBe('ja');
    expect(chooseLanguage(['en-GB', 'ja'])).toBe('en');
  });

  it('falls back to English', () => {
    expect(chooseLanguage([])).toBe('en');
    expect(chooseLanguage(['de', 'jam'])).toBe('en');
  });
});
