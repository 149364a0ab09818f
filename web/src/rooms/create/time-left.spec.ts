import { describe, expect, it } from 'vitest';
import { secondsLeft, splitTime } from './time-left';

describe('secondsLeft', () => {
  it('counts down from what the server said', () => {
    expect(secondsLeft({ share: 0.5, secondsLeft: 10, at: 1000 }, 4000)).toBe(7);
    expect(secondsLeft({ share: 0.5, secondsLeft: 1, at: 1000 }, 9000)).toBe(0);
  });

  it('reckons from the share when the server has no estimate', () => {
    expect(secondsLeft({ share: 0.25, at: 10_000, startedAt: 0 }, 10_000)).toBe(30);
  });

  it('says nothing at the very beginning', () => {
    expect(secondsLeft({ share: 0.01, at: 10_000, startedAt: 0 }, 10_000)).toBeUndefined();
    expect(secondsLeft({ share: 0.5, at: 10_000 }, 10_000)).toBeUndefined();
  });
});

describe('splitTime', () => {
  it('is as exact as one reads it', () => {
    expect(splitTime(12.2)).toEqual({ minutes: 0, seconds: 13 });
    expect(splitTime(59.5)).toEqual({ minutes: 1, seconds: 0 });
    expect(splitTime(80)).toEqual({ minutes: 1, seconds: 20 });
    expect(splitTime(1234)).toEqual({ minutes: 21, seconds: 0 });
  });
});
