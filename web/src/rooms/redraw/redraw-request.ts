import type { Margins } from '../../canvas/compose';
import type { LayerKind } from '../../canvas/document';
import type { KnobValue } from '../create/form';
import { hiresMembers, without, type Size } from '../create/picture-members';

export const redrawModes = ['whole', 'sketch', 'inpaint', 'inpaintSketch', 'outpaint'] as const;
export type RedrawMode = (typeof redrawModes)[number];

export const isRedrawMode = (value: unknown): value is RedrawMode =>
  redrawModes.some((mode) => mode === value);

/** Layers that can be drawn on, the usual one first. */
export const kindsOf: Record<RedrawMode, readonly LayerKind[]> = {
  whole: [],
  sketch: ['colour'],
  inpaint: ['mask', 'colour'],
  inpaintSketch: ['colour', 'mask'],
  outpaint: ['mask'],
};

export const hasMask = (mode: RedrawMode) => mode !== 'whole' && mode !== 'sketch';

/** What the controls stand at while nothing was chosen; sent with every request, so that what is shown is what holds. */
export const usualMembers = {
  denoising_strength: 0.75,
  resize_mode: 0,
  mask_blur: 4,
  inpainting_fill: 1,
  inpaint_full_res: false,
  inpaint_full_res_padding: 32,
  inpainting_mask_invert: false,
  soft_inpainting: false,
} as const satisfies Record<string, KnobValue>;

const maskNames = [
  'mask_blur',
  'inpainting_fill',
  'inpaint_full_res',
  'inpaint_full_res_padding',
  'inpainting_mask_invert',
  'soft_inpainting',
] as const;

export interface Redrawing {
  /** The form's request. */
  request: Record<string, unknown>;
  mode: RedrawMode;
  /** Members that the studio knows. */
  isKnown: (name: string) => boolean;
  size: Size;
  /** Base64 of PNG files. */
  picture: string;
  mask?: string;
}

/** The body of POST /sdapi/v1/img2img. */
export function redrawRequest({
  request,
  mode,
  isKnown,
  size,
  picture,
  mask,
}: Redrawing): Record<string, unknown> {
  const members: Record<string, unknown> = { ...usualMembers, ...without(request, hiresMembers), ...size };
  // What lies beyond the edges is nothing to keep, and only the whole picture has it.
  if (mode === 'outpaint') Object.assign(members, { inpainting_fill: 0, inpaint_full_res: false });
  const unused = Object.keys(usualMembers).filter((name) => !isKnown(name));
  const left = without(members, mask === undefined ? [...unused, ...maskNames] : unused);
  return { ...left, init_images: [picture], ...(mask === undefined ? {} : { mask }) };
}

/** The size of a picture in steps of 8, made smaller where a side is beyond the largest. */
export function sizeAs({ width, height }: Size, largest: number): Size {
  const share = Math.min(1, largest / Math.max(width, height));
  const stepped = (side: number) => Math.max(64, Math.round((side * share) / 8) * 8);
  return { width: stepped(width), height: stepped(height) };
}

/** With what is added around it. */
export const widened = ({ width, height }: Size, margins: Margins): Size => ({
  width: width + margins.left + margins.right,
  height: height + margins.top + margins.bottom,
});

/** Margins as they are kept: whole steps of 8 pixels, so that the picture itself stays as it is. */
export function restoreMargins(kept: unknown): Margins {
  const source = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const side = (name: string) => {
    const value = source[name];
    return typeof value === 'number' && value > 0 ? Math.min(512, Math.round(value / 8) * 8) : 0;
  };
  return { left: side('left'), top: side('top'), right: side('right'), bottom: side('bottom') };
}
