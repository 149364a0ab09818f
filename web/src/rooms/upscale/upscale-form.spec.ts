import { describe, expect, it } from 'vitest';
import { restoreForm, resultSize, startingForm, toUpscale, usedUpscaler } from './upscale-form';

const upscalers = [
  { name: 'None', scale: 1 },
  { name: 'Lanczos', scale: 4 },
  { name: 'broken', scale: 4, family: 'ESRGAN', problem: 'cut short' },
  { name: 'R-ESRGAN 4x+', scale: 4, family: 'ESRGAN' },
];

describe('the upscaler', () => {
  it('is the chosen one while it can be used, and else the first network', () => {
    expect(usedUpscaler({ ...startingForm, upscaler: 'Lanczos' }, upscalers)).toBe('Lanczos');
    expect(usedUpscaler({ ...startingForm, upscaler: 'broken' }, upscalers)).toBe('R-ESRGAN 4x+');
    expect(usedUpscaler(startingForm, upscalers.slice(0, 3))).toBe('Lanczos');
  });
});

describe('the request', () => {
  it('asks for a factor or for a size', () => {
    expect(toUpscale({ ...startingForm, tile: 64, overlap: 99 }, upscalers)).toEqual({
      upscaler: 'R-ESRGAN 4x+',
      factor: 2,
      tile: 64,
      tile_overlap: 63,
    });
    const sized = toUpscale({ ...startingForm, by: 'size', second: 'Lanczos' }, upscalers);
    expect(sized).toMatchObject({ width: 1024, height: 1024, crops: true, second_upscaler: 'Lanczos' });
    expect('factor' in sized).toBe(false);
  });

  it('tells what size comes of it', () => {
    const picture = { width: 300, height: 100 };
    expect(resultSize({ ...startingForm, factor: 1.5 }, picture)).toEqual({ width: 450, height: 150 });
    const sized = { ...startingForm, by: 'size' as const, width: 600, height: 400 };
    expect(resultSize(sized, picture)).toEqual({ width: 600, height: 400 });
    expect(resultSize({ ...sized, crops: false }, picture)).toEqual({ width: 1200, height: 400 });
  });
});

describe('a kept form', () => {
  it('comes back, but for what is damaged', () => {
    expect(restoreForm({ factor: 3, by: 'x', tile: 'y' })).toEqual({ ...startingForm, factor: 3 });
    expect(restoreForm(7)).toEqual(startingForm);
  });
});
