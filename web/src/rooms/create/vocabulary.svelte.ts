import { address, api, fetchText } from '../../api/client';
import { catalogue } from '../../stores/catalogue.svelte';
import {
  parseTagFile,
  TagIndex,
  unpackDictionary,
  type KnownNames,
  type Tag,
  type Vocabulary,
} from '../../words';
import { adapterWords, isNamed, promptName } from './adapter-list';

/** All words that prompts are completed with: the built-in dictionary, the user's tag lists, models and wildcards. */
class VocabularyStore {
  #tags: Promise<TagIndex> | undefined;
  #wildcards = $state.raw<string[]>();

  /** Fetches the dictionary when a prompt is first written in, and the names of wildcards anew. */
  async open(): Promise<void> {
    this.#tags ??= readTags();
    const answer = await api.get('/wildcards');
    if (answer.ok) this.takeWildcards(answer.value.wildcards);
  }

  /** The list of wildcards as it is now. */
  takeWildcards(wildcards: readonly { name: string }[]): void {
    this.#wildcards = wildcards.map(({ name }) => name);
  }

  /** Tells the names that exist; before the studio has told them, all count as existing. */
  get known(): KnownNames {
    const models = catalogue.models;
    const wildcards = this.#wildcards && new Set(this.#wildcards);
    return {
      isNetwork: (kind, name) => models.length === 0 || models.some((model) => isNamed(model, kind, name)),
      isWildcard: (name) => wildcards === undefined || wildcards.has(name),
    };
  }

  async words(): Promise<Vocabulary> {
    this.#tags ??= readTags();
    const usable = catalogue.models.filter(({ problem }) => !problem);
    return {
      tags: await this.#tags,
      networks: usable
        .filter(({ use }) => use === 'lora' || use === 'hypernetwork')
        .flatMap((m) => adapterWords(m) ?? []),
      embeddings: usable.filter(({ use }) => use === 'embedding').map(promptName),
      wildcards: this.#wildcards ?? [],
    };
  }
}

async function readTags(): Promise<TagIndex> {
  const [{ default: packed }, own] = await Promise.all([import('virtual:tag-dictionary'), readTagFiles()]);
  return new TagIndex(await unpackDictionary(packed), ...own);
}

async function readTagFiles(): Promise<Tag[][]> {
  const list = await api.get('/tags');
  if (!list.ok) return [];
  const texts = await Promise.all(list.value.files.map(({ name }) => fetchText(address.tagFile(name))));
  return texts.flatMap((text) => (text.ok ? [parseTagFile(text.value).tags] : []));
}

export const vocabulary = new VocabularyStore();
