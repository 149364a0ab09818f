import { describe, expect, it } from 'vitest';
import { growsAnywhere, marginsOf, restoreOutpainting, startingOutpainting } from './outpaint';

describe('outpainting', () => {
  const both = { ...startingOutpainting, left: true, right: true, pixels: 64 };

  it('adds the same at each chosen side', () => {
    expect(marginsOf(both, { width: 512, height: 768 })).toEqual({ left: 64, right: 64, top: 0, bottom: 0 });
  });

  it('comes to whole cells of 8 at a side that grows', () => {
    expect(marginsOf(both, { width: 501, height: 501 })).toEqual({ left: 64, right: 67, top: 0, bottom: 0 });
    const up = { ...startingOutpainting, up: true, pixels: 8 };
    expect(marginsOf(up, { width: 61, height: 70 })).toEqual({ left: 0, right: 0, top: 10, bottom: 0 });
  });

  it('opens what was kept, without what makes no sense', () => {
    const kept = restoreOutpainting({ left: true, up: 'yes', pixels: NaN, other: 1 });
    expect(kept).toEqual({ ...startingOutpainting, left: true });
    expect(growsAnywhere(kept)).toBe(true);
    expect(growsAnywhere(restoreOutpainting(null))).toBe(false);
  });
});
