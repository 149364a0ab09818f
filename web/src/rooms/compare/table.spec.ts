import { describe, expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import { fittingSide, picturesOf, tablesOf } from './table';

const sheet: Schema<'Comparison'> = {
  script: 'plot',
  columns: 2,
  rows: 1,
  tables: 2,
  column_legends: [[{ text: 'a', active: true }], [{ text: 'b', active: true }]],
  row_legends: [],
  table_legends: [[{ text: 'z1', active: true }], [{ text: 'z2', active: true }]],
  cells: [
    { name: '0', pictures: [10] },
    { name: '1', pictures: [] },
    { name: '2', pictures: [12, 13] },
    { name: '3', pictures: [], error: 'why' },
  ],
  grids: [20],
};

describe('a comparison as tables', () => {
  it('keeps the place of every cell', () => {
    const tables = tablesOf(sheet);
    expect(tables.map(({ legend }) => legend[0]?.text)).toEqual(['z1', 'z2']);
    expect(tables[1]?.rows[0]?.cells.map(({ index }) => index)).toEqual([2, 3]);
    expect(tables[1]?.rows[0]?.cells[1]?.error).toBe('why');
    expect(tables[0]?.rows[0]?.legend).toEqual([]);
  });

  it('goes through all pictures', () => {
    expect(picturesOf(sheet)).toEqual([10, 12, 13]);
  });
});

describe('the size of cells', () => {
  it('fills the place with the columns, within what is of use', () => {
    const place = (width: number, height: number) => ({ width, height });
    expect(fittingSide(place(1000, 900), 3, 1)).toBe(256);
    expect(fittingSide(place(1000, 500), 3, 5)).toBe(192);
    expect(fittingSide(place(360, 480), 2, 2)).toBe(128);
    expect(fittingSide(place(2000, 2000), 1, 1)).toBe(384);
    expect(fittingSide(place(400, 900), 20, 1)).toBe(96);
    expect(fittingSide(place(0, 0), 1, 1)).toBe(96);
  });
});
