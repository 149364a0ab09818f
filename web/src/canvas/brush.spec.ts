import { describe, expect, it } from 'vitest';
import { stamp, tipCoverage } from './brush';
import { Surface } from './surface';

const bounds = { x: 0, y: 0, width: 1000, height: 1000 };
const dot = (x: number, y: number, radius: number) => ({
  from: { x, y },
  to: { x, y },
  fromRadius: radius,
  toRadius: radius,
});

describe('the tip of the brush', () => {
  it('is full inside and nothing outside, with an edge of a pixel when it is hard', () => {
    expect(tipCoverage(8, 10, 1)).toBe(1);
    expect(tipCoverage(10, 10, 1)).toBeCloseTo(0.5);
    expect(tipCoverage(10.5, 10, 1)).toBe(0);
  });

  it('falls off steadily when it is soft', () => {
    const values = [0, 2, 4, 6, 8, 10].map((distance) => tipCoverage(distance, 10, 0));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values[0]).toBe(1);
    expect(values[2]).toBeGreaterThan(0.3);
    expect(values[2]).toBeLessThan(0.9);
  });
});

describe('a segment', () => {
  it('covers about the area of its capsule, over the edges of tiles', () => {
    const coverage = new Surface(1);
    stamp(coverage, { ...dot(200, 256, 10), to: { x: 320, y: 256 } }, 1, bounds);
    let sum = 0;
    for (const tile of coverage.tiles.values()) for (const value of tile) sum += value / 255;
    expect(sum).toBeCloseTo(120 * 20 + Math.PI * 100, -1);
    expect(coverage.tiles.size).toBe(4);
    expect(coverage.alphaAt(255, 250)).toBe(255);
    expect(coverage.alphaAt(256, 250)).toBe(255);
  });

  it('is no stronger where it goes twice', () => {
    const coverage = new Surface(1);
    stamp(coverage, dot(50, 50, 10), 0.2, bounds);
    const before = coverage.alphaAt(56, 50);
    stamp(coverage, dot(50, 50, 10), 0.2, bounds);
    expect(coverage.alphaAt(56, 50)).toBe(before);
  });

  it('stays within the picture', () => {
    const coverage = new Surface(1);
    const part = stamp(coverage, dot(0, 0, 40), 1, { x: 0, y: 0, width: 20, height: 30 });
    expect(part).toEqual({ x: 0, y: 0, width: 20, height: 30 });
    expect([coverage.alphaAt(19, 29), coverage.alphaAt(20, 5), coverage.alphaAt(5, 30)]).toEqual([255, 0, 0]);
    expect(stamp(coverage, dot(-100, 0, 40), 1, bounds).width).toBeLessThanOrEqual(0);
  });
});
