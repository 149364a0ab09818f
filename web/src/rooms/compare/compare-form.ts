import type { Schema } from '../../api/client';

type Axis = Schema<'ComparisonAxis'>;
export type Script = Schema<'NewComparison'>['script'];
export const scripts = ['plot', 'matrix', 'lines'] as const satisfies readonly Script[];
export const axisNames = ['x', 'y', 'z'] as const;
export type AxisName = (typeof axisNames)[number];

/** What is tried along one axis. */
export interface AxisForm {
  /** Id of the axis; '' is none. */
  axis: string;
  /** As a list, where the values are written. */
  values: string;
  /** Where they are chosen. */
  choices: string[];
  /** Write them although there are choices. */
  writes: boolean;
}

/** All that is set in the room beside the request. */
export interface CompareForm {
  script: Script;
  axes: Record<AxisName, AxisForm>;
  legend: boolean;
  subGrids: boolean;
  keepRandom: boolean;
  vary: Record<AxisName, boolean>;
  /** Pixels */
  margin: number;
  atStart: boolean;
  otherSeeds: boolean;
  negative: boolean;
  joint: 'comma' | 'space';
  lines: string;
  iterate: boolean;
  sameSeed: boolean;
  atEnd: boolean;
  combined: boolean;
}

const noAxis = (): AxisForm => ({ axis: '', values: '', choices: [], writes: false });

