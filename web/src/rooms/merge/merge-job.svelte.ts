import { api, type Schema } from '../../api/client';
import { studio } from '../../stores/studio.svelte';
import { toasts } from '../../stores/toasts.svelte';

/** The merge that is under way or was the last, as this page knows it. */
export class MergeJob {
  job = $state.raw<Schema<'Job'> | null>(null);
  progress = $state.raw<Schema<'Progress'> | null>(null);
  sending = $state(false);
  readonly running = $derived(this.job?.state === 'waiting' || this.job?.state === 'running');

  constructor() {
    void this.#find();
  }

  follow(): () => void {
    return studio.on((event) => {
      if (event.name === 'job' && event.data.id === this.job?.id) this.job = event.data;
      else if (event.name === 'progress' && event.data.job === this.job?.id) this.progress = event.data;
      else if (event.name === 'resync') void this.#read();
    });
  }

  async start(body: Schema<'NewMerge'>): Promise<void> {
    this.sending = true;
    const answer = await api.post('/merges', { body });
    this.sending = false;
    if (!answer.ok) return toasts.error(answer.error);
    this.progress = null;
    this.job = answer.value;
  }

  async cancel(): Promise<void> {
    if (!this.job) return;
    const answer = await api.delete('/jobs/{id}', { path: { id: this.job.id } });
    if (answer.ok) this.job = answer.value;
    else toasts.error(answer.error);
  }

  /** After a reload: a merge may still be in the queue. */
  async #find() {
    const answer = await api.get('/jobs', { query: { state: 'waiting,running' } });
    if (answer.ok) this.job = answer.value.jobs.find(({ kind }) => kind === 'merge') ?? this.job;
  }

  async #read() {
    if (!this.job) return;
    const answer = await api.get('/jobs/{id}', { path: { id: this.job.id } });
    if (answer.ok) this.job = answer.value;
  }
}
