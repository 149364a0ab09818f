import { stamp, type Segment } from './brush';
import { blocksUnder, meanColour, type ReadPixels, type Rgb } from './mosaic';
import { fillPolygon } from './polygon';
import { emptyRect, union, type Point, type Rect } from './rect';
import { isBlank, partOn, placeOf, Surface, tileSide, tilesIn, type Tile, type TilePlace } from './surface';

/** What a stroke does where it goes. On masks only `erases` counts. */
export type Ink =
  | { kind: 'paint'; colour: Rgb; erases: boolean }
  /** Blocks of `side` pixels in the mean colour of what was there before. */
  | { kind: 'mosaic'; side: number; read: ReadPixels };

export interface StrokeOptions {
  ink: Ink;
  /** 0..1 of the whole stroke: places that it crosses twice are no stronger. */
  opacity: number;
  /** 0..1 */
  hardness: number;
  bounds: Rect;
}

/**
 * One stroke, one line, one filled form: it covers places, and what was there before is always known, so that it can be
 * drawn anew (a line that is still being pulled) and taken back.
 */
export class Stroke {
  /** The tiles that were changed, as they were; null where there was none. */
  readonly before = new Map<number, Tile | null>();
  #coverage = new Surface(1);
  #colours = new Map<number, Rgb>();

  constructor(
    private readonly surface: Surface,
    private readonly options: StrokeOptions,
  ) {}

  draw(segments: readonly Segment[]): Rect {
    const { ink, hardness, bounds } = this.options;
    let changed: Rect = emptyRect;
    for (const segment of segments)
      changed = union(
        changed,
        ink.kind === 'mosaic'
          ? this.#coverBlocks(segment, ink)
          : stamp(this.#coverage, segment, hardness, bounds),
      );
    return this.#apply(changed);
  }

  fill(points: readonly Point[]): Rect {
    return this.#apply(fillPolygon(this.#coverage, points, this.options.bounds));
  }

  /** Lets `cover` mark places in the coverage (0..255) and say where. */
  cover(cover: (coverage: Surface) => Rect): Rect {
    return this.#apply(cover(this.#coverage));
  }

  /** Marks the same places in another stroke's coverage. */
  coverAlike(coverage: Surface): Rect {
    let changed: Rect = emptyRect;
    for (const [key, tile] of this.#coverage.tiles) {
      coverage.tiles.set(key, tile.slice());
      changed = union(changed, { ...placeOf(key), width: tileSide, height: tileSide });
    }
    return changed;
  }

  /** Takes everything back, to be drawn anew. */
  clear(): Rect {
    let changed: Rect = emptyRect;
    for (const [key, tile] of this.before) {
      if (tile) this.surface.tiles.set(key, tile.slice());
      else this.surface.tiles.delete(key);
      changed = union(changed, { ...placeOf(key), width: tileSide, height: tileSide });
    }
    this.#coverage.tiles.clear();
    return changed;
  }

  /** Drops what erasing left empty. */
  finish(): void {
    for (const key of this.before.keys()) {
      const tile = this.surface.tiles.get(key);
      if (tile && isBlank(tile)) this.surface.tiles.delete(key);
    }
  }

  #coverBlocks(segment: Segment, { side, read }: { side: number; read: ReadPixels }): Rect {
    let changed: Rect = emptyRect;
    for (const block of blocksUnder(segment, side, this.options.bounds)) {
      const key = blockKey(block.x, block.y, side);
      if (this.#colours.has(key)) continue;
      this.#colours.set(key, meanColour(read, block));
      changed = union(changed, block);
      for (const place of tilesIn(block)) {
        const part = partOn(place, block);
        const tile = this.#coverage.take(place.key);
        for (let y = part.y; y < part.y + part.height; y += 1) {
          const row = (y - place.y) * tileSide - place.x;
          tile.fill(255, row + part.x, row + part.x + part.width);
        }
      }
    }
    return changed;
  }

  #apply(changed: Rect): Rect {
    for (const place of tilesIn(changed)) {
      const coverage = this.#coverage.tiles.get(place.key);
      if (!coverage) continue;
      let before = this.before.get(place.key);
      if (before === undefined) {
        before = this.surface.tiles.get(place.key)?.slice() ?? null;
        this.before.set(place.key, before);
      }
      this.#blend(place, partOn(place, changed), coverage, before);
    }
    return changed;
  }

  #blend(place: TilePlace, part: Rect, coverage: Tile, before: Tile | null) {
    const { ink, opacity } = this.options;
    const erases = ink.kind === 'paint' && ink.erases;
    if (erases && !before) return;
    const after = this.surface.take(place.key);
    const blendPixel = this.surface.channels === 1 ? blendMask : blendColour;
    let colour: Rgb | undefined = ink.kind === 'paint' ? ink.colour : undefined;
    for (let y = part.y; y < part.y + part.height; y += 1) {
      let index = (y - place.y) * tileSide + (part.x - place.x);
      for (let x = part.x; x < part.x + part.width; x += 1, index += 1) {
        const amount = ((coverage[index] ?? 0) / 255) * opacity;
        if (amount === 0) continue;
        if (ink.kind === 'mosaic') colour = this.#colours.get(blockKey(x, y, ink.side));
        blendPixel(after, before, index, amount, erases ? undefined : colour);
      }
    }
  }
}

const blockKey = (x: number, y: number, side: number) => Math.floor(y / side) * 65536 + Math.floor(x / side);

// Both without a colour take away.
function blendMask(after: Tile, before: Tile | null, index: number, amount: number, colour?: Rgb) {
  const old = before?.[index] ?? 0;
  after[index] = colour ? old + (255 - old) * amount : old * (1 - amount);
}

function blendColour(after: Tile, before: Tile | null, index: number, amount: number, colour?: Rgb) {
  const at = index * 4;
  const old = (before?.[at + 3] ?? 0) / 255;
  const kept = old * (1 - amount);
  const alpha = colour ? amount + kept : kept;
  for (let channel = 0; channel < 3; channel += 1) {
    const was = before?.[at + channel] ?? 0;
    after[at + channel] = colour && alpha > 0 ? ((colour[channel] ?? 0) * amount + was * kept) / alpha : was;
  }
  after[at + 3] = alpha * 255;
  // A pixel that nothing is left of is the same as one that never was.
  if (after[at + 3] === 0) after.fill(0, at, at + 3);
}
