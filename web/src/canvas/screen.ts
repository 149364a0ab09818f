import { readComposite } from './composite';
import type { CanvasDocument, Layer } from './document';
import type { ReadPixels } from './mosaic';
import { emptyRect, intersection, isEmpty, union, type Rect } from './rect';
import { keyAt, partOn, placeOf, tileSide, tilesIn, type TilePlace } from './surface';
import type { Viewport } from './viewport';

/** What is masked looks like this: far from most pictures' colours, and the picture is seen through it. */
const maskColour = [222, 49, 99] as const;
const maskOpacity = 0.55;
const tilesRemembered = 256;

const newCanvas = (width: number, height: number) => {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
};

/** Draws a document onto a canvas: what changed, once a frame. */
export class Screen {
  view: Viewport = { scale: 1, x: 0, y: 0 };
  showsMasks = true;
  #context: CanvasRenderingContext2D;
  #picture: ImageBitmap | undefined;
  #tiles = new Map<number, Map<number, HTMLCanvasElement>>();
  #pictureTiles = new Map<number, Uint8ClampedArray>();
  #scratch: CanvasRenderingContext2D | undefined;
  #dirty: Rect = emptyRect;
  #frame = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly document: CanvasDocument,
  ) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas to draw on');
    this.#context = context;
  }

  set picture(picture: ImageBitmap | undefined) {
    this.#picture = picture;
    this.#pictureTiles.clear();
    this.redraw();
  }

  get picture(): ImageBitmap | undefined {
    return this.#picture;
  }

  /** All of it: the view, the size or the layers are others. */
  redraw(): void {
    this.#invalidate({ x: 0, y: 0, width: this.canvas.width, height: this.canvas.height });
  }

  /** All tiles are others. */
  reset(): void {
    this.#tiles.clear();
    this.redraw();
  }

  /** A part of a layer is another. */
  drawn(layer: number, part: Rect): void {
    for (const place of tilesIn(part)) this.#refresh(layer, place, part);
    const { scale, x, y } = this.view;
    this.#invalidate({
      x: Math.floor(part.x * scale + x) - 2,
      y: Math.floor(part.y * scale + y) - 2,
      width: Math.ceil(part.width * scale) + 5,
      height: Math.ceil(part.height * scale) + 5,
    });
  }

  /** The picture as it is seen, but for masks; what the picker, the fill and the mosaic read. */
  readonly read: ReadPixels = (part) => {
    const layers = this.document.layers('colour').filter(({ isVisible }) => isVisible);
    return readComposite(
      part,
      (place) => this.#pictureTile(place),
      layers.map(({ id }) => this.document.surface(id)),
    );
  };

  /** A layer of colour onto another canvas, one to one. */
  paintLayer(layer: number, target: CanvasRenderingContext2D): void {
    for (const key of this.document.surface(layer).tiles.keys()) {
      const { x, y } = placeOf(key);
      const tile = this.#tile(layer, key);
      if (tile) target.drawImage(tile, x, y);
    }
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
  }

  #invalidate(part: Rect) {
    this.#dirty = union(
      this.#dirty,
      intersection(part, { x: 0, y: 0, width: this.canvas.width, height: this.canvas.height }),
    );
    if (this.#frame !== 0 || isEmpty(this.#dirty)) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint(this.#dirty);
      this.#dirty = emptyRect;
    });
  }

  #paint(part: Rect) {
    const context = this.#context;
    const { bounds } = this.document;
    context.save();
    context.beginPath();
    context.rect(part.x, part.y, part.width, part.height);
    context.clip();
    context.clearRect(part.x, part.y, part.width, part.height);
    if (this.#picture && !isEmpty(bounds)) {
      const { scale, x, y } = this.view;
      context.imageSmoothingEnabled = scale < 3;
      context.imageSmoothingQuality = scale < 1 ? 'medium' : 'low';
      context.drawImage(this.#picture, x, y, bounds.width * scale, bounds.height * scale);
      for (const layer of this.document.structure.layers) this.#paintTiles(layer, part);
    }
    context.restore();
  }

  #paintTiles({ id, kind, isVisible }: Layer, part: Rect) {
    if (!isVisible || kind === 'mosaic' || (kind === 'mask' && !this.showsMasks)) return;
    const { scale, x, y } = this.view;
    this.#context.globalAlpha = kind === 'mask' ? maskOpacity : 1;
    for (const key of this.document.surface(id).tiles.keys()) {
      const place = placeOf(key);
      // Whole pixels of the screen, so that no seam shows between neighbours.
      const left = Math.round(place.x * scale + x);
      const top = Math.round(place.y * scale + y);
      const width = Math.round((place.x + tileSide) * scale + x) - left;
      const height = Math.round((place.y + tileSide) * scale + y) - top;
      if (isEmpty(intersection({ x: left, y: top, width, height }, part))) continue;
      const tile = this.#tile(id, key);
      if (tile) this.#context.drawImage(tile, left, top, width, height);
    }
    this.#context.globalAlpha = 1;
  }

  #tile(layer: number, key: number): HTMLCanvasElement | undefined {
    const known = this.#tiles.get(layer)?.get(key);
    if (known) return known;
    const place = placeOf(key);
    this.#refresh(layer, place, { ...place, width: tileSide, height: tileSide });
    return this.#tiles.get(layer)?.get(key);
  }

  #refresh(layer: number, place: TilePlace, part: Rect) {
    let tiles = this.#tiles.get(layer);
    if (!tiles) this.#tiles.set(layer, (tiles = new Map()));
    const surface = this.document.surface(layer);
    const pixels = surface.tiles.get(place.key);
    if (!pixels) {
      tiles.delete(place.key);
      return;
    }
    let canvas = tiles.get(place.key);
    const piece = canvas ? partOn(place, part) : { ...place, width: tileSide, height: tileSide };
    if (!canvas) tiles.set(place.key, (canvas = newCanvas(tileSide, tileSide)));
    const image = surface.channels === 4 ? new ImageData(pixels, tileSide, tileSide) : tinted(pixels);
    canvas
      .getContext('2d')
      ?.putImageData(image, 0, 0, piece.x - place.x, piece.y - place.y, piece.width, piece.height);
  }

  #pictureTile(place: TilePlace): Uint8ClampedArray {
    const known = this.#pictureTiles.get(place.key);
    if (known) return known;
    this.#scratch ??=
      newCanvas(tileSide, tileSide).getContext('2d', { willReadFrequently: true }) ?? undefined;
    const scratch = this.#scratch;
    if (!scratch || !this.#picture) return new Uint8ClampedArray(tileSide * tileSide * 4);
    scratch.clearRect(0, 0, tileSide, tileSide);
    scratch.drawImage(this.#picture, -place.x, -place.y);
    const { data } = scratch.getImageData(0, 0, tileSide, tileSide);
    const oldest = this.#pictureTiles.keys().next();
    if (this.#pictureTiles.size >= tilesRemembered && !oldest.done) this.#pictureTiles.delete(oldest.value);
    this.#pictureTiles.set(keyAt(place.x, place.y), data);
    return data;
  }
}

function tinted(mask: Uint8ClampedArray): ImageData {
  const image = new ImageData(tileSide, tileSide);
  const words = new Uint32Array(image.data.buffer);
  const colour = (maskColour[2] << 16) | (maskColour[1] << 8) | maskColour[0];
  // Little-endian, as every machine with a browser is.
  for (let at = 0; at < words.length; at += 1) words[at] = colour | ((mask[at] ?? 0) << 24);
  return image;
}
