import { api, type Schema } from '../../api/client';
import type { StudioEvent } from '../../api/events';
import { keep, readKept } from '../../stores/kept';
import type { SentRequest } from '../../stores/handover.svelte';
import { studio } from '../../stores/studio.svelte';
import { toasts } from '../../stores/toasts.svelte';
import { toRequest } from '../create/form';
import { create } from '../create/making.svelte';
import { fromWords } from '../create/picture-members';
import { queue } from '../create/queue.svelte';
import { results } from '../create/results.svelte';
import { isMissing, lightRequest, restoreForm, toOrder, type CompareForm } from './compare-form';

const isAnything = (value: unknown): value is unknown => value !== undefined;
type Request = Record<string, unknown>;

/** The room's own state: what is compared, what it comes to, and how the comparison that is shown stands. */
class Compare {
  form = $state<CompareForm>(restoreForm(readKept<unknown>('compare.form', null, isAnything)));
  axes = $state.raw<Schema<'ComparisonAxis'>[]>([]);
  /** What another room sent to be compared; undefined: what is set in Create. */
  sent = $state.raw<SentRequest>();
  outline = $state.raw<Schema<'ComparisonOutline'>>();
  /** Why there is none. */
  refused = $state('');
  counting = $state(false);
  sending = $state(false);
  /** The job whose table is shown. */
  job = $state<number>();
  sheet = $state.raw<Schema<'Comparison'>>();
  #asked: AbortController | undefined;
  #count: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    studio.on((event) => this.#hear(event));
  }

  /** Every axis of what is compared: pictures made from words, or from a picture. */
  get offered(): Schema<'ComparisonAxis'>[] {
    const fromPicture = this.sent !== undefined && 'init_images' in this.sent.request;
    return this.axes.filter((axis) => (fromPicture ? axis.image_to_image : axis.text_to_image));
  }

  axis(id: string): Schema<'ComparisonAxis'> | undefined {
    return this.axes.find((axis) => axis.id === id);
  }

  get missing() {
    return isMissing(this.form, this.axes);
  }

  async refreshAxes(): Promise<void> {
    const answer = await api.get('/comparison-axes');
    if (answer.ok) this.axes = answer.value.axes;
    else toasts.error(answer.error);
  }

  request(): Request {
    return this.sent?.request ?? fromWords(toRequest($state.snapshot(create.form.form)));
  }

  /** Asks soon what the comparison comes to. To be called when anything of it changed. */
  countSoon(): void {
    keep('compare.form', $state.snapshot(this.form));
    clearTimeout(this.#count);
    this.#asked?.abort();
    this.counting = this.missing === undefined;
    if (this.missing !== undefined) {
      this.outline = undefined;
      this.refused = '';
      return;
    }
    this.#count = setTimeout(() => void this.#ask(), 300);
  }

  async #ask() {
    const asked = new AbortController();
    this.#asked = asked;
    const body = toOrder($state.snapshot(this.form), lightRequest(this.request()), this.axes);
    const answer = await api.post('/comparison-outline', { body, signal: asked.signal });
    if (asked.signal.aborted) return;
    this.counting = false;
    this.outline = answer.ok ? answer.value : undefined;
    this.refused = answer.ok ? '' : answer.error.message;
  }

  async start(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const body = toOrder($state.snapshot(this.form), this.request(), this.axes);
    const answer = await api.post('/comparisons', { body });
    this.sending = false;
    if (!answer.ok) return toasts.error(answer.error);
    results.follow();
    await this.show(answer.value.id);
  }

  /** The same once more, with the same seeds. */
  async again(job: number): Promise<void> {
    const answer = await api.post('/jobs/{id}/repeat', { path: { id: job }, body: { new_seed: false } });
    if (!answer.ok) return toasts.error(answer.error);
    results.follow();
    await this.show(answer.value.id);
  }

  async show(job: number): Promise<void> {
    this.job = job;
    await this.#refresh();
  }

  /** The one that runs, or the last one; nothing changes where one is shown. */
  async showLatest(): Promise<void> {
    if (this.job !== undefined) return;
    const { running, ended } = queue.state;
    const latest = [running, ...ended].find((job) => job?.kind === 'compare');
    if (latest) await this.show(latest.id);
  }

  async #refresh() {
    const { job } = this;
    if (job === undefined) return;
    const answer = await api.get('/comparisons/{id}', { path: { id: job } });
    if (this.job !== job) return;
    if (answer.ok) this.sheet = answer.value;
    else if (answer.error.status === 404) this.job = this.sheet = undefined;
  }

  // A burst of pictures is answered by one question.
  #hear(event: StudioEvent) {
    if (event.name === 'resync') void this.refreshAxes();
    const isOurs = event.name === 'job' && event.data.id === this.job;
    if (!isOurs && event.name !== 'resync') return;
    this.#look ??= setTimeout(() => {
      this.#look = undefined;
      void this.#refresh();
    }, 400);
  }
}

export const compare = new Compare();
