import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keep, readKept } from './kept';

const isNumber = (value: unknown): value is number => typeof value === 'number';

describe('kept values', () => {
  const stored = new Map<string, string>();

  beforeEach(() => {
    stored.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, text: string) => stored.set(key, text),
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  it('come back', () => {
    keep('steps', 28);
    expect(readKept('steps', 20, isNumber)).toBe(28);
  });

  it('give way to the fallback when they are missing, damaged or of another kind', () => {
    expect(readKept('steps', 20, isNumber)).toBe(20);
    for (const text of ['{', '"28"', 'null']) {
      stored.set('fude.steps', text);
      expect(readKept('steps', 20, isNumber), text).toBe(20);
    }
  });

  it('are lost without harm where the browser keeps nothing', () => {
    const refuse = () => {
      throw new Error('denied');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    expect(() => keep('steps', 28)).not.toThrow();
    expect(readKept('steps', 20, isNumber)).toBe(20);
  });
});
