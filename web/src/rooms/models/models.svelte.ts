import { api, type Schema } from '../../api/client';
import { studio } from '../../stores/studio.svelte';
import { toasts } from '../../stores/toasts.svelte';
import { filterModels, type Model, type ModelFilter } from './model-list';

/** The models folder and what of it is in memory, as the server last told. */
export class Models {
  all = $state.raw<readonly Model[]>([]);
  known = $state(false);
  busy = $state(false);
  loaded = $state.raw<Schema<'LoadedModel'> | null>(null);
  /** Where models belong; '' when the server tells it only to visitors of its own machine. */
  folder = $state('');

  constructor() {
    void this.read();
    void api.get('/loaded-model').then((answer) => {
      if (answer.ok) this.loaded = answer.value;
    });
    void api.get('/status').then((answer) => {
      if (answer.ok && answer.value.data_dir) this.folder = `${answer.value.data_dir}/models`;
    });
  }

  follow(): () => void {
    return studio.on((event) => {
      if (event.name === 'model') this.loaded = event.data;
      else if (event.name === 'resync') void this.read();
    });
  }

  filtered(filter: ModelFilter): Model[] {
    return filterModels(this.all, filter);
  }

  async read(): Promise<void> {
    const answer = await api.get('/models');
    if (!answer.ok) return toasts.error(answer.error);
    this.all = answer.value.models;
    this.known = true;
  }

  /** Reads the folder anew. */
  async refresh(): Promise<void> {
    this.busy = true;
    const answer = await api.post('/models/refresh');
    if (answer.ok) await this.read();
    else toasts.error(answer.error);
    this.busy = false;
  }

  async load(name: string): Promise<void> {
    this.busy = true;
    const answer = await api.put('/loaded-model', { body: { name } });
    this.busy = false;
    if (answer.ok) this.loaded = answer.value;
    else toasts.error(answer.error);
  }

  async unload(): Promise<void> {
    this.busy = true;
    const answer = await api.delete('/loaded-model');
    this.busy = false;
    if (answer.ok) this.loaded = answer.value;
    else toasts.error(answer.error);
  }

  /** A model that was changed; lists show its new notes and preview. */
  took(model: Model): void {
    this.all = this.all.map((old) => (old.use === model.use && old.name === model.name ? model : old));
  }
}
