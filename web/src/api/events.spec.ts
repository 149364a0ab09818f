import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listen, type StudioEvent } from './events';

vi.mock('./client', () => ({ address: { events: 'api/v1/events' } }));

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }

  close() {
    this.readyState = FakeSource.CLOSED;
  }

  tell(name: string, data: string) {
    this.dispatchEvent(Object.assign(new Event(name), { data }));
  }

  fail() {
    this.readyState = FakeSource.CLOSED;
    this.onerror?.();
  }
}

describe('listen', () => {
  const heard: StudioEvent[] = [];
  const standing: boolean[] = [];
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    FakeSource.made = [];
    heard.length = standing.length = 0;
    stop = listen({ heard: (event) => heard.push(event), connected: (is) => standing.push(is) });
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('tells events by name and drops what is no JSON', () => {
    FakeSource.made[0]?.tell('queue', '{"paused":true,"waiting":2}');
    FakeSource.made[0]?.tell('queue', '{');
    FakeSource.made[0]?.tell('unknown', '{}');
    expect(heard).toEqual([{ name: 'queue', data: { paused: true, waiting: 2 } }]);
  });

  it('begins anew after ever longer pauses, until it stands again', () => {
    FakeSource.made[0]?.fail();
    vi.advanceTimersByTime(500);
    expect(FakeSource.made).toHaveLength(2);
    FakeSource.made[1]?.fail();
    vi.advanceTimersByTime(999);
    expect(FakeSource.made).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSource.made).toHaveLength(3);
    FakeSource.made[2]?.onopen?.();
    FakeSource.made[2]?.fail();
    vi.advanceTimersByTime(500);
    expect(FakeSource.made).toHaveLength(4);
    expect(standing).toEqual([false, false, true, false]);
  });

  it('leaves a stream alone that the browser takes up itself', () => {
    FakeSource.made[0]?.onerror?.();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.made).toHaveLength(1);
  });

  it('stops for good when told', () => {
    FakeSource.made[0]?.fail();
    stop();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.made).toHaveLength(1);
  });
});
