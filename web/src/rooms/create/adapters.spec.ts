import { describe, expect, it } from 'vitest';
import {
  hasAdapter,
  insertAdapter,
  removeAdapter,
  toggleAdapter,
  toggleWords,
  type AdapterWords,
} from './adapters';

const ink: AdapterWords = { kind: 'lora', name: 'ink (v1.5)', weight: 0.8, words: 'ink wash, brush' };

describe('insertAdapter', () => {
  it('puts tag and words behind the prompt', () => {
    expect(insertAdapter('1girl, smile', ink)).toBe('1girl, smile, <lora:ink (v1.5):0.8>, ink wash, brush');
    expect(insertAdapter('', ink)).toBe('<lora:ink (v1.5):0.8>, ink wash, brush');
  });

  it('does not repeat words that are there', () => {
    expect(insertAdapter('ink wash, brush, sky,', ink)).toBe('ink wash, brush, sky, <lora:ink (v1.5):0.8>');
  });
});

describe('toggleAdapter', () => {
  it('comes back to the same prompt', () => {
    for (const prompt of ['1girl, smile', 'a (b:1.2), c', ''])
      expect(toggleAdapter(toggleAdapter(prompt, ink), ink), prompt).toBe(prompt);
  });

  it('finds the tag whatever its weight', () => {
    expect(hasAdapter('a <lora:ink (v1.5):0.3:0.5> b', ink)).toBe(true);
    expect(hasAdapter('a <lyco:ink (v1.5)> b', ink)).toBe(true);
    expect(removeAdapter('a, <lora:ink (v1.5):te=0.1>, b', ink)).toBe('a, b');
  });

  it('leaves other adapters alone', () => {
    expect(hasAdapter('<lora:ink (v1.5) b:1>', ink)).toBe(false);
    expect(hasAdapter('<lora:ink xv1.5):1>', ink)).toBe(false);
    expect(hasAdapter('<hypernet:ink (v1.5):1>', ink)).toBe(false);
  });

  it('keeps the line breaks of the user', () => {
    expect(toggleAdapter(toggleAdapter('1girl,\nsky', ink), ink)).toBe('1girl,\nsky');
  });
});

describe('toggleWords', () => {
  it('puts a word in and takes it out', () => {
    expect(toggleWords('a', 'bad_hands')).toBe('a, bad_hands');
    expect(toggleWords('a, bad_hands, b', 'bad_hands')).toBe('a, b');
  });

  it('does not tear a longer word apart', () => {
    expect(toggleWords('bad_hands_v2', 'bad_hands')).toBe('bad_hands_v2, bad_hands');
  });
});
