/** Sizes of pictures: ratios that a model draws well, from the size it was trained for. */
export interface Ratio {
  width: number;
  height: number;
}

export const ratios: readonly Ratio[] = [
  { width: 1, height: 1 },
  { width: 3, height: 4 },
  { width: 2, height: 3 },
  { width: 9, height: 16 },
  { width: 4, height: 3 },
  { width: 3, height: 2 },
  { width: 16, height: 9 },
];

export const ratioName = ({ width, height }: Ratio) => `${width}:${height}`;

/** The size that pictures of this family were trained with: 'SDXL checkpoint' -> 1024. The built-in model is a small one. */
export function nativeSize(family: string, isBuiltIn = false): number {
  if (isBuiltIn) return 256;
  if (/SDXL/i.test(family)) return 1024;
  return /Diffusion 2/i.test(family) ? 768 : 512;
}

export interface Size {
  width: number;
  height: number;
}

/**
 * The size with this ratio for a model with native pictures of `native` x `native` pixels. Models of 768 and more know
 * pictures of the same area; smaller ones are commonly used with their native size as the short side.
 */
export function sizeForRatio({ width, height }: Ratio, native: number): Size {
  const step = native >= 768 ? 64 : 8;
  const share = width / height;
  if (native >= 768)
    return {
      width: toStep(native * Math.sqrt(share), step),
      height: toStep(native / Math.sqrt(share), step),
    };
  return share >= 1
    ? { width: toStep(native * share, step), height: native }
    : { width: native, height: toStep(native / share, step) };
}

function toStep(pixels: number, step: number): number {
  return Math.max(64, Math.round(pixels / step) * step);
}

/** The ratio whose size this is; undefined for any other size. */
export function ratioOf(size: Size, native: number): Ratio | undefined {
  return ratios.find((ratio) => {
    const own = sizeForRatio(ratio, native);
    return own.width === size.width && own.height === size.height;
  });
}
