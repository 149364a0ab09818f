import { api, type Schema } from '../api/client';
import { fetchFile } from './picture-file';
import { studio } from './studio.svelte';
import { toasts } from './toasts.svelte';

type Fields = { fields: Schema<'Field'>[]; samplers: Schema<'Choice'>[]; schedulers: Schema<'Choice'>[] };

/** What the studio has to choose from: knobs, samplers, models, styles. Asked once, and again when it changed. */
class Catalogue {
  fields = $state.raw<Schema<'Field'>[]>([]);
  samplers = $state.raw<Schema<'Choice'>[]>([]);
  schedulers = $state.raw<Schema<'Choice'>[]>([]);
  models = $state.raw<Schema<'Model'>[]>([]);
  /** Empty where the studio enlarges nothing. */
  upscalers = $state.raw<Schema<'Upscaler'>[]>([]);
  /** What a second pass can take beside them. */
  latentUpscalers = $state.raw<string[]>([]);
  /** What restores faces, of those whose files are there; undefined until that is known. */
  faceRestorers = $state.raw<string[]>();
  styles = $state.raw<Schema<'Style'>[]>([]);
  loaded = $state.raw<Schema<'LoadedModel'>>();
  #settings = $state.raw<Schema<'Setting'>[]>([]);
  #begun = false;

  /** Asks for everything, the first time that a room needs it. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.refresh();
    studio.on((event) => {
      if (event.name === 'model') this.loaded = event.data;
      if (event.name === 'settings') void this.#askSettings();
      if (event.name === 'resync') void this.refresh();
    });
  }

  async refresh(): Promise<void> {
    await Promise.all([
      this.#askFields(),
      this.refreshModels(),
      this.refreshStyles(),
      this.#askLoaded(),
      this.#askSettings(),
      this.refreshUpscalers(),
      this.refreshFaces(),
    ]);
  }

  async refreshModels(): Promise<void> {
    const answer = await api.get('/models');
    if (answer.ok) this.models = answer.value.models;
    else toasts.error(answer.error);
  }

  async refreshUpscalers(): Promise<void> {
    const answer = await api.get('/upscalers');
    if (!answer.ok) return;
    this.upscalers = answer.value.upscalers;
    this.latentUpscalers = answer.value.latent;
  }

  // The list that other programs get, too: "None" stands for no restoration there.
  async refreshFaces(): Promise<void> {
    const file = await fetchFile('sdapi/v1/face-restorers');
    const listed: unknown = file && JSON.parse(await file.text());
    if (!Array.isArray(listed)) return;
    this.faceRestorers = listed.map(({ name }: { name: string }) => name).filter((name) => name !== 'None');
  }

  /** Whether faces can be made anew, by anything or by one of them. While that is not known, it is tried. */
  restoresFaces(name?: string): boolean {
    const { faceRestorers: known } = this;
    return !known || (name ? known.includes(name) : known.length > 0);
  }

  async refreshStyles(): Promise<void> {
    const answer = await api.get('/styles');
    if (answer.ok) this.styles = answer.value.styles;
  }

  /** The checkpoint that a request gets which names none: the chosen one, or else the one that is built in. */
  get usual(): Schema<'Model'> | undefined {
    const checkpoints = this.models.filter(({ use }) => use === 'checkpoint');
    const chosen = this.loaded?.checkpoint;
    return checkpoints.find(({ name, file }) => (chosen ? name === chosen : !file));
  }

  /** What holds for a request that says nothing about it: by the name of a request's member and by a setting's id. */
  get usualValues(): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const { name, setting, default: value } of this.fields) values[name || setting] = value;
    for (const { id, value } of this.#settings) values[this.field(id)?.name || id] = value;
    return values;
  }

  field(name: string): Schema<'Field'> | undefined {
    return this.fields.find((field) => field.name === name || field.setting === name);
  }

  async #askFields(): Promise<void> {
    const answer = await api.get('/fields');
    if (!answer.ok) return toasts.error(answer.error);
    const { fields, samplers, schedulers }: Fields = answer.value;
    this.fields = fields;
    this.samplers = samplers;
    this.schedulers = schedulers;
  }

  async #askSettings(): Promise<void> {
    const answer = await api.get('/settings');
    if (answer.ok) this.#settings = answer.value.settings;
  }

  async #askLoaded(): Promise<void> {
    const answer = await api.get('/loaded-model');
    if (answer.ok) this.loaded = answer.value;
  }
}

export const catalogue = new Catalogue();
