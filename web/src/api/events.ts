import { address, type Schema } from './client';
import { parseExact } from './exact-json';

/** What the server tells all pages, by event name. */
export interface EventData {
  job: Schema<'Job'>;
  queue: Schema<'Queue'>;
  progress: Schema<'Progress'>;
  preview: { job: number; version: number };
  picture: Schema<'Picture'>;
  gallery: Record<string, never>;
  model: Schema<'LoadedModel'>;
  settings: Record<string, never>;
  resync: Record<string, never>;
}

const eventNames = [
  'job',
  'queue',
  'progress',
  'preview',
  'picture',
  'gallery',
  'model',
  'settings',
  'resync',
] as const satisfies readonly (keyof EventData)[];

export type StudioEvent = {
  [Name in keyof EventData]: { name: Name; data: EventData[Name] };
}[keyof EventData];

export interface EventListener {
  heard: (event: StudioEvent) => void;
  /** true when the stream (again) stands, false when it broke. After a break events may be missing: ask anew. */
  connected: (standing: boolean) => void;
}

const firstPause = 500;
const longestPause = 10_000;

/**
 * Listens until the returned function is called. The browser takes up a broken stream itself where it can; where it
 * gives up (the server was away), a new one is begun after a pause that grows to ten seconds.
 */
export function listen(listener: EventListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = firstPause;

  function begin() {
    const stream = new EventSource(address.events);
    source = stream;
    stream.onopen = () => {
      pause = firstPause;
      listener.connected(true);
    };
    stream.onerror = () => {
      listener.connected(false);
      if (stream.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(begin, pause);
      pause = Math.min(pause * 2, longestPause);
    };
    for (const name of eventNames)
      stream.addEventListener(name, (message) => {
        const event = readEvent(name, message.data);
        if (event) listener.heard(event);
      });
  }

  begin();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

function readEvent(name: keyof EventData, text: unknown): StudioEvent | undefined {
  try {
    return { name, data: parseExact(String(text)) } as StudioEvent;
  } catch {
    return undefined;
  }
}
