import { isSeed, type Seed } from '../../domain/seeds';

/**
 * All that the user has set in Create. Plain data: it is kept by the browser as JSON, and made into the body of a job.
 */
export type KnobValue = boolean | number | string;

export interface CreateForm {
  prompt: string;
  negative: string;
  styles: string[];
  /** '' stands for the checkpoint that the studio uses when none is named. */
  model: string;
  vae: string;
  clipSkip: number;
  sampler: string;
  scheduler: string;
  steps: number;
  cfg: number;
  /** Pixels, multiples of 8; 0 stands for the model's own size. */
  width: number;
  height: number;
  batchSize: number;
  batchCount: number;
  /** -1: a new one for each job. */
  seed: Seed;
  subseed: Seed;
  /** 0..1; 0: no variation. */
  variation: number;
  /** Knobs beyond those above, by their name in the body of a request. */
  members: Record<string, KnobValue>;
  /** Settings that hold for these pictures only, by id: the override chips. */
  overrides: Record<string, KnobValue>;
}

export const startingForm: Readonly<CreateForm> = {
  prompt: '',
  negative: '',
  styles: [],
  model: '',
  vae: 'Automatic',
  clipSkip: 1,
  sampler: 'DPM++ 2M',
  scheduler: 'Automatic',
  steps: 20,
  cfg: 7,
  width: 0,
  height: 0,
  batchSize: 1,
  batchCount: 1,
  seed: -1,
  subseed: -1,
  variation: 0,
  members: {},
  overrides: {},
};

/** Settings that have a control of their own here and are therefore no chips. */
const settingOf = {
  model: 'sd_model_checkpoint',
  vae: 'sd_vae',
  clipSkip: 'CLIP_stop_at_last_layers',
} as const;

/** A kept value as a form: what is missing or of another kind is as at the start, so that old versions' forms open. */
export function restoreForm(kept: unknown): CreateForm {
  const form: CreateForm = { ...startingForm, styles: [], members: {}, overrides: {} };
  if (typeof kept !== 'object' || kept === null) return form;
  const source = kept as Record<string, unknown>;
  for (const key of ['prompt', 'negative', 'model', 'vae', 'sampler', 'scheduler'] as const) {
    const value = source[key];
    if (typeof value === 'string') form[key] = value;
  }
  for (const key of numberKeys) {
    const value = source[key];
    if (typeof value === 'number' && Number.isFinite(value)) form[key] = value;
  }
  for (const key of ['seed', 'subseed'] as const) {
    const value = source[key];
    if (isSeed(value)) form[key] = value;
  }
  if (Array.isArray(source.styles)) form.styles = source.styles.filter((name) => typeof name === 'string');
  form.members = knobValues(source.members);
  form.overrides = knobValues(source.overrides);
  return form;
}

const numberKeys = [
  'clipSkip',
  'steps',
  'cfg',
  'width',
  'height',
  'batchSize',
  'batchCount',
  'variation',
] as const;

function isKnobValue(value: unknown): value is KnobValue {
  return ['boolean', 'number', 'string'].includes(typeof value);
}

function knobValues(source: unknown): Record<string, KnobValue> {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return {};
  return Object.fromEntries(
    Object.entries(source).filter((entry): entry is [string, KnobValue] => isKnobValue(entry[1])),
  );
}

/** The body of POST /sdapi/v1/txt2img that makes these pictures. */
export function toRequest(form: CreateForm): Record<string, unknown> {
  return {
    ...form.members,
    prompt: form.prompt,
    negative_prompt: form.negative,
    styles: [...form.styles],
    sampler_name: form.sampler,
    scheduler: form.scheduler,
    steps: form.steps,
    cfg_scale: form.cfg,
    width: form.width,
    height: form.height,
    batch_size: form.batchSize,
    n_iter: form.batchCount,
    seed: form.seed,
    subseed: form.subseed,
    subseed_strength: form.variation,
    override_settings: {
      ...form.overrides,
      [settingOf.clipSkip]: form.clipSkip,
      [settingOf.vae]: form.vae,
      ...(form.model === '' ? {} : { [settingOf.model]: form.model }),
    },
  };
}

const textMembers = {
  prompt: 'prompt',
  negative_prompt: 'negative',
  sampler_name: 'sampler',
  scheduler: 'scheduler',
} as const;

const numberMembers = {
  steps: 'steps',
  cfg_scale: 'cfg',
  width: 'width',
  height: 'height',
  batch_size: 'batchSize',
  n_iter: 'batchCount',
  subseed_strength: 'variation',
} as const;

/** Members that say how a request is carried out, or what is known of that one picture, and not what is wanted. */
const ignoredMembers = new Set([
  'override_settings',
  'styles',
  'send_images',
  'save_images',
  'dynamic_prompts',
  'infotext',
  'prompt_template',
  'negative_template',
  'lora_hashes',
]);

export interface ApplyOptions {
  /** Take over the checkpoint, too. */
  withModel: boolean;
  /** What holds where a request says nothing, by member and by setting's id: that needs no chip. */
  usual?: Readonly<Record<string, unknown>>;
}

/**
 * The form after a recipe's settings were taken over. What the recipe does not name stays; earlier chips go, because
 * they belonged to other pictures. How many pictures are made stays as well.
 */
export function applyRequest(
  form: CreateForm,
  request: Record<string, unknown>,
  options: ApplyOptions,
): CreateForm {
  const next: CreateForm = {
    ...form,
    styles: [],
    members: {},
    overrides: {},
    clipSkip: startingForm.clipSkip,
  };
  if (Array.isArray(request.styles)) next.styles = request.styles.filter((name) => typeof name === 'string');
  for (const [member, value] of Object.entries(request)) applyMember(next, member, value, options);
  if (!('subseed_strength' in request)) next.variation = 0;
  const overrides = knobValues(request.override_settings);
  for (const [id, value] of Object.entries(overrides)) applySetting(next, id, value, options);
  next.batchSize = form.batchSize;
  next.batchCount = form.batchCount;
  return next;
}

function applyMember(form: CreateForm, member: string, value: unknown, { usual }: ApplyOptions) {
  if (member in textMembers && typeof value === 'string') {
    form[textMembers[member as keyof typeof textMembers]] = value;
  } else if (member in numberMembers && typeof value === 'number') {
    form[numberMembers[member as keyof typeof numberMembers]] = value;
  } else if (member === 'seed' || member === 'subseed') {
    if (isSeed(value)) form[member] = value;
  } else if (!ignoredMembers.has(member) && isKnobValue(value) && value !== usual?.[member]) {
    form.members[member] = value;
  }
}

function applySetting(form: CreateForm, id: string, value: KnobValue, { withModel, usual }: ApplyOptions) {
  if (id === settingOf.model) {
    if (withModel) form.model = String(value);
  } else if (id === settingOf.vae) {
    form.vae = String(value);
  } else if (id === settingOf.clipSkip) {
    form.clipSkip = Number(value);
  } else if (value !== usual?.[id]) {
    form.overrides[id] = value;
  }
}

/** Whether a pasted text is the parameters text of a picture: its last part names at least the steps. */
export function looksLikeRecipe(text: string): boolean {
  return /(^|\n)\s*Steps:\s*\d+\s*,.*\b(Sampler|Seed|Size|CFG scale):/.test(text);
}
