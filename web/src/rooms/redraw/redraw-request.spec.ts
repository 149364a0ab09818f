import { describe, expect, it } from 'vitest';
import { redrawRequest, restoreMargins, sizeAs, usualMembers, widened } from './redraw-request';

const size = { width: 512, height: 768 };
const base = { request: { prompt: 'sky', hr_scale: 2 }, isKnown: () => true, size, picture: 'AAAA' };

describe('the request of a redrawn picture', () => {
  it('has the picture, and no members of masks without one', () => {
    expect(redrawRequest({ ...base, mode: 'whole' })).toEqual({
      prompt: 'sky',
      denoising_strength: 0.75,
      resize_mode: 0,
      ...size,
      init_images: ['AAAA'],
    });
  });

  it('says everything that the controls show of the mask', () => {
    const request = { ...base.request, mask_blur: 9, inpaint_full_res: true };
    expect(redrawRequest({ ...base, request, mode: 'inpaint', mask: 'BBBB' })).toEqual({
      prompt: 'sky',
      ...usualMembers,
      mask_blur: 9,
      inpaint_full_res: true,
      ...size,
      init_images: ['AAAA'],
      mask: 'BBBB',
    });
  });

  it('begins with blurred surroundings beyond the edges, over the whole picture', () => {
    const request = { inpainting_fill: 1, inpaint_full_res: true };
    expect(redrawRequest({ ...base, request, mode: 'outpaint', mask: 'BBBB' })).toMatchObject({
      inpainting_fill: 0,
      inpaint_full_res: false,
    });
  });

  it('leaves out what the studio does not know', () => {
    const sent = redrawRequest({
      ...base,
      isKnown: (name) => name !== 'soft_inpainting',
      mode: 'inpaint',
      mask: 'B',
    });
    expect('soft_inpainting' in sent).toBe(false);
    expect('mask_blur' in sent).toBe(true);
  });
});

describe('sizes', () => {
  it('follow the picture in steps of 8, within the largest', () => {
    expect(sizeAs({ width: 500, height: 1001 }, 2048)).toEqual({ width: 504, height: 1000 });
    expect(sizeAs({ width: 4096, height: 2048 }, 2048)).toEqual({ width: 2048, height: 1024 });
    expect(sizeAs({ width: 3, height: 9 }, 2048)).toEqual({ width: 64, height: 64 });
  });

  it('grow by the margins, which are whole steps', () => {
    const margins = restoreMargins({ left: 130, right: -5, top: 'x', bottom: 9999 });
    expect(margins).toEqual({ left: 128, top: 0, right: 0, bottom: 512 });
    expect(widened(size, margins)).toEqual({ width: 640, height: 1280 });
    expect(restoreMargins(null)).toEqual({ left: 0, top: 0, right: 0, bottom: 0 });
  });
});
