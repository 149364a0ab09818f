import type { CanvasDocument } from './document';
import { placeOf, tileSide } from './surface';

/** So many pixels more at each side. */
export interface Margins {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const noMargins: Readonly<Margins> = { left: 0, top: 0, right: 0, bottom: 0 };

export const hasMargins = ({ left, top, right, bottom }: Margins) => left + top + right + bottom > 0;

function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas to draw on');
  return context;
}

/** The picture as it is seen, with the layers of colour; beyond its edges, these are drawn out. */
export function composePicture(
  picture: ImageBitmap,
  paintColours: (context: CanvasRenderingContext2D) => void,
  margins: Margins,
): HTMLCanvasElement {
  const { width, height } = picture;
  const { left, top, right, bottom } = margins;
  const flat = canvasOf(width, height);
  flat.drawImage(picture, 0, 0);
  paintColours(flat);
  if (!hasMargins(margins)) return flat.canvas;
  const wide = canvasOf(width + left + right, height + top + bottom);
  const source = flat.canvas;
  wide.drawImage(source, left, top);
  if (left > 0) wide.drawImage(source, 0, 0, 1, height, 0, top, left, height);
  if (right > 0) wide.drawImage(source, width - 1, 0, 1, height, left + width, top, right, height);
  const all = wide.canvas.width;
  if (top > 0) wide.drawImage(wide.canvas, 0, top, all, 1, 0, 0, all, top);
  if (bottom > 0) wide.drawImage(wide.canvas, 0, top + height - 1, all, 1, 0, top + height, all, bottom);
  return wide.canvas;
}

export interface MaskSource {
  document: CanvasDocument;
  /** Strokes of colour count as masked, too. */
  withColours: boolean;
  margins: Margins;
  /** So many pixels of the picture are made anew beside its margins, so that old and new can meet. */
  overlap: number;
}

/** White where the picture is to be made anew, black elsewhere. */
export function composeMask({
  document: source,
  withColours,
  margins,
  overlap,
}: MaskSource): HTMLCanvasElement {
  const { width, height } = source.bounds;
  const { left, top, right, bottom } = margins;
  const context = canvasOf(width + left + right, height + top + bottom);
  context.fillStyle = hasMargins(margins) ? '#fff' : '#000';
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  if (hasMargins(margins)) {
    const inset = (margin: number) => (margin > 0 ? overlap : 0);
    context.fillStyle = '#000';
    context.fillRect(
      left + inset(left),
      top + inset(top),
      width - inset(left) - inset(right),
      height - inset(top) - inset(bottom),
    );
  }
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
      context.drawImage(tile.canvas, left + place.x, top + place.y);
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
