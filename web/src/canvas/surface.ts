import { intersection, isEmpty, type Rect } from './rect';

/** Side of a tile in pixels. Small enough that a stroke changes few of them, large enough that there are not too many. */
export const tileSide = 256;
const columnsOfKey = 1 << 12;

/** What a layer is made of: 4 are red, green, blue and alpha (not multiplied by it), 1 is how much is masked. */
export type Channels = 1 | 4;
export type Tile = Uint8ClampedArray<ArrayBuffer>;

export interface TilePlace {
  key: number;
  /** Of its upper left pixel. */
  x: number;
  y: number;
}

export const keyAt = (x: number, y: number) =>
  Math.floor(y / tileSide) * columnsOfKey + Math.floor(x / tileSide);

export function placeOf(key: number): TilePlace {
  return {
    key,
    x: (key % columnsOfKey) * tileSide,
    y: Math.floor(key / columnsOfKey) * tileSide,
  };
}

/** The tiles that a rectangle touches, row by row. */
export function tilesIn(rect: Rect): TilePlace[] {
  const places: TilePlace[] = [];
  if (isEmpty(rect)) return places;
  const left = Math.floor(rect.x / tileSide) * tileSide;
  const top = Math.floor(rect.y / tileSide) * tileSide;
  for (let y = top; y < rect.y + rect.height; y += tileSide)
    for (let x = left; x < rect.x + rect.width; x += tileSide) places.push({ key: keyAt(x, y), x, y });
  return places;
}

/** The part of a rectangle on a tile, in pixels of the picture. */
export const partOn = (place: TilePlace, rect: Rect): Rect =>
  intersection(rect, { x: place.x, y: place.y, width: tileSide, height: tileSide });

/** Pixels in tiles; where nothing was painted there is no tile, so that an empty layer of any size costs nothing. */
export class Surface {
  readonly tiles = new Map<number, Tile>();

  constructor(readonly channels: Channels) {}

  /** The tile, made when it is not there yet. */
  take(key: number): Tile {
    let tile = this.tiles.get(key);
    if (!tile) {
      tile = new Uint8ClampedArray(tileSide * tileSide * this.channels);
      this.tiles.set(key, tile);
    }
    return tile;
  }

  /** The first channel of a one-channel surface, or the alpha of the other kind; 0 where there is no tile. */
  alphaAt(x: number, y: number): number {
    const tile = this.tiles.get(keyAt(x, y));
    if (!tile) return 0;
    const index = (y % tileSide) * tileSide + (x % tileSide);
    return (this.channels === 1 ? tile[index] : tile[index * 4 + 3]) ?? 0;
  }
}

export const isBlank = (tile: Tile) => {
  const words = new Uint32Array(tile.buffer, tile.byteOffset, tile.byteLength >> 2);
  return words.every((word) => word === 0);
};
