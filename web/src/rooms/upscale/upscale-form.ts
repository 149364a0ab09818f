import type { Schema } from '../../api/client';
import { restored } from '../../stores/kept';
import { closestUpscaler } from '../../stores/upscaler-choices';

/** All that is set in the room. */
export interface UpscaleForm {
  upscaler: string;
  by: 'factor' | 'size';
  factor: number;
  width: number;
  height: number;
  crops: boolean;
  /** '' is none. */
  second: string;
  /** 0..1 */
  secondShare: number;
  tile: number;
  overlap: number;
  /** 0..1, of the restored face over the one that was there; 0: not restored. */
  gfpgan: number;
  codeformer: number;
  /** 0..1; 0 changes most. */
  codeformerWeight: number;
}

export const startingForm: Readonly<UpscaleForm> = {
  upscaler: '',
  by: 'factor',
  factor: 2,
  width: 1024,
  height: 1024,
  crops: true,
  second: '',
  secondShare: 0.5,
  tile: 192,
  overlap: 32,
  gfpgan: 0,
  codeformer: 0,
  codeformerWeight: 0.5,
};

/** A kept form: what is missing or of another kind is as at the start. */
export function restoreForm(kept: unknown): UpscaleForm {
  const form = restored(kept, startingForm);
  return { ...form, by: form.by === 'size' ? 'size' : 'factor' };
}

type Upscaler = Schema<'Upscaler'>;

/** What is used: the chosen one, or else the first network, or else Lanczos. */
export function usedUpscaler(form: UpscaleForm, upscalers: readonly Upscaler[]): string {
  const usable = upscalers.filter(({ problem }) => !problem);
  return usable.find(({ name }) => name === form.upscaler)?.name ?? closestUpscaler(usable);
}

/** The body of POST /upscales, but for the picture. */
export function toUpscale(form: UpscaleForm, upscalers: readonly Upscaler[]): Schema<'NewUpscale'> {
  const size =
    form.by === 'factor'
      ? { factor: form.factor }
      : { width: form.width, height: form.height, crops: form.crops };
  const second = form.second === '' ? {} : { second_upscaler: form.second, second_share: form.secondShare };
  return {
    upscaler: usedUpscaler(form, upscalers),
    ...size,
    ...second,
    tile: form.tile,
    tile_overlap: Math.min(form.overlap, Math.max(0, form.tile - 1)),
    ...(form.gfpgan > 0 ? { gfpgan_visibility: form.gfpgan } : {}),
    ...(form.codeformer > 0
      ? { codeformer_visibility: form.codeformer, codeformer_weight: form.codeformerWeight }
      : {}),
  } as Schema<'NewUpscale'>;
}

/** The size that comes out. */
export function resultSize(form: UpscaleForm, { width, height }: { width: number; height: number }) {
  if (form.by === 'factor')
    return { width: Math.floor(width * form.factor), height: Math.floor(height * form.factor) };
  if (form.crops) return { width: form.width, height: form.height };
  const share = Math.max(form.width / width, form.height / height);
  return { width: Math.round(width * share), height: Math.round(height * share) };
}
