import { describe, expect, it } from 'vitest';
import { folderRequest, restoreFolder } from './folder';

const choice = restoreFolder({ folder: 'inputs/frames', reuse: ['seed', 'nonsense'], masks: 5 });

describe('a folder of pictures', () => {
  it('opens what was kept, without what makes no sense', () => {
    expect(choice).toEqual({ folder: 'inputs/frames', masks: '', texts: '', output: '', reuse: ['seed'] });
  });

  it('says no size where each picture keeps its own, and nothing of masks without them', () => {
    const request = {
      prompt: 'sky',
      width: 64,
      height: 64,
      mask_blur: 9,
      hr_scale: 2,
      denoising_strength: 0.5,
    };
    expect(folderRequest(choice, request, undefined)).toEqual({
      folder: 'inputs/frames',
      request: { prompt: 'sky', denoising_strength: 0.5, resize_mode: 0 },
      reuse: ['seed'],
      priority: 0,
    });
  });

  it('takes masks, texts and a place for the results', () => {
    const all = { ...choice, masks: 'inputs/masks', texts: 'inputs/old', output: ' redrawn ' };
    const sent = folderRequest(all, { mask_blur: 9 }, { width: 512, height: 768 });
    expect(sent).toMatchObject({ masks: 'inputs/masks', texts: 'inputs/old', output: 'redrawn' });
    expect(sent.request).toMatchObject({ mask_blur: 9, inpainting_fill: 1, width: 512, height: 768 });
    expect('texts' in folderRequest({ ...all, reuse: [] }, {}, undefined)).toBe(false);
  });
});
