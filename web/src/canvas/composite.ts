import type { Rect } from './rect';
import { partOn, tileSide, tilesIn, type Surface, type TilePlace } from './surface';

/** The pixels of a tile of the picture itself, 4 a pixel; transparent beyond its edges. */
export type ReadTile = (place: TilePlace) => Uint8ClampedArray;

/** Reads a part of the picture with layers of colour over it, as it is seen. */
export function readComposite(part: Rect, readTile: ReadTile, layers: readonly Surface[]): Uint8ClampedArray {
  const out = new Uint8ClampedArray(part.width * part.height * 4);
  for (const place of tilesIn(part)) {
    const piece = partOn(place, part);
    const base = readTile(place);
    const above = layers.flatMap((layer) => layer.tiles.get(place.key) ?? []);
    for (let y = piece.y; y < piece.y + piece.height; y += 1) {
      let to = ((y - part.y) * part.width + (piece.x - part.x)) * 4;
      let from = ((y - place.y) * tileSide + (piece.x - place.x)) * 4;
      for (let x = 0; x < piece.width; x += 1, from += 4, to += 4) {
        for (let channel = 0; channel < 4; channel += 1) out[to + channel] = base[from + channel] ?? 0;
        for (const tile of above) if (tile[from + 3]) layOver(out, to, tile, from);
      }
    }
  }
  return out;
}

function layOver(out: Uint8ClampedArray, to: number, over: Uint8ClampedArray, from: number) {
  const amount = (over[from + 3] ?? 0) / 255;
  const kept = ((out[to + 3] ?? 0) / 255) * (1 - amount);
  const alpha = amount + kept;
  for (let channel = 0; channel < 3; channel += 1)
    out[to + channel] = ((over[from + channel] ?? 0) * amount + (out[to + channel] ?? 0) * kept) / alpha;
  out[to + 3] = alpha * 255;
}
