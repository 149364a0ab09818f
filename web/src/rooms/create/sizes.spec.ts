import { describe, expect, it } from 'vitest';
import { nativeSize, ratioOf, ratios, sizeForRatio } from './sizes';

describe('sizeForRatio', () => {
  it('keeps the native size as the short side of small models', () => {
    expect(sizeForRatio({ width: 2, height: 3 }, 512)).toEqual({ width: 512, height: 768 });
    expect(sizeForRatio({ width: 16, height: 9 }, 512)).toEqual({ width: 912, height: 512 });
  });

  it('keeps the area for large ones', () => {
    expect(sizeForRatio({ width: 2, height: 3 }, 1024)).toEqual({ width: 832, height: 1280 });
    for (const ratio of ratios) {
      const { width, height } = sizeForRatio(ratio, 1024);
      expect(Math.abs((width * height) / (1024 * 1024) - 1)).toBeLessThan(0.06);
    }
  });

  it('gives multiples of 8 for every native size', () => {
    for (const native of [64, 256, 320, 512, 768, 1024])
      for (const ratio of ratios) {
        const { width, height } = sizeForRatio(ratio, native);
        expect([width % 8, height % 8]).toEqual([0, 0]);
      }
  });
});

describe('nativeSize', () => {
  it('knows the built-in model', () => {
    expect(nativeSize('Stable Diffusion 1.x checkpoint', true)).toBe(256);
  });

  it('knows the families', () => {
    expect(
      ['SDXL checkpoint', 'Stable Diffusion 2.x checkpoint', 'Stable Diffusion 1.x checkpoint'].map(
        (family) => nativeSize(family),
      ),
    ).toEqual([1024, 768, 512]);
  });
});

describe('ratioOf', () => {
  it('names the ratio that made a size', () => {
    for (const ratio of ratios) expect(ratioOf(sizeForRatio(ratio, 512), 512)).toEqual(ratio);
  });

  it('names none for a size of the user', () => {
    expect(ratioOf({ width: 520, height: 704 }, 512)).toBeUndefined();
  });
});
