/** Places on a picture, in its pixels: x to the right, y down, from the upper left corner. */
export interface Point {
  x: number;
  y: number;
}

/** Whole pixels; empty when a side is 0 or less. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const emptyRect: Readonly<Rect> = { x: 0, y: 0, width: 0, height: 0 };

export const isEmpty = ({ width, height }: Rect) => width <= 0 || height <= 0;

export function union(a: Rect, b: Rect): Rect {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

export function intersection(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.min(a.x + a.width, b.x + b.width) - x,
    height: Math.min(a.y + a.height, b.y + b.height) - y,
  };
}

/** The smallest rectangle of whole pixels around points, with `margin` more on each side. */
export function rectAround(points: readonly Point[], margin = 0): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  if (left > right) return emptyRect;
  const x = Math.floor(left - margin);
  const y = Math.floor(top - margin);
  return { x, y, width: Math.ceil(right + margin) - x, height: Math.ceil(bottom + margin) - y };
}
