import type { Schema } from '../../api/client';
import type { StudioEvent } from '../../api/events';

export type Job = Schema<'Job'>;

/** The queue as the page sees it. */
export interface QueueState {
  running?: Job;
  /** In their order; the first hundred of `waitingTotal`. */
  waiting: Job[];
  /** Newest first, the last `endedKept`. */
  ended: Job[];
  waitingTotal: number;
  paused: boolean;
  progress?: Schema<'Progress'>;
  /** When that progress was heard, in milliseconds. */
  progressAt: number;
  /** Version of the running picture's preview; undefined while there is none. */
  preview?: number;
}

export const endedKept = 20;

export const emptyQueue: QueueState = {
  waiting: [],
  ended: [],
  waitingTotal: 0,
  paused: false,
  progressAt: 0,
};

/** The state after an event that was heard at `now`. */
export function afterEvent(state: QueueState, event: StudioEvent, now: number): QueueState {
  switch (event.name) {
    case 'job':
      return withJob(state, event.data);
    case 'queue':
      return { ...state, paused: event.data.paused, waitingTotal: event.data.waiting };
    case 'progress':
      return withProgress(state, event.data, now);
    case 'preview':
      return isOfAnother(state, event.data.job) ? state : { ...state, preview: event.data.version };
    default:
      return state;
  }
}

// Events of an earlier job may still come, after a break for example.
function isOfAnother(state: QueueState, job: number | undefined): boolean {
  return state.running !== undefined && job !== undefined && state.running.id !== job;
}

function withProgress(state: QueueState, progress: Schema<'Progress'>, now: number): QueueState {
  if (!progress.active) return { ...state, progress: undefined, preview: undefined, progressAt: now };
  if (isOfAnother(state, progress.job)) return state;
  return { ...state, progress, preview: progress.preview ?? state.preview, progressAt: now };
}

function withJob(state: QueueState, job: Job): QueueState {
  const others = state.waiting.filter(({ id }) => id !== job.id);
  const ended = state.ended.filter(({ id }) => id !== job.id);
  const wasRunning = state.running?.id === job.id;
  const rest = {
    ...state,
    waiting: others,
    ended,
    running: wasRunning ? undefined : state.running,
  };
  switch (job.state) {
    case 'waiting':
      return { ...rest, waiting: [...others, job].sort(byPosition) };
    case 'running':
      return wasRunning
        ? { ...rest, running: job }
        : { ...rest, running: job, progress: undefined, preview: undefined };
    default:
      return {
        ...rest,
        ended: [job, ...ended].slice(0, endedKept),
        ...(wasRunning ? { progress: undefined, preview: undefined } : {}),
      };
  }
}

function byPosition(a: Job, b: Job): number {
  return (a.position ?? Infinity) - (b.position ?? Infinity) || a.id - b.id;
}

/** The order after job `id` was moved to `position` (1 is next), before the server has answered. */
export function afterMove(state: QueueState, id: number, position: number): QueueState {
  const moved = state.waiting.find((job) => job.id === id);
  if (!moved) return state;
  const waiting = state.waiting.filter((job) => job !== moved);
  waiting.splice(position - 1, 0, moved);
  return { ...state, waiting: waiting.map((job, index) => ({ ...job, position: index + 1 })) };
}
