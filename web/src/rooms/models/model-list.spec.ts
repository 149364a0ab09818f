import { describe, expect, it } from 'vitest';
import {
  countByUse,
  familyText,
  filterModels,
  isChosen,
  promptOf,
  shortName,
  type Model,
} from './model-list';

function model(name: string, rest: Partial<Model> = {}): Model {
  return { use: 'checkpoint', name, title: name, byte_count: 1, family: 'SD 1', has_preview: false, ...rest };
}

const models = [
  model('ink 10'),
  model('ink 9', { byte_count: 5, modified_at: 9, notes: 'for Kimono pictures' }),
  model('a broken one', { problem: 'damaged' }),
  model('lines', { use: 'lora' }),
];

function names(text: string, order: 'name' | 'newest' | 'size' = 'name') {
  return filterModels(models, { use: 'checkpoint', text, order }).map(({ name }) => name);
}

describe('filterModels', () => {
  it('orders numbers as numbers and puts what cannot be used last', () => {
    expect(names('')).toEqual(['ink 9', 'ink 10', 'a broken one']);
    expect(names('', 'size')[0]).toBe('ink 9');
    expect(names('', 'newest')[0]).toBe('ink 9');
  });

  it('finds all words, in notes, too', () => {
    expect(names('kimono INK')).toEqual(['ink 9']);
    expect(names('kimono broken')).toEqual([]);
  });

  it('leaves the list it was given as it is', () => {
    expect(models[0]?.name).toBe('ink 10');
  });
});

describe('models', () => {
  it('are counted by use', () => {
    expect(countByUse(models)).toMatchObject({ checkpoint: 3, lora: 1, vae: 0 });
  });

  it('show the last part of their path', () => {
    expect(shortName('styles/ink')).toBe('ink');
    expect(shortName('ink')).toBe('ink');
  });

  it('say how a prompt names them', () => {
    expect(promptOf(model('lines', { use: 'lora', alias: 'l2', preferred_weight: 0.8 }))).toBe(
      '<lora:l2:0.8>',
    );
    expect(promptOf(model('lines', { use: 'lora' }))).toBe('<lora:lines:1>');
    expect(promptOf(model('easy', { use: 'embedding' }))).toBe('easy');
    expect(promptOf(model('x'))).toBe('');
  });

  it('know the chosen checkpoint by name, title or by being built in', () => {
    const ink = model('ink', { title: 'ink [0123456789]', file: 'Stable-diffusion/ink.safetensors' });
    expect(isChosen(ink, 'ink')).toBe(true);
    expect(isChosen(ink, 'ink [0123456789]')).toBe(true);
    expect(isChosen(ink, '')).toBe(false);
    expect(isChosen(model('Hajime', { file: '' }), '')).toBe(true);
    expect(isChosen(model('ink', { use: 'lora' }), 'ink')).toBe(false);
  });
});

describe('familyText', () => {
  it('leaves out what the place says', () => {
    expect(familyText('SDXL checkpoint')).toBe('SDXL');
    expect(familyText('LoRA')).toBe('LoRA');
    expect(familyText(undefined)).toBe('');
  });
});
