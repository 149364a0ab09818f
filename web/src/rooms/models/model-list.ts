import type { Schema } from '../../api/client';

export type Model = Schema<'Model'>;
export type ModelUse = Schema<'ModelUse'>;

export const uses = [
  'checkpoint',
  'lora',
  'embedding',
  'vae',
  'hypernetwork',
] as const satisfies readonly ModelUse[];

/** Where files of each use belong, below the models folder. */
export const folders: Record<ModelUse, string> = {
  checkpoint: 'Stable-diffusion',
  lora: 'Lora',
  embedding: 'embeddings',
  vae: 'VAE',
  hypernetwork: 'hypernetworks',
};

export interface ModelFilter {
  use: ModelUse;
  /** All words must be found in the name, family, notes or words of a model. */
  text: string;
  order: ModelOrder;
}

export const modelOrders = ['name', 'newest', 'size'] as const;
export type ModelOrder = (typeof modelOrders)[number];

const compare: Record<ModelOrder, (a: Model, b: Model) => number> = {
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: 'base' }),
  newest: (a, b) => (b.modified_at ?? 0) - (a.modified_at ?? 0),
  size: (a, b) => b.byte_count - a.byte_count,
};

/** The models of one use that have all the words, in order; what cannot be used comes last. */
export function filterModels(models: readonly Model[], { use, text, order }: ModelFilter): Model[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return models
    .filter((model) => model.use === use && words.every((word) => textOf(model).includes(word)))
    .sort((a, b) => Number(Boolean(a.problem)) - Number(Boolean(b.problem)) || compare[order](a, b));
}

function textOf(model: Model): string {
  const { name, alias, family, description, notes, activation_text, hash, sha256 } = model;
  return [name, alias, family, description, notes, activation_text, hash, sha256].join('\n').toLowerCase();
}

export function countByUse(models: readonly Model[]): Record<ModelUse, number> {
  const counts = { checkpoint: 0, lora: 0, embedding: 0, vae: 0, hypernetwork: 0 };
  for (const { use } of models) counts[use] += 1;
  return counts;
}

/** The last part of a name with folders: what a card has space for. */
export function shortName(name: string): string {
  return name.split('/').pop() || name;
}

/** What stands in a prompt to use the model; '' where none is needed. */
export function promptOf({ use, name, alias, preferred_weight }: Model): string {
  if (use === 'lora') return `<lora:${alias || name}:${preferred_weight || 1}>`;
  if (use === 'hypernetwork') return `<hypernet:${name}:${preferred_weight || 1}>`;
  return use === 'embedding' ? name : '';
}

/** Whether requests that name no checkpoint are made with this one. '' stands for the built-in model, which has no file. */
export function isChosen(model: Model, checkpoint: string): boolean {
  if (model.use !== 'checkpoint') return false;
  return checkpoint === '' ? !model.file : checkpoint === model.name || checkpoint === model.title;
}

/** Where it is plain that it is a checkpoint: 'Stable Diffusion 1.x'. */
export const familyText = (family = ''): string => family.replace(/ checkpoint$/, '');
