import { describe, expect, it } from 'vitest';
import { swipeOf } from './swipe';

describe('swipeOf', () => {
  const start = { x: 200, y: 300 };

  it('tells strokes along the axes', () => {
    expect(swipeOf(start, { x: 100, y: 320 })).toBe('left');
    expect(swipeOf(start, { x: 300, y: 290 })).toBe('right');
    expect(swipeOf(start, { x: 210, y: 450 })).toBe('down');
  });

  it('takes taps, slanted strokes and upward scrolling for none', () => {
    expect(swipeOf(start, { x: 190, y: 302 })).toBeNull();
    expect(swipeOf(start, { x: 100, y: 220 })).toBeNull();
    expect(swipeOf(start, { x: 200, y: 100 })).toBeNull();
  });
});
