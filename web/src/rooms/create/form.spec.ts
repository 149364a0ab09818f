import { describe, expect, it } from 'vitest';
import { applyRequest, looksLikeRecipe, restoreForm, startingForm, toRequest, type CreateForm } from './form';

const filled: CreateForm = {
  ...startingForm,
  prompt: '1girl, (smile:1.2)',
  negative: 'blurry',
  styles: ['ink'],
  model: 'hajime',
  vae: 'None',
  clipSkip: 2,
  steps: 28,
  cfg: 6.5,
  width: 384,
  height: 512,
  batchSize: 2,
  batchCount: 3,
  seed: 7,
  subseed: 8,
  variation: 0.25,
  members: { s_noise: 1.01, tiling: true },
  overrides: { emphasis: 'No norm' },
};

describe('restoreForm', () => {
  it('brings back every field of what was kept', () => {
    expect(restoreForm(JSON.parse(JSON.stringify(filled)))).toEqual(filled);
  });

  it('starts afresh from anything else', () => {
    for (const kept of [null, undefined, 'form', 3, []]) expect(restoreForm(kept)).toEqual(startingForm);
  });

  it('leaves out members of a wrong kind and keeps the others', () => {
    const kept = { prompt: 3, steps: '20', cfg: null, seed: 5, styles: ['a', 4], members: { x: {}, y: 1 } };
    expect(restoreForm(kept)).toEqual({ ...startingForm, seed: 5, styles: ['a'], members: { y: 1 } });
  });

  it('shares no list with the starting form', () => {
    restoreForm(null).styles.push('x');
    expect(startingForm.styles).toEqual([]);
  });
});

describe('toRequest', () => {
  it('names every knob the way the server does', () => {
    expect(toRequest(filled)).toEqual({
      prompt: '1girl, (smile:1.2)',
      negative_prompt: 'blurry',
      styles: ['ink'],
      sampler_name: 'DPM++ 2M',
      scheduler: 'Automatic',
      steps: 28,
      cfg_scale: 6.5,
      width: 384,
      height: 512,
      batch_size: 2,
      n_iter: 3,
      seed: 7,
      subseed: 8,
      subseed_strength: 0.25,
      s_noise: 1.01,
      tiling: true,
      override_settings: {
        emphasis: 'No norm',
        CLIP_stop_at_last_layers: 2,
        sd_vae: 'None',
        sd_model_checkpoint: 'hajime',
      },
    });
  });

  it('leaves the choice of the model to the studio when none was made', () => {
    expect(toRequest(startingForm).override_settings).not.toHaveProperty('sd_model_checkpoint');
  });
});

describe('applyRequest', () => {
  it('takes back what toRequest gave', () => {
    const start = { ...startingForm, batchSize: filled.batchSize, batchCount: filled.batchCount };
    expect(applyRequest(start, toRequest(filled), { withModel: true })).toEqual(filled);
  });

  it('keeps the model unless it is wanted', () => {
    const request = { override_settings: { sd_model_checkpoint: 'other' } };
    expect(applyRequest(filled, request, { withModel: false }).model).toBe('hajime');
    expect(applyRequest(filled, request, { withModel: true }).model).toBe('other');
  });

  it('keeps how many pictures are made, and what the recipe does not name', () => {
    const next = applyRequest(filled, { n_iter: 9, batch_size: 4, steps: 11 }, { withModel: false });
    expect([next.batchCount, next.batchSize, next.steps, next.cfg]).toEqual([3, 2, 11, 6.5]);
  });

  it('drops the chips and the variation of earlier pictures', () => {
    const next = applyRequest(filled, { prompt: 'sky' }, { withModel: false });
    expect([next.members, next.overrides, next.variation, next.clipSkip]).toEqual([{}, {}, 0, 1]);
  });

  it('makes no chip of what holds anyway', () => {
    const request = { s_churn: 0, s_noise: 1, override_settings: { emphasis: 'Original', rho: 7 } };
    const usual = { s_churn: 0, s_noise: 1.01, emphasis: 'Original', rho: 0 };
    const next = applyRequest(filled, request, { withModel: false, usual });
    expect([next.members, next.overrides]).toEqual([{ s_noise: 1 }, { rho: 7 }]);
  });

  it('leaves out what is true of the old picture only', () => {
    const request = { prompt_template: '{red|blue} hair', lora_hashes: 'ink: 0123456789ab' };
    expect(applyRequest(filled, request, { withModel: false }).members).toEqual({});
  });

  it('does not change the form it was given', () => {
    const before = structuredClone(filled);
    applyRequest(filled, { s_churn: 1, override_settings: { emphasis: 'None' } }, { withModel: true });
    expect(filled).toEqual(before);
  });
});

describe('looksLikeRecipe', () => {
  it('knows the text stored with a picture', () => {
    expect(
      looksLikeRecipe(
        '1girl\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512',
      ),
    ).toBe(true);
    expect(looksLikeRecipe('Steps: 20, Sampler: Euler, Seed: 4')).toBe(true);
  });

  it('leaves prompts alone', () => {
    expect(looksLikeRecipe('1girl, steps, stairs: 20, smile')).toBe(false);
    expect(looksLikeRecipe('Steps: many, Sampler: none')).toBe(false);
    expect(looksLikeRecipe('')).toBe(false);
  });
});
