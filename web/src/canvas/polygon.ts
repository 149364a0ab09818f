import { intersection, rectAround, type Point, type Rect } from './rect';
import { keyAt, tileSide, type Surface } from './surface';

const rowsPerPixel = 4;

/** Fills a closed outline in a one-channel surface (what crosses itself stays filled), and returns what changed. */
export function fillPolygon(coverage: Surface, points: readonly Point[], bounds: Rect): Rect {
  const changed = intersection(rectAround(points), bounds);
  if (points.length < 3) return { ...changed, width: 0 };
  const row = new Float32Array(Math.max(0, changed.width));
  for (let y = changed.y; y < changed.y + changed.height; y += 1) {
    row.fill(0);
    for (let part = 0; part < rowsPerPixel; part += 1)
      addSpans(row, changed, crossings(points, y + (part + 0.5) / rowsPerPixel));
    for (let x = 0; x < row.length; x += 1) {
      const value = Math.round(Math.min(1, row[x] ?? 0) * 255);
      if (value === 0) continue;
      const tile = coverage.take(keyAt(changed.x + x, y));
      const index = (y % tileSide) * tileSide + ((changed.x + x) % tileSide);
      tile[index] = Math.max(tile[index] ?? 0, value);
    }
  }
  return changed;
}

interface Crossing {
  x: number;
  turn: 1 | -1;
}

function crossings(points: readonly Point[], y: number): Crossing[] {
  const found: Crossing[] = [];
  points.forEach((from, index) => {
    const to = points[(index + 1) % points.length] ?? from;
    if (from.y <= y === to.y <= y) return;
    found.push({
      x: from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x),
      turn: to.y > from.y ? 1 : -1,
    });
  });
  return found.sort((a, b) => a.x - b.x);
}

function addSpans(row: Float32Array, { x: left }: Rect, found: Crossing[]) {
  let winding = 0;
  found.forEach(({ x, turn }, index) => {
    winding += turn;
    const next = found[index + 1];
    if (winding !== 0 && next) addSpan(row, x - left, next.x - left);
  });
}

// The ends of a span cover their pixels in part.
function addSpan(row: Float32Array, from: number, to: number) {
  const [begin, end] = [Math.max(0, from), Math.min(row.length, to)];
  for (let x = Math.floor(begin); x < end; x += 1)
    row[x] = (row[x] ?? 0) + (Math.min(end, x + 1) - Math.max(begin, x)) / rowsPerPixel;
}
