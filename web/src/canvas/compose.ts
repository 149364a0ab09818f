import type { CanvasDocument } from './document';
import { placeOf, tileSide } from './surface';

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

/** White where the picture is to be made anew, black elsewhere. `withColours`: strokes of colour count as masked, too. */
export function composeMask(source: CanvasDocument, withColours: boolean): HTMLCanvasElement {
  const { width, height } = source.bounds;
  const context = canvasOf(width, height);
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  const tile = canvasOf(tileSide, tileSide);
  for (const { id, kind, isVisible } of source.structure.layers) {
    if (!isVisible || (kind === 'colour' && !withColours)) continue;
    const surface = source.surface(id);
    for (const [key, pixels] of surface.tiles) {
      const place = placeOf(key);
      const image = tile.createImageData(tileSide, tileSide);
      for (let at = 0; at < tileSide * tileSide; at += 1) {
        const value = surface.channels === 1 ? pixels[at] : pixels[at * 4 + 3];
        image.data.fill(255, at * 4, at * 4 + 3);
        image.data[at * 4 + 3] = value ?? 0;
      }
      tile.putImageData(image, 0, 0);
      context.drawImage(tile.canvas, place.x, place.y);
    }
  }
  return context.canvas;
}

export const toPng = (canvas: HTMLCanvasElement) =>
  new Promise<Blob>((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))),
      'image/png',
    ),
  );
