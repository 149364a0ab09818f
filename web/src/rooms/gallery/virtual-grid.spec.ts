import { describe, expect, it } from 'vitest';
import { gridHeight, gridShape, scrollToShow, stepInGrid, tilePlace, visibleRange } from './virtual-grid';

describe('gridShape', () => {
  it('fills the width with tiles that are not too small', () => {
    const shape = gridShape(1000, 180, 8);
    expect(shape.columns).toBe(5);
    expect(shape.tile * 5 + 8 * 4).toBeCloseTo(1000);
  });

  it('keeps two columns on the narrowest screen', () => {
    expect(gridShape(200, 180, 8).columns).toBe(2);
    expect(gridShape(0, 180, 8).tile).toBe(1);
  });
});

describe('visibleRange', () => {
  const shape = { columns: 5, tile: 192, gap: 8 };

  it('draws few tiles of 50,000, wherever one is', () => {
    for (const top of [0, 1_000_000, gridHeight(shape, 50_000) - 900]) {
      const { start, end } = visibleRange(shape, 50_000, top, 900, 2);
      expect(end - start).toBeLessThanOrEqual((Math.ceil(900 / 200) + 1 + 4) * 5);
      expect(end).toBeGreaterThan(start);
    }
  });

  it('covers the window', () => {
    const { start, end } = visibleRange(shape, 50_000, 1234, 900, 0);
    expect(tilePlace(shape, start).top).toBeLessThanOrEqual(1234);
    expect(tilePlace(shape, end).top).toBeGreaterThanOrEqual(1234 + 900);
  });

  it('ends with the last tile', () => {
    expect(visibleRange(shape, 7, 0, 900, 2)).toEqual({ start: 0, end: 7 });
    expect(visibleRange(shape, 0, 0, 900, 2)).toEqual({ start: 0, end: 0 });
    expect(visibleRange(shape, 7, 99_999, 900, 0)).toEqual({ start: 10, end: 7 });
  });
});

describe('gridHeight', () => {
  it('has no gap below the last row', () => {
    expect(gridHeight({ columns: 5, tile: 192, gap: 8 }, 11)).toBe(3 * 192 + 2 * 8);
    expect(gridHeight({ columns: 5, tile: 192, gap: 8 }, 0)).toBe(0);
  });
});

describe('scrollToShow', () => {
  const shape = { columns: 2, tile: 100, gap: 0 };

  it('moves as little as needed', () => {
    expect(scrollToShow(shape, 0, 50, 300)).toBe(0);
    expect(scrollToShow(shape, 4, 50, 300)).toBeNull();
    expect(scrollToShow(shape, 8, 50, 300)).toBe(200);
  });
});

describe('stepInGrid', () => {
  it('goes by rows and columns and stays inside', () => {
    expect(stepInGrid('ArrowRight', 3, 10, 4, 3)).toBe(4);
    expect(stepInGrid('ArrowLeft', 0, 10, 4, 3)).toBe(0);
    expect(stepInGrid('ArrowDown', 1, 10, 4, 3)).toBe(5);
    expect(stepInGrid('PageDown', 1, 10, 4, 3)).toBe(9);
    expect(stepInGrid('Home', 7, 10, 4, 3)).toBe(0);
    expect(stepInGrid('End', 7, 10, 4, 3)).toBe(9);
  });

  it('does not slip into another column at the ends', () => {
    expect(stepInGrid('ArrowUp', 2, 10, 4, 3)).toBe(2);
    expect(stepInGrid('ArrowDown', 8, 10, 4, 3)).toBe(8);
  });

  it('leaves other keys alone', () => {
    expect(stepInGrid('a', 2, 10, 4, 3)).toBeNull();
    expect(stepInGrid('ArrowUp', 0, 0, 4, 3)).toBeNull();
  });
});
