import { describe, expect, it } from 'vitest';
import { rangeOf } from './range';

const rows = [5, 9, 2, 7].map((id) => ({ id }));

describe('a range of pictures', () => {
  it('takes both ends and what stands between them, from either side', () => {
    expect(rangeOf(rows, 9, 7)).toEqual([9, 2, 7]);
    expect(rangeOf(rows, 7, 9)).toEqual([9, 2, 7]);
    expect(rangeOf(rows, 5, 5)).toEqual([5]);
  });

  it('is nothing where one end has gone', () => {
    expect(rangeOf(rows, 1, 7)).toEqual([]);
    expect(rangeOf(rows, 7, 1)).toEqual([]);
    expect(rangeOf([], 1, 1)).toEqual([]);
  });
});
