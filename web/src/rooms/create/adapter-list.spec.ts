import { describe, expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import { adapterWords, catalogued, frequentWords, isNamed, matches } from './adapter-list';

function model(name: string, more: Partial<Schema<'Model'>> = {}): Schema<'Model'> {
  return { use: 'lora', name, title: name, byte_count: 1, family: '', has_preview: false, ...more };
}

describe('catalogued', () => {
  it('lists what prompts can name, in order', () => {
    const models = [
      model('b'),
      model('a'),
      model('x', { use: 'checkpoint' }),
      model('e', { use: 'embedding' }),
    ];
    expect(catalogued(models).map(({ name }) => name)).toEqual(['a', 'b', 'e']);
  });
});

describe('matches', () => {
  const ink = model('styles/Ink', { trained_words: [{ name: 'brush', count: 3 }] });

  it('wants every word, anywhere', () => {
    expect(matches(ink, 'ink BRUSH')).toBe(true);
    expect(matches(ink, 'ink pen')).toBe(false);
    expect(matches(ink, '')).toBe(true);
  });
});

describe('adapterWords', () => {
  it('takes weight and words of the notes', () => {
    expect(adapterWords(model('styles/ink', { preferred_weight: 0.7, activation_text: 'ink wash' }))).toEqual(
      {
        kind: 'lora',
        name: 'ink',
        weight: 0.7,
        words: 'ink wash',
      },
    );
  });

  it('gives full weight where none is noted', () => {
    expect(adapterWords(model('h', { use: 'hypernetwork' }))?.weight).toBe(1);
    expect(adapterWords(model('e', { use: 'embedding' }))).toBeUndefined();
  });
});

describe('isNamed', () => {
  const ink = model('styles/ink', { alias: 'Ink Wash' });

  it('finds a LoRA by file and by its trainer’s name', () => {
    for (const name of ['ink', 'styles/ink', 'Ink Wash']) expect(isNamed(ink, 'lora', name), name).toBe(true);
    expect(isNamed(ink, 'lyco', 'ink')).toBe(true);
    expect(isNamed(ink, 'lora', 'Ink')).toBe(false);
    expect(isNamed(ink, 'hypernet', 'ink')).toBe(false);
  });
});

describe('frequentWords', () => {
  it('puts the most frequent first', () => {
    const words = [
      { name: 'a', count: 1 },
      { name: 'b', count: 9 },
      { name: 'c', count: 5 },
    ];
    expect(frequentWords(model('m', { trained_words: words }), 2)).toEqual(['b', 'c']);
  });
});
