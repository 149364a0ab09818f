import { intersection, rectAround, type Point, type Rect } from './rect';
import { partOn, tileSide, tilesIn, type Surface } from './surface';

/** A piece of a stroke: a capsule, whose radius goes from one end to the other. */
export interface Segment {
  from: Point;
  to: Point;
  /** Pixels, greater than 0. */
  fromRadius: number;
  toRadius: number;
}

/** How much a pixel is covered, 0..1, `distance` pixels from the middle; at hardness 1 the edge is one pixel wide. */
export function tipCoverage(distance: number, radius: number, hardness: number): number {
  const outer = radius + 0.5;
  const inner = Math.min(radius * hardness, radius - 0.5);
  if (distance >= outer) return 0;
  if (distance <= inner) return 1;
  const share = (outer - distance) / (outer - inner);
  return hardness >= 1 ? share : share * share * (3 - 2 * share);
}

/**
 * Draws a segment into a one-channel surface, keeping the greater value: pieces of one stroke join without beads, and
 * going over a place twice makes it no darker. Returns what may have changed, within `bounds`.
 */
export function stamp(coverage: Surface, segment: Segment, hardness: number, bounds: Rect): Rect {
  const { from, to, fromRadius, toRadius } = segment;
  const changed = intersection(rectAround([from, to], Math.max(fromRadius, toRadius) + 1), bounds);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const square = dx * dx + dy * dy;
  for (const place of tilesIn(changed)) {
    const part = partOn(place, changed);
    const tile = coverage.take(place.key);
    for (let y = part.y; y < part.y + part.height; y += 1) {
      let index = (y - place.y) * tileSide + (part.x - place.x);
      const py = y + 0.5 - from.y;
      for (let x = part.x; x < part.x + part.width; x += 1, index += 1) {
        const before = tile[index] ?? 0;
        if (before === 255) continue;
        const px = x + 0.5 - from.x;
        const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        const [ex, ey] = [px - along * dx, py - along * dy];
        const radius = fromRadius + (toRadius - fromRadius) * along;
        const value = tipCoverage(Math.sqrt(ex * ex + ey * ey), radius, hardness) * 255;
        if (value > before) tile[index] = value;
      }
    }
  }
  return changed;
}
