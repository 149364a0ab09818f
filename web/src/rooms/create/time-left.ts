/** What is known of the time that a job still takes. */
export interface Pace {
  /** 0..1 of the job that is done. */
  share: number;
  /** The server's own estimate; undefined while it has none. */
  secondsLeft?: number;
  /** When that was said, in milliseconds. */
  at: number;
  /** When the job began, in milliseconds; undefined when that is not known. */
  startedAt?: number;
}

/** Seconds left at `now`, counted down between two reports; undefined while nothing can be said. */
export function secondsLeft(pace: Pace, now: number): number | undefined {
  const since = Math.max(0, now - pace.at) / 1000;
  const estimate = pace.secondsLeft ?? fromShare(pace);
  return estimate === undefined ? undefined : Math.max(0, estimate - since);
}

// The first twentieth is loading and warming up, which says little about the rest.
function fromShare({ share, at, startedAt }: Pace): number | undefined {
  if (startedAt === undefined || share < 0.05) return undefined;
  return (((at - startedAt) / 1000) * (1 - share)) / share;
}

/** Whole minutes and seconds: seconds alone below a minute, minutes alone from ten minutes on. */
export function splitTime(seconds: number): { minutes: number; seconds: number } {
  const whole = Math.ceil(seconds);
  if (whole < 60) return { minutes: 0, seconds: whole };
  if (whole < 600) return { minutes: Math.floor(whole / 60), seconds: whole % 60 };
  return { minutes: Math.round(whole / 60), seconds: 0 };
}
