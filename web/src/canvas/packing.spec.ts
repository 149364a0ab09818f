import { describe, expect, it } from 'vitest';
import { pack, unpack } from './packing';
import type { Tile } from './surface';

const tileOf = (words: number[]): Tile => new Uint8ClampedArray(new Int32Array(words).buffer);
const roundTrip = (words: number[]) => {
  const tile = tileOf(words);
  return [...new Int32Array(unpack(pack(tile), tile.byteLength).buffer)];
};

describe('packed tiles', () => {
  it('come back word for word', () => {
    for (const words of [
      [1, 2, 3, 4],
      [7, 7, 7, 7],
      [1, 1, 1, 2, 2, 3, 3, 3, 3, 0],
      [0, 5, 5, 5, -1, -1, 9],
    ])
      expect(roundTrip(words)).toEqual(words);
  });

  it('come back whatever is on them', () => {
    let state = 1;
    const noisy = Array.from({ length: 4096 }, () => {
      state = (state * 1103515245 + 12345) | 0;
      return (state >> 16) & 3;
    });
    expect(roundTrip(noisy)).toEqual(noisy);
  });

  it('take next to nothing where nothing changes', () => {
    expect(pack(new Uint8ClampedArray(256 * 256 * 4)).length).toBe(2);
  });

  it('are refused when they are damaged', () => {
    const packed = pack(tileOf([1, 2, 3, 3, 3, 3]));
    expect(() => unpack(packed.slice(0, -2), 24)).toThrow(RangeError);
    expect(() => unpack(packed, 20)).toThrow(RangeError);
    expect(() => unpack(new Int32Array([0]), 4)).toThrow(RangeError);
  });
});
