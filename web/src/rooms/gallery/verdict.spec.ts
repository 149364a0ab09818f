import { describe, expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import { engineText, isGood, usualTolerance, verdictText } from './verdict';

const words = {
  exact: 'exact',
  within: (levels: number) => `within ${levels}`,
  different: (levels: number, percent: string) => `${levels} in ${percent}%`,
  otherSize: 'other size',
  missing: 'missing',
};
const verification = (more: Partial<Schema<'Verification'>>): Schema<'Verification'> => ({
  picture: 1,
  verified_at: 0,
  verdict: 'exact',
  within: 0,
  levels: 0,
  differing_share: 0,
  model: 'm',
  model_hash: '',
  missing: [],
  notes: [],
  ...more,
});

describe('the verdict on a picture', () => {
  it('says how much differs, and of how many pixels', () => {
    expect(verdictText(verification({}), words)).toBe('exact');
    expect(verdictText(verification({ verdict: 'within', levels: 2 }), words)).toBe('within 2');
    const far = verification({ verdict: 'different', levels: 9, differing_share: 0.253 });
    expect(verdictText(far, words)).toBe('9 in 25%');
    expect(verdictText({ ...far, differing_share: 1e-9 }, words)).toBe('9 in 0.01%');
    expect(verdictText(verification({ verdict: 'different' }), words)).toBe('other size');
    expect(verdictText(verification({ verdict: 'missing' }), words)).toBe('missing');
  });

  it('allows for what is lost in saving', () => {
    expect(['a.png', 'b/c.jpg', 'd.WEBP', 'jpg'].map(usualTolerance)).toEqual([0, 40, 40, 0]);
  });

  it('is good where nothing differs more than was allowed', () => {
    const verdicts = ['exact', 'within', 'different', 'missing'] as const;
    expect(verdicts.map((verdict) => isGood(verification({ verdict })))).toEqual([true, true, false, false]);
  });

  it('names what computed it', () => {
    expect(engineText({ device: 'cpu', precision: 'bf16', kernels: '' })).toBe('cpu, bf16');
  });
});
