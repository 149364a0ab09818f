import { describe, expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import {
  exampleOf,
  findAxes,
  isMissing,
  lightRequest,
  restoreForm,
  startingForm,
  swapAxes,
  toOrder,
  withoutLabel,
} from './compare-form';

const axis = (more: Partial<Schema<'ComparisonAxis'>>): Schema<'ComparisonAxis'> => ({
  id: 'steps',
  label: 'Steps',
  kind: 'whole',
  cost: 0,
  hint: 'whole numbers',
  choices: [],
  text_to_image: true,
  image_to_image: true,
  help: 'sampling steps',
  help_ja: 'ステップ数',
  ...more,
});
const axes = [
  axis({ id: 'hr_second_pass_steps', label: 'Hires steps', help_ja: '' }),
  axis({}),
  axis({
    id: 'sampler_name',
    label: 'Sampler',
    kind: 'text',
    choices: ['Euler', 'LMS'],
    help: '',
    help_ja: '',
  }),
];

describe('the order of a comparison', () => {
  it('leaves out that a picture is redrawn several times', () => {
    const request = { prompt: 'a cat', loopback: { loops: 4 } };
    expect(toOrder(startingForm(), request, axes).request).toEqual({ prompt: 'a cat' });
    expect(request.loopback).toEqual({ loops: 4 });
  });

  it('has chosen values as a list and written ones as a text', () => {
    const form = startingForm();
    form.axes.x = { axis: 'steps', values: '1-3', choices: [], writes: false };
    form.axes.z = { axis: 'sampler_name', values: 'LMS', choices: ['Euler'], writes: false };
    form.vary.z = true;
    const order = toOrder(form, { prompt: 'a' }, axes);
    expect(order.axes).toEqual({
      x: { axis: 'steps', values: '1-3' },
      z: { axis: 'sampler_name', choices: ['Euler'] },
    });
    expect(order.options?.vary_seeds).toEqual(['z']);
    form.axes.z.writes = true;
    expect(toOrder(form, {}, axes).axes?.z).toEqual({ axis: 'sampler_name', values: 'LMS' });
  });

  it('names the options of its script only', () => {
    const form = startingForm();
    form.script = 'lines';
    form.lines = 'a\nb';
    const order = toOrder(form, {}, axes);
    expect(order.lines).toBe('a\nb');
    expect(order.axes).toBeUndefined();
    expect(Object.keys(order.options ?? {})).toEqual([
      'iterate_seeds',
      'same_seed',
      'at_end',
      'combined_grid',
    ]);
    form.script = 'matrix';
    expect(toOrder(form, {}, axes).lines).toBeUndefined();
  });

  it('waits for axes, values and lines', () => {
    const form = startingForm();
    expect(isMissing(form, axes)).toBe('axes');
    form.axes.y.axis = 'steps';
    expect(isMissing(form, axes)).toBe('values');
    form.axes.y.values = '1,2';
    expect(isMissing(form, axes)).toBeUndefined();
    form.axes.x.axis = 'sampler_name';
    form.axes.x.values = 'typed, but the list counts';
    expect(isMissing(form, axes)).toBe('values');
    form.script = 'lines';
    expect(isMissing(form, axes)).toBe('lines');
    form.script = 'matrix';
    expect(isMissing(form, axes)).toBeUndefined();
  });

  it('sends no megabytes to be counted', () => {
    const light = lightRequest({ prompt: 'a', init_images: ['x'.repeat(1e6)], mask: 'y'.repeat(1e6) });
    expect(JSON.stringify(light).length).toBeLessThan(1000);
    expect(light.init_images).toHaveLength(1);
    expect(light).not.toHaveProperty('latent_mask');
  });
});

describe('the form', () => {
  it('comes back from what the browser kept', () => {
    const form = startingForm();
    form.script = 'matrix';
    form.axes.y = { axis: 'steps', values: '1', choices: ['a'], writes: true };
    form.margin = 12;
    expect(restoreForm(JSON.parse(JSON.stringify(form)))).toEqual(form);
  });

  it('survives what is no form', () => {
    for (const kept of [undefined, null, 5, 'a', [], { axes: 7, script: 'film', joint: 3, margin: 'x' }])
      expect(restoreForm(kept)).toEqual(startingForm());
    expect(restoreForm({ axes: { x: { axis: 5, choices: [1, 'a'] } } }).axes.x).toEqual({
      axis: '',
      values: '',
      choices: ['a'],
      writes: false,
    });
  });

  it('exchanges axes with their values', () => {
    const form = startingForm();
    form.axes.x.axis = 'steps';
    swapAxes(form, 'x', 'z');
    expect(form.axes.z.axis).toBe('steps');
    expect(form.axes.x.axis).toBe('');
  });
});

describe('finding axes', () => {
  it('puts labels that begin with the word first', () => {
    expect(findAxes(axes, 'steps').map(({ label }) => label)).toEqual(['Steps', 'Hires steps']);
  });
  it('searches the explanation in both languages', () => {
    expect(findAxes(axes, 'ステップ').map(({ id }) => id)).toEqual(['steps']);
    expect(findAxes(axes, '')).toHaveLength(3);
    expect(findAxes(axes, 'nothing')).toHaveLength(0);
    expect(findAxes(axes, '置換', ({ id }) => (id === 'steps' ? '検索と置換' : ''))).toHaveLength(1);
  });
  it('takes the label off what is wrong with it', () => {
    expect(withoutLabel("Steps: 'x' is no number", 'Steps')).toBe("'x' is no number");
    expect(withoutLabel("Size = '5': '5' is no size", 'Size')).toBe("'5' is no size");
    expect(withoutLabel('Steps stands along two axes', 'Steps')).toBe('Steps stands along two axes');
    expect(withoutLabel('too many values', 'Steps')).toBe('too many values');
    expect(withoutLabel('Steps: none')).toBe('Steps: none');
  });
  it('gives an example that fits', () => {
    expect(exampleOf(axis({}))).toBe('10-30 (+10)');
    expect(exampleOf(axis({ kind: 'number', minimum: 0, maximum: 1 }))).toBe('0-1 [5]');
    expect(exampleOf(axis({ kind: 'size' }))).toContain('x');
  });
});
