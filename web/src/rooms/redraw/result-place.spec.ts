import { describe, expect, it } from 'vitest';
import { placeWithin } from './result-place';

describe('the place of a picture in its outpainting', () => {
  const picture = { width: 100, height: 80 };
  const margins = { left: 60, right: 0, top: 0, bottom: 20 };

  it('is told in shares', () => {
    expect(placeWithin(picture, { width: 160, height: 100 }, margins)).toEqual({
      left: 0.375,
      top: 0,
      width: 0.625,
      height: 0.8,
    });
  });

  it('is not told for a picture of another size, or one that did not grow', () => {
    expect(placeWithin(picture, { width: 100, height: 80 }, margins)).toBeUndefined();
    const none = { left: 0, right: 0, top: 0, bottom: 0 };
    expect(placeWithin(picture, picture, none)).toBeUndefined();
  });
});
