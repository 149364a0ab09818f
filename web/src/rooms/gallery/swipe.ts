export interface Point {
  x: number;
  y: number;
}

/** Shorter strokes (CSS pixels) are taps of an unsteady finger. */
const shortest = 48;

/** The direction of a finger's stroke; null when it is short or lies between directions. */
export function swipeOf(from: Point, to: Point): 'left' | 'right' | 'down' | null {
  const x = to.x - from.x;
  const y = to.y - from.y;
  if (Math.abs(x) >= shortest && Math.abs(x) > 2 * Math.abs(y)) return x < 0 ? 'left' : 'right';
  if (y >= 2 * shortest && y > 3 * Math.abs(x)) return 'down';
  return null;
}
