import { describe, expect, it } from 'vitest';
import { comparedWords, recipeDifferences, recipeRows, recipeWords } from './recipe-rows';

describe('recipeRows', () => {
  it('puts the known keys first and leaves the words out', () => {
    const rows = recipeRows({ Zebra: '1', Prompt: 'x', parameters: 'x', Seed: '7', Steps: '20' });
    expect(rows.map((row) => row.key)).toEqual(['Steps', 'Seed', 'Zebra']);
  });
});

describe('the size', () => {
  it('stands in one row, in tables and in comparisons', () => {
    expect(recipeRows({ 'Size-1': '512', 'Size-2': '768' })).toEqual([{ key: 'Size', value: '512x768' }]);
    const differences = recipeDifferences({ 'Size-1': '512', 'Size-2': '768' }, { Size: '512x512' });
    expect(differences).toEqual([{ key: 'Size', left: '512x768', right: '512x512' }]);
  });
});

describe('recipeWords', () => {
  it('splits the text at its marks, over several lines', () => {
    const text = '1girl,\nsmile\nNegative prompt: bad\nworse\nSteps: 20, Seed: 5';
    expect(recipeWords(text)).toEqual({ prompt: '1girl,\nsmile', negative: 'bad\nworse' });
  });

  it('takes "Steps: " inside the words for words', () => {
    expect(recipeWords('Steps: stone\nsky\nSteps: 20').prompt).toBe('Steps: stone\nsky');
  });

  it('reads a text that begins with what is not wanted', () => {
    expect(recipeWords('Negative prompt: bad\nSteps: 1')).toEqual({ prompt: '', negative: 'bad' });
  });

  it('takes a text without settings for a prompt', () => {
    expect(recipeWords('a castle')).toEqual({ prompt: 'a castle', negative: '' });
  });
});

describe('recipeDifferences', () => {
  it('lists what differs and what only one has', () => {
    expect(recipeDifferences({ Steps: '20', Seed: '1', VAE: 'a' }, { Steps: '20', Seed: '2' })).toEqual([
      { key: 'Seed', left: '1', right: '2' },
      { key: 'VAE', left: 'a', right: null },
    ]);
  });

  it('is empty for equal recipes', () => {
    expect(recipeDifferences({ Steps: '20' }, { Steps: '20' })).toEqual([]);
  });
});

describe('comparedWords', () => {
  it('finds shared words whatever their order and case', () => {
    expect(comparedWords('1girl, Smile, sky', 'smile, 1girl')).toEqual([
      { text: '1girl', shared: true },
      { text: 'Smile', shared: true },
      { text: 'sky', shared: false },
    ]);
  });
});
