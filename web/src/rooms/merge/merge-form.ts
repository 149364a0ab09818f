import type { Schema } from '../../api/client';

/** Ways to merge. `third` tells what a third model is for: a part of the result, or what a difference is taken from. */
export const methods = [
  { name: 'weighted-sum', models: 2, third: 'none', usesAlpha: true, usesBeta: false },
  { name: 'add-difference', models: 2, third: 'base', usesAlpha: true, usesBeta: false },
  { name: 'train-difference', models: 2, third: 'base', usesAlpha: true, usesBeta: false },
  { name: 'sum-twice', models: 3, third: 'part', usesAlpha: true, usesBeta: true },
  { name: 'triple-sum', models: 3, third: 'part', usesAlpha: true, usesBeta: true },
  { name: 'cosine', models: 2, third: 'none', usesAlpha: true, usesBeta: false },
] as const;
export type Method = (typeof methods)[number];
export type MethodName = Method['name'];

export const dtypes = ['fp16', 'bf16', 'fp32'] as const;
export type Dtype = (typeof dtypes)[number];

export interface MergeForm {
  method: MethodName;
  /** Names of checkpoints; '' is not chosen yet. */
  a: string;
  b: string;
  c: string;
  alpha: number;
  beta: number;
  /** '' for one weight everywhere, the name of a preset, or numbers separated by commas. */
  blocks: string;
  vae: string;
  dtype: Dtype;
  name: string;
}

export const startingMerge: Readonly<MergeForm> = {
  method: 'weighted-sum',
  a: '',
  b: '',
  c: '',
  alpha: 0.3,
  beta: 0,
  blocks: '',
  vae: '',
  dtype: 'fp16',
  name: '',
};

export function methodOf(form: MergeForm): Method {
  return methods.find(({ name }) => name === form.method) ?? methods[0];
}

export type MergeProblem = 'models' | 'same' | 'blocks' | 'sum' | 'name' | 'taken';

/** What keeps the form from being sent; `taken` are the names of checkpoints that are there. */
export function mergeProblems(form: MergeForm, taken: readonly string[]): MergeProblem[] {
  const problems: MergeProblem[] = [];
  const method = methodOf(form);
  const needed = method.third === 'none' ? [form.a, form.b] : [form.a, form.b, form.c];
  if (needed.includes('')) problems.push('models');
  else if (form.a === form.b) problems.push('same');
  if (method.name === 'triple-sum' && form.alpha + form.beta > 1) problems.push('sum');
  if (!areBlocks(form.blocks)) problems.push('blocks');
  const name = mergeName(form);
  if (!isFileName(name)) problems.push('name');
  else if (taken.some((other) => other.toLowerCase() === name.toLowerCase())) problems.push('taken');
  return problems;
}

/** The name typed, or one made of the parents'. */
export function mergeName(form: MergeForm): string {
  const typed = form.name.trim();
  if (typed !== '') return typed;
  const last = (path: string) => path.split('/').pop() ?? '';
  const parts = methodOf(form).third === 'part' ? [form.a, form.b, form.c] : [form.a, form.b];
  if (parts.includes('')) return '';
  return `${parts.map(last).join(' + ')} ${form.alpha}`.slice(0, 120);
}

/** One path element that every system takes; the file system and the studio count bytes. */
function isFileName(name: string): boolean {
  return (
    name !== '' &&
    new TextEncoder().encode(name).length <= 200 &&
    !/[\\/:*?"<>|\p{Cc}]/u.test(name) &&
    !/^\.|[. ]$/.test(name)
  );
}

export const presets = [
  'GRAD_V',
  'GRAD_A',
  'FLAT_25',
  'FLAT_75',
  'WRAP08',
  'WRAP12',
  'WRAP14',
  'WRAP16',
  'MID12_50',
  'OUT07',
  'OUT12',
  'OUT12_5',
  'RING08_SOFT',
  'RING08_5',
  'RING10_5',
  'RING10_3',
  'SMOOTHSTEP',
  'REVERSE-SMOOTHSTEP',
  'COSINE',
  'REVERSE_COSINE',
  'ALL_A',
  'ALL_B',
] as const;

/** Numbers a list of blocks may have: SD 1 and 2 with and without BASE, SDXL with and without it. */
const listLengths = [26, 25, 20, 19];

/** A name is left to the server to know; a list must have numbers of the right count. */
export function areBlocks(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === '') return true;
  const numbers = blockNumbers(trimmed);
  if (numbers) return listLengths.includes(numbers.length);
  return /^[A-Z][A-Z0-9_-]*([*/][234])?$/.test(trimmed);
}

/** The numbers of a list; null when the text is none. */
export function blockNumbers(text: string): number[] | null {
  if (!/^[-+\d.,\s]+$/.test(text) || text.trim() === '') return null;
  const numbers = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
}

/** The body of POST /merges. */
export function toNewMerge(form: MergeForm): Schema<'NewMerge'> {
  const method = methodOf(form);
  const body: Schema<'NewMerge'> = {
    models: method.third === 'part' ? [form.a, form.b, form.c] : [form.a, form.b],
    method: method.name,
    weights: method.usesBeta ? [form.alpha, form.beta] : [form.alpha],
    dtype: form.dtype,
    name: mergeName(form),
  };
  if (method.third === 'base') body.base = form.c;
  if (form.blocks.trim() !== '') body.block_weights = form.blocks.trim();
  if (form.vae !== '') body.vae = form.vae;
  return body;
}
