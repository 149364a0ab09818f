import { describe, expect, it } from 'vitest';
import { loopbackOf, restoreLoopback, startingLoopback } from './loopback';

describe('loopback', () => {
  it('says nothing while it is off, and no more than the API knows while it is on', () => {
    expect(loopbackOf(startingLoopback)).toBeUndefined();
    const on = { ...startingLoopback, isOn: true, curve: 'Lazy' as const };
    expect(loopbackOf(on)).toEqual({ loops: 4, final_strength: 0.5, curve: 'Lazy' });
  });

  it('opens what was kept, without what makes no sense', () => {
    const kept = { isOn: true, loops: '9', final_strength: 0.25, curve: 'Bent' };
    expect(restoreLoopback(kept)).toEqual({ ...startingLoopback, isOn: true, final_strength: 0.25 });
    expect(restoreLoopback(null)).toEqual(startingLoopback);
  });
});
