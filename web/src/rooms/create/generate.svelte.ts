import { t } from '../../i18n/index.svelte';
import { toasts } from '../../stores/toasts.svelte';
import { queue } from './queue.svelte';
import { results } from './results.svelte';

/** The Generate button, and its repetition without end. */
export class Generate {
  /** While a request is on its way; keeps a double press from making two jobs of one. */
  sending = $state(false);
  forever = $state(false);
  #last: number | undefined;

  /** `ask` tells what to make; undefined when there is nothing to make yet, and then it has said so. */
  constructor(
    private readonly ask: () => Promise<Record<string, unknown> | undefined>,
    private readonly submit = (request: Record<string, unknown>) => queue.submit(request),
  ) {}

  /** The body of the job that a press would start; it says so itself where there is none yet. */
  request(): Promise<Record<string, unknown> | undefined> {
    return this.ask();
  }

  get isBusy(): boolean {
    return queue.state.running !== undefined || queue.state.waiting.length > 0;
  }

  async press(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const request = await this.ask();
    if (request) results.follow();
    const job = request && (await this.submit(request));
    this.sending = false;
    this.#last = job?.id;
    if (!job) this.forever = false;
  }

  toggleForever(): void {
    this.forever = !this.forever;
    this.goOn();
  }

  /** Presses again when nothing runs or waits; with the settings as they are now. */
  goOn(): void {
    if (!this.forever || this.sending || queue.state.paused || this.isBusy) return;
    const last = queue.state.ended.find(({ id }) => id === this.#last);
    if (last?.state === 'failed') {
      this.forever = false;
      toasts.error(t().create.foreverStopped);
      return;
    }
    void this.press();
  }
}
