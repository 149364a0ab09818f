import type { Segment } from './brush';
import type { Point } from './rect';

export interface Sample extends Point {
  /** 0..1; a mouse presses with 0.5 and counts as a full press where `followsPressure` is off. */
  pressure: number;
}

export interface PathOptions {
  /** Of the brush at full pressure, in pixels. */
  radius: number;
  followsPressure: boolean;
  /** 0: the line goes where the pen goes; towards 1 it follows more and more slowly, and steadily. */
  steadiness: number;
}

const least = 0.12;

/**
 * Turns the places of a pen into segments: steadied, rounded (a quadratic curve from middle to middle of the places),
 * and as thick as the pen was pressed.
 */
export class StrokePath {
  #last: Sample | undefined;
  #middle: Sample | undefined;
  #target: Sample | undefined;

  constructor(private readonly options: PathOptions) {}

  /** The first sample draws a dot; later ones as far as the curve is known. */
  to(sample: Sample): Segment[] {
    this.#target = sample;
    if (!this.#last) {
      this.#last = this.#middle = sample;
      return [this.#segment(sample, sample)];
    }
    const share = 1 - Math.min(0.95, this.options.steadiness);
    return this.#curve(between(this.#last, sample, share));
  }

  /** Draws what is missing up to where the pen was lifted. */
  end(): Segment[] {
    if (!this.#target || !this.#last || !this.#middle) return [];
    const segments = this.options.steadiness > 0 ? this.#curve(this.#target) : [];
    segments.push(this.#segment(this.#middle, this.#last));
    return segments;
  }

  #curve(next: Sample): Segment[] {
    const [bend, start] = [this.#last, this.#middle];
    if (!bend || !start) return [];
    const end = between(bend, next, 0.5);
    this.#last = next;
    this.#middle = end;
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const pieces = Math.max(1, Math.min(32, Math.ceil(length / Math.max(2, this.options.radius / 2))));
    const segments: Segment[] = [];
    let here = start;
    for (let piece = 1; piece <= pieces; piece += 1) {
      const share = piece / pieces;
      const there = between(between(start, bend, share), between(bend, end, share), share);
      segments.push(this.#segment(here, there));
      here = there;
    }
    return segments;
  }

  #segment(from: Sample, to: Sample): Segment {
    return { from, to, fromRadius: this.#radius(from), toRadius: this.#radius(to) };
  }

  #radius({ pressure }: Sample): number {
    const { radius, followsPressure } = this.options;
    return Math.max(0.5, radius * (followsPressure ? least + (1 - least) * pressure : 1));
  }
}

function between(a: Sample, b: Sample, share: number): Sample {
  return {
    x: a.x + (b.x - a.x) * share,
    y: a.y + (b.y - a.y) * share,
    pressure: a.pressure + (b.pressure - a.pressure) * share,
  };
}
