import { describe, expect, it } from 'vitest';
import { afterEvent, afterMove, emptyQueue, endedKept, type Job, type QueueState } from './queue-state';

function job(id: number, state: Job['state'], more: Partial<Job> = {}): Job {
  return {
    id,
    kind: 'txt2img',
    state,
    priority: 0,
    created_at: 0,
    pictures_wanted: 1,
    pictures_done: 0,
    pictures: [],
    warnings: [],
    was_interrupted: false,
    request: {},
    ...more,
  };
}

function after(...jobs: Job[]): QueueState {
  return jobs.reduce((state, data) => afterEvent(state, { name: 'job', data }, 0), emptyQueue);
}

const ids = (jobs: Job[]) => jobs.map(({ id }) => id);

describe('afterEvent', () => {
  it('keeps waiting jobs in their order', () => {
    const state = after(job(3, 'waiting', { position: 2 }), job(5, 'waiting', { position: 1 }));
    expect(ids(state.waiting)).toEqual([5, 3]);
  });

  it('moves a job from waiting to running to ended, never in two places', () => {
    const state = after(job(1, 'waiting', { position: 1 }), job(1, 'running'));
    expect([state.running?.id, ids(state.waiting)]).toEqual([1, []]);
    const done = afterEvent(state, { name: 'job', data: job(1, 'done') }, 0);
    expect([done.running, ids(done.waiting), ids(done.ended)]).toEqual([undefined, [], [1]]);
  });

  it('takes an ended job once, however often it is told', () => {
    expect(ids(after(job(1, 'done'), job(2, 'failed'), job(1, 'done')).ended)).toEqual([1, 2]);
  });

  it('keeps only so many ended jobs', () => {
    const jobs = Array.from({ length: endedKept + 5 }, (_, index) => job(index + 1, 'done'));
    expect(after(...jobs).ended).toHaveLength(endedKept);
  });

  it('forgets progress and preview when their job ends', () => {
    let state = after(job(1, 'running'));
    state = afterEvent(state, { name: 'progress', data: { active: true, job: 1, share: 0.5 } }, 7);
    state = afterEvent(state, { name: 'preview', data: { job: 1, version: 3 } }, 8);
    expect([state.progress?.share, state.preview, state.progressAt]).toEqual([0.5, 3, 7]);
    state = afterEvent(state, { name: 'job', data: job(1, 'cancelled') }, 9);
    expect([state.progress, state.preview]).toEqual([undefined, undefined]);
  });

  it('shows no preview of another job', () => {
    const state = afterEvent(after(job(2, 'running')), { name: 'preview', data: { job: 1, version: 3 } }, 0);
    expect(state.preview).toBeUndefined();
  });

  it('leaves progress of another job alone', () => {
    const data = { active: true, job: 1, share: 0.9 };
    expect(afterEvent(after(job(2, 'running')), { name: 'progress', data }, 0).progress).toBeUndefined();
  });

  it('follows pausing', () => {
    const state = afterEvent(emptyQueue, { name: 'queue', data: { paused: true, waiting: 4 } }, 0);
    expect([state.paused, state.waitingTotal]).toEqual([true, 4]);
  });
});

describe('afterMove', () => {
  const state = after(
    job(1, 'waiting', { position: 1 }),
    job(2, 'waiting', { position: 2 }),
    job(3, 'waiting', { position: 3 }),
  );

  it('numbers the jobs anew', () => {
    const moved = afterMove(state, 3, 1);
    expect(ids(moved.waiting)).toEqual([3, 1, 2]);
    expect(moved.waiting.map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('leaves the queue alone when the job has gone', () => {
    expect(afterMove(state, 9, 1)).toBe(state);
  });
});