export const startingForm = (): CompareForm => ({
  script: 'plot',
  axes: { x: noAxis(), y: noAxis(), z: noAxis() },
  legend: true,
  subGrids: false,
  keepRandom: false,
  vary: { x: false, y: false, z: false },
  margin: 0,
  atStart: false,
  otherSeeds: false,
  negative: false,
  joint: 'comma',
  lines: '',
  iterate: false,
  sameSeed: false,
  atEnd: false,
  combined: true,
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function restoreAxis(kept: unknown): AxisForm {
  const axis = noAxis();
  if (!isRecord(kept)) return axis;
  if (typeof kept.axis === 'string') axis.axis = kept.axis;
  if (typeof kept.values === 'string') axis.values = kept.values;
  if (typeof kept.writes === 'boolean') axis.writes = kept.writes;
  if (Array.isArray(kept.choices)) axis.choices = kept.choices.filter((each) => typeof each === 'string');
  return axis;
}

/** A kept form: what is missing or of another kind is as at the start. */
export function restoreForm(kept: unknown): CompareForm {
  const form = startingForm();
  if (!isRecord(kept)) return form;
  const target = form as unknown as Record<string, unknown>;
  for (const [name, usual] of Object.entries(form)) {
    const value = kept[name];
    if (typeof usual !== 'object' && typeof value === typeof usual) target[name] = value;
  }
  if (!scripts.includes(form.script)) form.script = 'plot';
  if (form.joint !== 'space') form.joint = 'comma';
  if (!Number.isFinite(form.margin)) form.margin = 0;
  for (const name of axisNames) {
    if (isRecord(kept.axes)) form.axes[name] = restoreAxis(kept.axes[name]);
    if (isRecord(kept.vary)) form.vary[name] = kept.vary[name] === true;
  }
  return form;
}

/** Whether values are chosen from a list and not written. */
export const isChosen = (form: AxisForm, axis: Axis | undefined) =>
  axis !== undefined && axis.choices.length > 0 && !form.writes;

function axisOrder(form: AxisForm, axis: Axis | undefined): Schema<'AxisOrder'> {
  return isChosen(form, axis)
    ? { axis: form.axis, choices: [...form.choices] }
    : { axis: form.axis, values: form.values };
}

type Options = Partial<NonNullable<Schema<'NewComparison'>['options']>>;

function optionsOf(form: CompareForm): Options {
  const { margin } = form;
  if (form.script === 'matrix')
    return {
      at_start: form.atStart,
      other_seeds: form.otherSeeds,
      negative: form.negative,
      joint: form.joint,
      margin,
    };
  if (form.script === 'lines')
    return {
      iterate_seeds: form.iterate,
      same_seed: form.sameSeed,
      at_end: form.atEnd,
      combined_grid: form.combined,
    };
  return {
    legend: form.legend,
    sub_grids: form.subGrids,
    keep_random_seeds: form.keepRandom,
    vary_seeds: axisNames.filter((name) => form.vary[name]),
    margin,
  };
}

/** The body of POST /comparisons. */
export function toOrder(
  form: CompareForm,
  request: Record<string, unknown>,
  axes: readonly Axis[],
): Schema<'NewComparison'> {
  const cell = { ...request };
  delete cell.loopback; // a cell is made in one go
  const order = { script: form.script, request: cell, options: optionsOf(form) } as Schema<'NewComparison'>;
  if (form.script === 'lines') order.lines = form.lines;
  if (form.script !== 'plot') return order;
  order.axes = {};
  for (const name of axisNames) {
    const set = form.axes[name];
    if (set.axis === '') continue;
    order.axes[name] = axisOrder(
      set,
      axes.find(({ id }) => id === set.axis),
    );
  }
  return order;
}

/** Why there is nothing to count yet; undefined: ask the studio. */
export function isMissing(form: CompareForm, axes: readonly Axis[]): 'axes' | 'values' | 'lines' | undefined {
  if (form.script === 'lines') return form.lines.trim() === '' ? 'lines' : undefined;
  if (form.script === 'matrix') return undefined;
  const used = axisNames.map((name) => form.axes[name]).filter(({ axis }) => axis !== '');
  if (used.length === 0) return 'axes';
  const isEmpty = (each: AxisForm) =>
    isChosen(
      each,
      axes.find(({ id }) => id === each.axis),
    )
      ? each.choices.length === 0
      : each.values.trim() === '';
  return used.some(isEmpty) ? 'values' : undefined;
}

export function swapAxes(form: CompareForm, one: AxisName, other: AxisName): void {
  [form.axes[one], form.axes[other]] = [form.axes[other], form.axes[one]];
}

/** The axes whose label or explanation has all of these words; those that begin with them first. */
export function findAxes(
  axes: readonly Axis[],
  text: string,
  explained: (axis: Axis) => string = () => '',
): Axis[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = axes.filter((axis) => {
    const all = `${axis.label} ${axis.id} ${axis.help} ${axis.help_ja} ${explained(axis)}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const first = words[0];
  if (first === undefined) return found;
  const rank = ({ label }: Axis) =>
    label.toLowerCase().startsWith(first) ? 0 : label.toLowerCase().includes(first) ? 1 : 2;
  return found.sort((a, b) => rank(a) - rank(b));
}

/** What the studio says of an axis, without what it begins with: "Steps: " or "Steps = '0': ". */
export function withoutLabel(message: string, label = ''): string {
  if (label === '' || !message.startsWith(label)) return message;
  const rest = /^(?: = '.*?')?: (.+)$/s.exec(message.slice(label.length));
  return rest?.[1] ?? message;
}

/** An example of what is written for an axis. */
export function exampleOf({ kind, minimum, maximum }: Axis): string {
  if (kind === 'whole') return '10-30 (+10)';
  if (kind === 'number')
    return maximum !== undefined && maximum <= 1
      ? '0-1 [5]'
      : minimum === 0 || minimum === undefined || minimum <= 5
        ? '5-9 (+2)'
        : '';
  if (kind === 'search') return 'red hair, blue hair, black hair';
  if (kind === 'order') return 'sky, smile, hat';
  if (kind === 'size') return '512x512, 512x768';
  return '';
}

/** A picture of one point, in the place of megabytes where only the number of pictures is asked for. */
const point = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC';

export function lightRequest(request: Record<string, unknown>): Record<string, unknown> {
  const light = { ...request };
  delete light.outpaint; // would be carried out on the point
  for (const name of ['mask', 'latent_mask', 'firstpass_image']) if (light[name]) light[name] = point;
  if (Array.isArray(light.init_images)) light.init_images = light.init_images.map(() => point);
  return light;
}
