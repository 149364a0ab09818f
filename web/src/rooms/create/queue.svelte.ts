import { api, type Result, type Schema } from '../../api/client';
import type { StudioEvent } from '../../api/events';
import { messagesReady, said } from '../../i18n/server-text.svelte';
import { studio } from '../../stores/studio.svelte';
import { toasts } from '../../stores/toasts.svelte';
import { afterEvent, afterMove, emptyQueue, endedKept, type Job, type QueueState } from './queue-state';

/** The queue, kept up to date by events, and what can be done with it. Actions answer true when they worked. */
class QueueStore {
  state = $state.raw<QueueState>(emptyQueue);
  #refresh: ReturnType<typeof setTimeout> | undefined;
  /** Jobs that were told or sent so far. */
  #heard = 0;

  constructor() {
    studio.on((event) => this.#hear(event));
    void this.refresh();
  }

  /** Asks anew; once more when jobs changed while the answers were on their way, for these may be older. */
  async refresh(isSecond = false): Promise<void> {
    const heard = this.#heard;
    const [open, ended, queue, progress] = await Promise.all([
      api.get('/jobs', { query: { state: 'waiting,running' } }),
      api.get('/jobs', { query: { state: 'done,failed,cancelled', limit: endedKept } }),
      api.get('/queue'),
      api.get('/progress'),
    ]);
    if (heard !== this.#heard && !isSecond) return this.refresh(true);
    const next: QueueState = { ...this.state };
    if (open.ok) {
      next.running = open.value.jobs.find((job) => job.state === 'running');
      next.waiting = open.value.jobs.filter((job) => job.state === 'waiting');
    }
    if (ended.ok) next.ended = ended.value.jobs;
    if (queue.ok) {
      next.paused = queue.value.paused;
      next.waitingTotal = queue.value.waiting;
    }
    this.state = progress.ok
      ? afterEvent(next, { name: 'progress', data: progress.value }, Date.now())
      : next;
  }

  async submit(request: Record<string, unknown>): Promise<Job | undefined> {
    return this.#sent(await api.post('/jobs', { body: { kind: 'txt2img', request, priority: 0, count: 1 } }));
  }

  async submitFolder(body: Schema<'NewFolderJob'>): Promise<Job | undefined> {
    return this.#sent(await api.post('/folder-jobs', { body }));
  }

  /** What an ended job over a folder has not made. */
  async resume(id: number): Promise<void> {
    this.#sent(await api.post('/jobs/{id}/resume', { path: { id } }));
  }

  async move(id: number, position: number): Promise<void> {
    this.state = afterMove(this.state, id, position);
    const answer = await api.patch('/jobs/{id}', { path: { id }, body: { position } });
    if (answer.ok) return;
    toasts.error(answer.error);
    await this.refresh();
  }

  async cancel(id: number): Promise<void> {
    this.#take(await api.delete('/jobs/{id}', { path: { id } }));
  }

  async repeat(id: number): Promise<void> {
    this.#take(await api.post('/jobs/{id}/repeat', { path: { id }, body: { new_seed: true } }));
  }

  async pause(paused: boolean): Promise<void> {
    const answer = await api.patch('/queue', { body: { paused } });
    if (answer.ok) this.state = afterEvent(this.state, { name: 'queue', data: answer.value }, Date.now());
    else toasts.error(answer.error);
  }

  async interrupt(): Promise<void> {
    const answer = await api.post('/interrupt');
    if (!answer.ok) toasts.error(answer.error);
  }

  async skip(): Promise<void> {
    const answer = await api.post('/skip');
    if (!answer.ok) toasts.error(answer.error);
  }

  #sent(answer: Result<Job>): Job | undefined {
    if (answer.ok) this.#heard++;
    this.#take(answer);
    return answer.ok ? answer.value : undefined;
  }

  #take(answer: Result<Job>) {
    if (answer.ok) this.state = afterEvent(this.state, { name: 'job', data: answer.value }, Date.now());
    else toasts.error(answer.error);
  }

  // What went wrong, and what was left out, of a job that ended while this page looks on.
  async #tellEnd(job: Job) {
    if (this.state.ended.some(({ id }) => id === job.id)) return;
    await messagesReady();
    if (job.state === 'failed' && job.error) toasts.error(said(job.error));
    if (job.state === 'done' && job.warnings.length > 0) toasts.warn(job.warnings.map(said).join('\n'));
  }

  #hear(event: StudioEvent) {
    if (event.name === 'job') {
      this.#heard++;
      void this.#tellEnd(event.data);
    }
    this.state = afterEvent(this.state, event, Date.now());
    if (event.name === 'resync') void this.refresh();
    // Positions of the other jobs have changed, too; a burst of such events is answered by one question.
    if (event.name !== 'queue') return;
    clearTimeout(this.#refresh);
    this.#refresh = setTimeout(() => void this.refresh(), 250);
  }
}

export const queue = new QueueStore();
