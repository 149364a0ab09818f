import { describe, expect, it } from 'vitest';
import { startingOutpainting } from './outpaint';
import { redrawRequest, sizeAs, usualMembers } from './redraw-request';

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

  it('leaves ground and mask of an outpainting to the studio', () => {
    const request = { inpainting_fill: 2, inpaint_full_res: true, mask_blur: 20 };
    const outpainting = { ...startingOutpainting, left: true };
    const sent = redrawRequest({ ...base, request, mode: 'outpaint', outpainting });
    expect(sent).toMatchObject({ outpaint: outpainting, inpainting_fill: 1, denoising_strength: 0.8 });
    expect('mask' in sent || 'mask_blur' in sent || 'inpaint_full_res' in sent).toBe(false);
  });

  it('goes tile by tile only where no mask is drawn', () => {
    const request = { sd_upscale: true, sd_upscale_scale: 3 };
    expect(redrawRequest({ ...base, request, mode: 'whole' })).toMatchObject({
      sd_upscale: true,
      sd_upscale_scale: 3,
      sd_upscale_overlap: 64,
    });
    const masked = redrawRequest({ ...base, request, mode: 'inpaint', mask: 'BBBB' });
    expect(Object.keys(masked).filter((name) => name.startsWith('sd_upscale'))).toEqual([]);
    expect('sd_upscale' in redrawRequest({ ...base, request: { sd_upscale: false }, mode: 'whole' })).toBe(
      false,
    );
  });

  it('feeds the result back where that was chosen', () => {
    const loopback = { loops: 3, final_strength: 0.4, curve: 'Lazy' as const };
    expect(redrawRequest({ ...base, mode: 'inpaint', mask: 'B', loopback })).toMatchObject({ loopback });
    expect('loopback' in redrawRequest({ ...base, mode: 'whole' })).toBe(false);
    const grown = redrawRequest({ ...base, mode: 'outpaint', outpainting: startingOutpainting, loopback });
    expect('loopback' in grown).toBe(false);
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
});
