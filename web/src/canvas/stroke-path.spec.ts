import { describe, expect, it } from 'vitest';
import { StrokePath } from './stroke-path';

const options = { radius: 10, followsPressure: false, steadiness: 0 };
const at = (x: number, y: number, pressure = 1) => ({ x, y, pressure });

function drawn(path: StrokePath, samples: ReturnType<typeof at>[]) {
  return [...samples.flatMap((sample) => path.to(sample)), ...path.end()];
}

describe('the path of a stroke', () => {
  it('is a dot when the pen does not move', () => {
    const [dot] = drawn(new StrokePath(options), [at(5, 6)]);
    expect(dot).toMatchObject({ from: { x: 5, y: 6 }, to: { x: 5, y: 6 }, fromRadius: 10 });
  });

  it('has no gaps and reaches from where the pen came down to where it was lifted', () => {
    for (const steadiness of [0, 0.8]) {
      const samples = [at(0, 0), at(30, 5), at(60, 40), at(61, 90), at(200, 90)];
      const segments = drawn(new StrokePath({ ...options, steadiness }), samples);
      segments.slice(1).forEach(({ from }, index) => expect(from).toEqual(segments[index]?.to));
      expect(segments[0]?.from).toMatchObject({ x: 0, y: 0 });
      expect(segments.at(-1)?.to).toMatchObject({ x: 200, y: 90 });
    }
  });

  it('is as thick as the pen is pressed', () => {
    const path = new StrokePath({ ...options, followsPressure: true });
    const radii = drawn(path, [at(0, 0, 0), at(50, 0, 0.5), at(100, 0, 1)]).map(({ toRadius }) => toRadius);
    expect(radii).toEqual([...radii].sort((a, b) => a - b));
    expect(radii[0]).toBeGreaterThan(0);
    expect(radii.at(-1)).toBeCloseTo(10);
  });

  it('shakes less when it is steadied', () => {
    const shaky = Array.from({ length: 40 }, (_, index) => at(index * 5, 5 * Math.sin(index * 1.3)));
    const swing = (steadiness: number) => {
      const segments = drawn(new StrokePath({ ...options, steadiness }), shaky).slice(10, -4);
      return Math.max(...segments.map(({ to }) => Math.abs(to.y)));
    };
    expect(swing(0.8)).toBeLessThan(swing(0) / 2);
  });
});
