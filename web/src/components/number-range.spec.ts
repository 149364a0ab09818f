import { describe, expect, it } from 'vitest';
import { toRange } from './number-range';

describe('toRange', () => {
  const size = { min: 64, max: 2048, step: 8 };

  it('goes to the nearest step from the minimum', () => {
    expect(toRange(515, size, 0)).toBe(512);
    expect(toRange(517, size, 0)).toBe(520);
    expect(toRange(7.13, { min: 1, max: 30, step: 0.5 }, 0)).toBe(7);
  });

  it('stays within the ends, on a step', () => {
    expect(toRange(-5, size, 0)).toBe(64);
    expect(toRange(1e9, size, 0)).toBe(2048);
    expect(toRange(10, { min: 0, max: 10, step: 4 }, 0)).toBe(8);
  });

  it('shows no digits that the step does not have', () => {
    expect(toRange(0.15000000000000002, { min: 0, max: 1, step: 0.05 }, 0)).toBe(0.15);
  });

  it('keeps the old value when the text is no number', () => {
    expect(toRange(NaN, size, 640)).toBe(640);
  });
});
