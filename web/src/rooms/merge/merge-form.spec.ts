import { describe, expect, it } from 'vitest';
import { areBlocks, mergeName, mergeProblems, startingMerge, toNewMerge, type MergeForm } from './merge-form';

const form: MergeForm = { ...startingMerge, a: 'styles/ink', b: 'Hajime' };
const numbers = (count: number) => Array.from({ length: count }, () => '0.5').join(',');

describe('mergeProblems', () => {
  it('finds nothing wrong with two models and a weight', () => {
    expect(mergeProblems(form, ['Hajime', 'ink'])).toEqual([]);
  });

  it('asks for the models that the method needs', () => {
    expect(mergeProblems({ ...form, b: '' }, [])).toContain('models');
    expect(mergeProblems({ ...form, method: 'add-difference' }, [])).toEqual(['models']);
    expect(mergeProblems({ ...form, method: 'add-difference', c: 'base' }, [])).toEqual([]);
  });

  it('refuses to merge a model with itself', () => {
    expect(mergeProblems({ ...form, b: form.a }, [])).toEqual(['same']);
  });

  it('wants the weights of a triple sum to leave something for A', () => {
    expect(mergeProblems({ ...form, method: 'triple-sum', c: 'c', alpha: 0.7, beta: 0.4 }, [])).toEqual([
      'sum',
    ]);
  });

  it('wants a name that is one file and new', () => {
    expect(mergeProblems({ ...form, name: '../x' }, [])).toEqual(['name']);
    expect(mergeProblems({ ...form, name: '.hidden' }, [])).toEqual(['name']);
    expect(mergeProblems({ ...form, name: '筆'.repeat(67) }, [])).toEqual(['name']);
    expect(mergeProblems({ ...form, name: '筆'.repeat(60) }, [])).toEqual([]);
    expect(mergeProblems({ ...form, name: 'MIX' }, ['mix'])).toEqual(['taken']);
  });
});

describe('areBlocks', () => {
  it('takes lists of the lengths that networks have, and names', () => {
    for (const count of [26, 25, 20, 19]) expect(areBlocks(numbers(count))).toBe(true);
    for (const text of ['', 'GRAD_V', 'R_SMOOTHSTEP*2', 'OUT12_5']) expect(areBlocks(text)).toBe(true);
  });

  it('refuses other lists and other texts', () => {
    for (const text of [numbers(24), '0.5', 'grad v', '0.5,x', '1..2,3'])
      expect(areBlocks(text), text).toBe(false);
  });
});

describe('toNewMerge', () => {
  it('names the third model by what it is for', () => {
    const three = { ...form, c: 'third', alpha: 0.4, beta: 0.2 };
    expect(toNewMerge({ ...three, method: 'add-difference' })).toMatchObject({
      models: ['styles/ink', 'Hajime'],
      base: 'third',
      weights: [0.4],
    });
    const sum = toNewMerge({ ...three, method: 'triple-sum' });
    expect(sum).toMatchObject({ models: ['styles/ink', 'Hajime', 'third'], weights: [0.4, 0.2] });
    expect(sum.base).toBeUndefined();
    expect(toNewMerge(three).models).toHaveLength(2);
  });

  it('leaves out what is not set', () => {
    expect(Object.keys(toNewMerge(form)).sort()).toEqual(['dtype', 'method', 'models', 'name', 'weights']);
    expect(toNewMerge({ ...form, blocks: ' GRAD_V ', vae: 'kl' })).toMatchObject({
      block_weights: 'GRAD_V',
      vae: 'kl',
    });
  });
});

describe('mergeName', () => {
  it('is made of the parents unless one is typed', () => {
    expect(mergeName(form)).toBe('ink + Hajime 0.3');
    expect(mergeName({ ...form, name: ' mine ' })).toBe('mine');
    expect(mergeName({ ...form, b: '' })).toBe('');
  });
});
