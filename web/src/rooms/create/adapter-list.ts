import type { Schema } from '../../api/client';
import type { AdapterWords } from './adapters';

type Model = Schema<'Model'>;

const uses: readonly Schema<'ModelUse'>[] = ['lora', 'embedding', 'hypernetwork'];

/** The models that a prompt can name, by name. */
export function catalogued(models: readonly Model[]): Model[] {
  return models.filter(({ use }) => uses.includes(use)).sort((a, b) => a.name.localeCompare(b.name));
}

/** Whether every word of the search occurs in the name or the trained words. */
export function matches(model: Model, search: string): boolean {
  const text = [
    model.name,
    model.alias,
    model.activation_text,
    ...(model.trained_words ?? []).map(({ name }) => name),
  ]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** What a prompt writes to use it; undefined for an embedding, which is named by its name alone. */
export function adapterWords(model: Model): AdapterWords | undefined {
  if (model.use === 'embedding') return undefined;
  return {
    kind: model.use === 'lora' ? 'lora' : 'hypernet',
    name: promptName(model),
    weight: model.preferred_weight || 1,
    words: model.activation_text ?? '',
  };
}

/** A prompt names a file without its folders. */
export function promptName({ name }: Pick<Model, 'name'>): string {
  return name.split('/').at(-1) ?? name;
}

/** Whether a tag `<kind:name>` means this model. Kinds that prompts do not use for models are taken for known. */
export function isNamed(model: Model, kind: string, name: string): boolean {
  if (kind === 'lora' || kind === 'lyco')
    return (
      model.use === 'lora' && (promptName(model) === name || model.name === name || model.alias === name)
    );
  return kind !== 'hypernet' || (model.use === 'hypernetwork' && promptName(model) === name);
}

/** The words that most of its training pictures had, the most frequent first. */
export function frequentWords(model: Model, most: number): string[] {
  const words = [...(model.trained_words ?? [])].sort((a, b) => b.count - a.count);
  return words.slice(0, most).map(({ name }) => name);
}
