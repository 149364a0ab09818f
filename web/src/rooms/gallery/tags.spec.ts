import { describe, expect, it } from 'vitest';
import { tagsWith } from './tags';

describe('tagsWith', () => {
  it('adds the words between commas of either script', () => {
    expect(tagsWith(['a'], ' b c, お気に入り、印刷 ')).toEqual(['a', 'b c', 'お気に入り', '印刷']);
  });

  it('adds nothing twice and nothing empty', () => {
    expect(tagsWith(['Print'], 'print,, ,x,X')).toEqual(['Print', 'x']);
  });

  it('keeps to what the studio takes', () => {
    const full = Array.from({ length: 200 }, (_, index) => `t${index}`);
    expect(tagsWith(full, 'more')).toEqual(full);
    expect(tagsWith([], 'x'.repeat(300))[0]).toHaveLength(200);
  });
});
