import { describe, expect, it } from 'vitest';
import {
  fromWords,
  hiresRequest,
  hiresSize,
  isGrid,
  isPictureMember,
  startingHires,
} from './picture-members';

describe('the request of a picture from words', () => {
  it('leaves out what belongs to redrawing and to a second pass that is off', () => {
    const request = { prompt: 'sky', mask_blur: 4, hr_scale: 2, denoising_strength: 0.5, eta: 1 };
    expect(fromWords(request)).toEqual({ prompt: 'sky', eta: 1 });
    expect(fromWords({ ...request, enable_hr: true })).toEqual({
      prompt: 'sky',
      eta: 1,
      hr_scale: 2,
      hr_upscaler: 'Latent',
      hr_second_pass_steps: 0,
      denoising_strength: 0.5,
      enable_hr: true,
    });
  });
});

describe('the second pass', () => {
  it('comes to multiples of 8', () => {
    expect(hiresSize({ width: 512, height: 768 }, 1.3)).toEqual({ width: 664, height: 992 });
  });

  it('begins closer to the picture than the studio takes when nothing is asked for', () => {
    expect(startingHires(256, 'Lanczos')).toEqual({
      hr_scale: 1.5,
      hr_upscaler: 'Lanczos',
      denoising_strength: 0.35,
    });
    expect(startingHires(1024, '4x').hr_scale).toBe(2);
  });

  it('of a finished picture takes its words and seed, and makes one', () => {
    const made = { prompt: 'sky', seed: -1, n_iter: 4, mask_blur: 9, hr_scale: 1.5, width: 64 };
    expect(hiresRequest(made, 7, { hr_scale: 2, hr_upscaler: 'Latent' }, 'AAAA')).toEqual({
      prompt: 'sky',
      width: 64,
      hr_scale: 2,
      hr_upscaler: 'Latent',
      seed: 7,
      batch_size: 1,
      n_iter: 1,
      enable_hr: true,
      firstpass_image: 'AAAA',
    });
  });

  it('has no use for a grid', () => {
    expect(isGrid({ infotext: 'sky\nSteps: 2, Seed: 1, Script: X/Y/Z plot, X Type: Steps' })).toBe(true);
    expect(isGrid({ infotext: 'Script: a play\nSteps: 2, Seed: 1' })).toBe(false);
  });

  it('has controls of its own', () => {
    expect(['hr_scale', 'denoising_strength', 'inpaint_full_res', 'steps'].map(isPictureMember)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
