import { emptyRect, union, type Point, type Rect } from './rect';
import { keyAt, tileSide, type Surface } from './surface';

/**
 * Marks everything that hangs together with `seed` over the sides of pixels and `belongs`, in a one-channel surface.
 * Returns what changed. `bounds` begins at 0, 0.
 */
export function flood(
  coverage: Surface,
  seed: Point,
  bounds: Rect,
  belongs: (x: number, y: number) => boolean,
): Rect {
  const { width, height } = bounds;
  const [startX, startY] = [Math.floor(seed.x), Math.floor(seed.y)];
  if (startX < 0 || startY < 0 || startX >= width || startY >= height || !belongs(startX, startY))
    return emptyRect;
  const seen = new Uint8Array(width * height);
  const open: number[] = [startY * width + startX];
  const isNew = (x: number, y: number) => seen[y * width + x] === 0 && belongs(x, y);
  let changed: Rect = emptyRect;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const y = Math.floor(place / width);
    let left = place % width;
    if (!isNew(left, y)) continue;
    let right = left;
    while (left > 0 && isNew(left - 1, y)) left -= 1;
    while (right < width - 1 && isNew(right + 1, y)) right += 1;
    mark(coverage, left, right, y);
    seen.fill(1, y * width + left, y * width + right + 1);
    changed = union(changed, { x: left, y, width: right - left + 1, height: 1 });
    for (const next of [y - 1, y + 1]) {
      if (next < 0 || next >= height) continue;
      for (let x = left; x <= right; x += 1)
        if (isNew(x, next) && (x === left || !isNew(x - 1, next))) open.push(next * width + x);
    }
  }
  return changed;
}

function mark(coverage: Surface, left: number, right: number, y: number) {
  for (let x = left; x <= right;) {
    const end = Math.min(right + 1, (Math.floor(x / tileSide) + 1) * tileSide);
    const row = (y % tileSide) * tileSide;
    coverage.take(keyAt(x, y)).fill(255, row + (x % tileSide), row + (x % tileSide) + end - x);
    x = end;
  }
}
