import type { LayerKind } from '../../canvas/document';
import type { KnobValue } from '../create/form';
import { hiresMembers, without, type Size } from '../create/picture-members';
import type { Loopback } from './loopback';
import { outpaintingStrength, type Outpainting } from './outpaint';

export const redrawModes = ['whole', 'sketch', 'inpaint', 'inpaintSketch', 'outpaint', 'folder'] as const;
export type RedrawMode = (typeof redrawModes)[number];

export const isRedrawMode = (value: unknown): value is RedrawMode =>
  redrawModes.some((mode) => mode === value);

/** Layers that can be drawn on, the usual one first. */
export const kindsOf: Record<RedrawMode, readonly LayerKind[]> = {
  whole: [],
  sketch: ['colour'],
  inpaint: ['mask', 'colour'],
  inpaintSketch: ['colour', 'mask'],
  outpaint: [],
  folder: [],
};

/** Whether a mask is drawn. */
export const hasMask = (mode: RedrawMode) => mode === 'inpaint' || mode === 'inpaintSketch';

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

/** Enlarged first and redrawn tile by tile: where that is on. */
export const usualSdUpscale = {
  sd_upscale: false,
  sd_upscale_scale: 2,
  sd_upscale_upscaler: 'Lanczos',
  sd_upscale_overlap: 64,
} as const satisfies Record<string, KnobValue>;

/** Whether a way of redrawing can go tile by tile: one that has no mask, and does not grow by itself. */
export const canTile = (mode: RedrawMode) => mode === 'whole' || mode === 'sketch';

/** Whether a way of redrawing can feed its result back to itself. */
export const canLoop = (mode: RedrawMode) => canTile(mode) || hasMask(mode);

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
  /** Of that mode. */
  outpainting?: Outpainting;
  /** Where results are fed back. */
  loopback?: Loopback;
}

/** The body of POST /sdapi/v1/img2img. */
export function redrawRequest({
  request,
  mode,
  isKnown,
  size,
  picture,
  mask,
  outpainting,
  loopback,
}: Redrawing): Record<string, unknown> {
  const isTiled = canTile(mode) && request.sd_upscale === true;
  const members: Record<string, unknown> = {
    ...usualMembers,
    ...(isTiled ? usualSdUpscale : {}),
    ...without(request, isTiled ? hiresMembers : [...hiresMembers, ...Object.keys(usualSdUpscale)]),
    ...size,
  };
  if (mode === 'outpaint')
    return { ...outpaintMembers(members, request), outpaint: outpainting, init_images: [picture] };
  const unused = Object.keys(usualMembers).filter((name) => !isKnown(name));
  const left = without(members, mask === undefined ? [...unused, ...maskNames] : unused);
  return {
    ...left,
    init_images: [picture],
    ...(mask === undefined ? {} : { mask }),
    ...(loopback ? { loopback } : {}),
  };
}

// The studio prepares ground and mask; of redrawing only the strength and the soft blending mean something.
function outpaintMembers(members: Record<string, unknown>, request: Record<string, unknown>) {
  return {
    ...without(members, [...maskNames.filter((name) => name !== 'soft_inpainting'), 'resize_mode']),
    inpainting_fill: 1,
    inpainting_mask_invert: false,
    denoising_strength: request.denoising_strength ?? outpaintingStrength,
  };
}

/** The size of a picture in steps of 8, made smaller where a side is beyond the largest. */
export function sizeAs({ width, height }: Size, largest: number): Size {
  const share = Math.min(1, largest / Math.max(width, height));
  const stepped = (side: number) => Math.max(64, Math.round((side * share) / 8) * 8);
  return { width: stepped(width), height: stepped(height) };
}
