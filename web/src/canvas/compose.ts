import type { CanvasDocument, Layer } from './document';
import { placeOf, tileSide, type Surface } from './surface';

const tileArea = tileSide * tileSide;

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas to draw on');
  return context;
}

/** The picture as it is seen, with the layers of colour. */
export function composePicture(
  picture: ImageBitmap,
  paintColours: (context: CanvasRenderingContext2D) => void,
): HTMLCanvasElement {
  const context = canvasOf(picture.width, picture.height);
  context.drawImage(picture, 0, 0);
  paintColours(context);
  return context.canvas;
}

/** The parts of a layer that are painted, each with how much: 0..255. */
type Painted = (surface: Surface, key: number) => ArrayLike<number>;

const alphaOf: Painted = (surface, key) => {
  const pixels = surface.tiles.get(key) ?? [];
  return surface.channels === 1
    ? pixels
    : Array.from({ length: tileArea }, (_, at) => pixels[at * 4 + 3] ?? 0);
};

/** White where layers are painted, black elsewhere. */
function composeLayers(
  source: CanvasDocument,
  isMeant: (layer: Layer) => boolean,
  painted: Painted = alphaOf,
): HTMLCanvasElement {
  const { width, height } = source.bounds;
  const context = canvasOf(width, height);
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  const tile = canvasOf(tileSide, tileSide);
  for (const layer of source.structure.layers.filter(isMeant)) {
    const surface = source.surface(layer.id);
    for (const key of surface.tiles.keys()) {
      const place = placeOf(key);
      const image = tile.createImageData(tileSide, tileSide);
      image.data.fill(255);
      const amounts = painted(surface, key);
      for (let at = 0; at < tileArea; at += 1) image.data[at * 4 + 3] = amounts[at] ?? 0;
      tile.putImageData(image, 0, 0);
      context.drawImage(tile.canvas, place.x, place.y);
    }
  }
  return context.canvas;
}

/** White where the picture is to be made anew, black elsewhere. `withColours`: strokes of colour count as masked, too. */
export const composeMask = (source: CanvasDocument, withColours: boolean) =>
  composeLayers(
    source,
    ({ kind, isVisible }) => isVisible && (kind === 'mask' || (kind === 'colour' && withColours)),
  );

/** White where the mosaic tool went and what it left is still to be seen, black elsewhere. */
export function composeMosaic(source: CanvasDocument): HTMLCanvasElement {
  const colours = source.layers('colour').filter(({ isVisible }) => isVisible);
  return composeLayers(
    source,
    ({ kind }) => kind === 'mosaic',
    (surface, key) => {
      const seen = colours.map(({ id }) => alphaOf(source.surface(id), key));
      const mosaics = surface.tiles.get(key) ?? [];
      return Array.from({ length: tileArea }, (_, at) =>
        mosaics[at] && seen.some((amounts) => (amounts[at] ?? 0) > 127) ? 255 : 0,
      );
    },
  );
}

export const toPng = (canvas: HTMLCanvasElement) =>
  new Promise<Blob>((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))),
      'image/png',
    ),
  );
