import { describe, expect, it } from 'vitest';
import { difference } from './prompt-keys';

function replaced(before: string, after: string): string {
  const change = difference(before, after);
  return change ? before.slice(0, change.from) + change.words + before.slice(change.to) : before;
}

describe('difference', () => {
  it('makes the one text the other', () => {
    const texts = [
      '',
      'a',
      'aa',
      'aaa',
      '1girl, smile',
      '1girl, (smile:1.1)',
      '1girl, (smile:1.2)',
      'smile, 1girl',
    ];
    for (const before of texts) for (const after of texts) expect(replaced(before, after)).toBe(after);
  });

  it('touches no more than it must', () => {
    expect(difference('(smile:1.1), sky', '(smile:1.2), sky')).toEqual({ from: 9, to: 10, words: '2' });
    expect(difference('sky', 'sky')).toBeUndefined();
  });
});
