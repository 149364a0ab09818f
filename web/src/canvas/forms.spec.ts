import { describe, expect, it } from 'vitest';
import { flood } from './flood';
import { blocksUnder, usualBlock } from './mosaic';
import { fillPolygon } from './polygon';
import { Surface } from './surface';

const bounds = { x: 0, y: 0, width: 64, height: 64 };
const points = (...pairs: [number, number][]) => pairs.map(([x, y]) => ({ x, y }));

function area(surface: Surface): number {
  let sum = 0;
  for (const tile of surface.tiles.values()) for (const value of tile) sum += value / 255;
  return sum;
}

describe('a filled outline', () => {
  it('has the area of its form', () => {
    const coverage = new Surface(1);
    fillPolygon(coverage, points([4, 4], [44, 4], [4, 44]), bounds);
    expect(Math.abs(area(coverage) - 800)).toBeLessThan(4);
  });

  it('stays filled where it goes around twice', () => {
    const coverage = new Surface(1);
    const ring = points([10, 10], [30, 10], [30, 30], [10, 30]);
    fillPolygon(coverage, [...ring, ...ring], bounds);
    expect(area(coverage)).toBeCloseTo(400);
  });

  it('ends at the edges of the picture', () => {
    const coverage = new Surface(1);
    fillPolygon(coverage, points([-50, -50], [500, -50], [500, 500], [-50, 500]), bounds);
    expect(area(coverage)).toBeCloseTo(64 * 64);
  });

  it('needs three corners', () => {
    const coverage = new Surface(1);
    expect(fillPolygon(coverage, points([1, 1], [9, 9]), bounds).width).toBe(0);
    expect(coverage.tiles.size).toBe(0);
  });
});

describe('flooding', () => {
  const isInside = (x: number, y: number) => x >= 8 && x < 24 && y >= 8 && y < 24;

  it('fills what hangs together and nothing else', () => {
    const coverage = new Surface(1);
    const part = flood(coverage, { x: 10.5, y: 9.5 }, bounds, isInside);
    expect(part).toEqual({ x: 8, y: 8, width: 16, height: 16 });
    expect(area(coverage)).toBe(256);
  });

  it('goes around corners', () => {
    const coverage = new Surface(1);
    flood(coverage, { x: 0, y: 0 }, bounds, (x, y) => !isInside(x, y));
    expect(area(coverage)).toBe(64 * 64 - 256);
  });

  it('does nothing outside the picture or where the seed does not belong', () => {
    const coverage = new Surface(1);
    flood(coverage, { x: -1, y: 3 }, bounds, () => true);
    flood(coverage, { x: 3, y: 3 }, bounds, () => false);
    expect(coverage.tiles.size).toBe(0);
  });
});

describe('the blocks of a mosaic', () => {
  it('are a hundredth of the longer side, at least four pixels', () => {
    expect([usualBlock(512, 512), usualBlock(1024, 1536), usualBlock(200, 100)]).toEqual([6, 16, 4]);
  });

  it('are whole, on a grid, and cut only at the edge of the picture', () => {
    const segment = { from: { x: 60, y: 60 }, to: { x: 62, y: 62 }, fromRadius: 3, toRadius: 3 };
    const blocks = blocksUnder(segment, 12, bounds);
    for (const { x, y } of blocks) expect([x % 12, y % 12]).toEqual([0, 0]);
    expect(blocks).toContainEqual({ x: 60, y: 60, width: 4, height: 4 });
    expect(blocks).toContainEqual({ x: 48, y: 48, width: 12, height: 12 });
  });
});
