import type { Segment } from './brush';
import { intersection, isEmpty, rectAround, type Rect } from './rect';

/** Reads a part of the picture as it is seen: red, green, blue, alpha of each pixel. */
export type ReadPixels = (part: Rect) => Uint8ClampedArray;

/** Side of a mosaic's blocks as publishers ask for: a hundredth of the longer side, and at least 4 pixels. */
export const usualBlock = (width: number, height: number) =>
  Math.max(4, Math.ceil(Math.max(width, height) / 100));

/** The blocks of a grid with this side that a segment touches: always whole, so that no edge shows what is below. */
export function blocksUnder(segment: Segment, side: number, bounds: Rect): Rect[] {
  const { from, to, fromRadius, toRadius } = segment;
  const radius = Math.max(fromRadius, toRadius);
  const around = intersection(rectAround([from, to], radius), bounds);
  const blocks: Rect[] = [];
  if (isEmpty(around)) return blocks;
  for (let y = Math.floor(around.y / side) * side; y < around.y + around.height; y += side)
    for (let x = Math.floor(around.x / side) * side; x < around.x + around.width; x += side) {
      const block = intersection({ x, y, width: side, height: side }, bounds);
      if (!isEmpty(block) && distance(segment, block) <= radius) blocks.push(block);
    }
  return blocks;
}

/** Of the segment's line to the middle of a block, less half its side: 0 where the line goes through. */
function distance({ from, to }: Segment, { x, y, width, height }: Rect): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [px, py] = [x + width / 2 - from.x, y + height / 2 - from.y];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
  const [ex, ey] = [Math.abs(px - along * dx) - width / 2, Math.abs(py - along * dy) - height / 2];
  return Math.hypot(Math.max(0, ex), Math.max(0, ey));
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** The mean of a part, of what is not transparent there. */
export function meanColour(read: ReadPixels, part: Rect): Rgb {
  const pixels = read(part);
  let [red, green, blue, weight] = [0, 0, 0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    red += (pixels[at] ?? 0) * alpha;
    green += (pixels[at + 1] ?? 0) * alpha;
    blue += (pixels[at + 2] ?? 0) * alpha;
    weight += alpha;
  }
  return weight === 0 ? [255, 255, 255] : [red / weight, green / weight, blue / weight];
}
