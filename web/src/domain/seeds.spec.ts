import { describe, expect, it } from 'vitest';
import { isSeed, readSeed } from './seeds';

describe('readSeed', () => {
  it('keeps every digit', () => {
    expect(readSeed('1234')).toBe(1234);
    expect(readSeed(' -1 ')).toBe(-1);
    expect(readSeed('9007199254740991')).toBe(9007199254740991);
    expect(readSeed('9007199254740993')).toBe('9007199254740993');
    expect(readSeed('9223372036854775807')).toBe('9223372036854775807');
  });

  it('refuses what is no seed', () => {
    for (const text of ['', 'x', '1.5', '1e9', '-2', '9223372036854775808'])
      expect(readSeed(text), text).toBeUndefined();
  });
});

describe('isSeed', () => {
  it('knows kept seeds', () => {
    expect([7, -1, '9007199254740993'].every(isSeed)).toBe(true);
    expect([1.5, 2 ** 53, '7', '', null, {}].some(isSeed)).toBe(false);
  });
});
