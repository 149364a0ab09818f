import { beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyQueue, type Job, type QueueState } from './queue-state';

const queue = vi.hoisted(() => ({ state: {} as QueueState, submit: vi.fn() }));
const toasts = vi.hoisted(() => ({ error: vi.fn() }));
vi.mock('./queue.svelte', () => ({ queue }));
vi.mock('./results.svelte', () => ({ results: { follow: vi.fn() } }));
vi.mock('../../stores/toasts.svelte', () => ({ toasts }));
vi.mock('../../i18n/index.svelte', () => ({ t: () => ({ create: { foreverStopped: 'stopped' } }) }));

const { Generate } = await import('./generate.svelte');
const generate = new Generate(async () => ({ prompt: 'sky' }));

const job = (id: number, state: Job['state']) => ({ id, state }) as Job;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('Generate', () => {
  beforeEach(() => {
    vi.clearAllMocks();
    generate.forever = false;
    queue.state = emptyQueue;
    queue.submit.mockResolvedValue(job(1, 'waiting'));
  });

  it('makes one job of a double press', async () => {
    await Promise.all([generate.press(), generate.press()]);
    expect(queue.submit).toHaveBeenCalledTimes(1);
  });

  it('goes on forever whenever nothing runs or waits', async () => {
    generate.toggleForever();
    await settled();
    queue.state = { ...emptyQueue, running: job(1, 'running') };
    generate.goOn();
    await settled();
    expect(queue.submit).toHaveBeenCalledTimes(1);
    queue.state = { ...emptyQueue, ended: [job(1, 'done')] };
    generate.goOn();
    await settled();
    expect(queue.submit).toHaveBeenCalledTimes(2);
  });

  it('waits while the queue is paused', async () => {
    queue.state = { ...emptyQueue, paused: true };
    generate.toggleForever();
    await settled();
    expect(queue.submit).not.toHaveBeenCalled();
  });

  it('stops forever when a job failed or was refused', async () => {
    generate.toggleForever();
    await settled();
    queue.state = { ...emptyQueue, ended: [job(1, 'failed')] };
    generate.goOn();
    expect([generate.forever, toasts.error.mock.calls]).toEqual([false, [['stopped']]]);

    queue.state = emptyQueue;
    queue.submit.mockResolvedValue(undefined);
    generate.toggleForever();
    await settled();
    expect(generate.forever).toBe(false);
  });
});
