import { describe, expect, it } from 'vitest';
import { fitted, largestScale, pinched, toPicture, toScreen, withinReach, zoomed } from './viewport';

const screen = { width: 800, height: 600 };
const view = { scale: 0.5, x: 30, y: -20 };

describe('the view', () => {
  it('finds the way from the screen to the picture and back', () => {
    const place = { x: 123, y: 456 };
    expect(toScreen(view, toPicture(view, place))).toEqual(place);
  });

  it('shows the whole picture in the middle', () => {
    expect(fitted({ width: 1600, height: 600 }, screen)).toEqual({ scale: 0.5, x: 0, y: 150 });
    expect(fitted({ width: 100, height: 100 }, screen, 50)).toEqual({ scale: 5, x: 150, y: 50 });
  });

  it('keeps what is below the pointer while it scales, up to its ends', () => {
    const anchor = { x: 200, y: 100 };
    const before = toPicture(view, anchor);
    const after = toPicture(zoomed(view, 1.7, anchor), anchor);
    expect([after.x, after.y]).toEqual([expect.closeTo(before.x), expect.closeTo(before.y)]);
    expect(zoomed(view, 1e9, anchor).scale).toBe(largestScale);
  });

  it('keeps what two fingers hold', () => {
    const before = [
      { x: 100, y: 100 },
      { x: 200, y: 100 },
    ] as const;
    const after = [
      { x: 150, y: 220 },
      { x: 350, y: 220 },
    ] as const;
    const next = pinched(view, before, after);
    for (const finger of [0, 1] as const) {
      const held = toPicture(view, before[finger]);
      expect(toScreen(next, held)).toEqual({
        x: expect.closeTo(after[finger].x),
        y: expect.closeTo(after[finger].y),
      });
    }
  });

  it('never loses the picture', () => {
    const far = withinReach({ scale: 1, x: 9000, y: -9000 }, { width: 100, height: 100 }, screen);
    expect(far.x).toBeLessThan(screen.width);
    expect(far.y + 100).toBeGreaterThan(0);
  });
});
