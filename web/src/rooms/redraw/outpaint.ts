import type { Schema } from '../../api/client';
import { noMargins, type Margins } from '../../canvas/margins';
import { restored } from '../../stores/kept';
import type { Size } from '../create/picture-members';

/** How a picture is to grow, as the API takes it. */
export type Outpainting = Required<Schema<'Outpainting'>>;

export const sides = ['left', 'up', 'down', 'right'] as const satisfies readonly (keyof Outpainting)[];

export const startingOutpainting: Readonly<Outpainting> = {
  left: false,
  right: false,
  up: false,
  down: false,
  pixels: 128,
  mask_blur: 8,
  fall_off: 1,
  color_variation: 0.05,
};

/** What the studio takes when nothing else is asked for: a redrawing keeps more. */
export const outpaintingStrength = 0.8;

export const restoreOutpainting = (kept: unknown): Outpainting => restored(kept, startingOutpainting);

export const growsAnywhere = (outpainting: Outpainting) => sides.some((side) => outpainting[side]);

const cell = 8;

// What is missing to whole cells goes to a side that grows; where none does, the picture loses its last pixels.
function alongOne(length: number, before: boolean, after: boolean, pixels: number) {
  const total = length + (before ? pixels : 0) + (after ? pixels : 0);
  if (!before && !after) return { before: 0, after: 0 };
  const rest = Math.ceil(total / cell) * cell - total;
  return {
    before: before ? pixels + (after ? 0 : rest) : 0,
    after: after ? pixels + rest : 0,
  };
}

/** What the studio will add at each side, to be shown before it does. */
export function marginsOf(outpainting: Outpainting, size: Size | null): Margins {
  if (!size) return noMargins;
  const { left, right, up, down, pixels } = outpainting;
  const across = alongOne(size.width, left, right, pixels);
  const along = alongOne(size.height, up, down, pixels);
  return { left: across.before, right: across.after, top: along.before, bottom: along.after };
}
