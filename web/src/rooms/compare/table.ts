import type { Schema } from '../../api/client';

type Sheet = Schema<'Comparison'>;
export type SheetCell = Sheet['cells'][number] & { index: number };

export interface SheetTable {
  legend: Sheet['table_legends'][number];
  /** Row by row. */
  rows: { legend: Sheet['row_legends'][number]; cells: SheetCell[] }[];
}

/** The cells in the tables in which they stand, each with its place among all. */
export function tablesOf(sheet: Sheet): SheetTable[] {
  const { columns, rows } = sheet;
  return Array.from({ length: sheet.tables }, (_, table) => ({
    legend: sheet.table_legends[table] ?? [],
    rows: Array.from({ length: rows }, (_, row) => {
      const first = (table * rows + row) * columns;
      return {
        legend: sheet.row_legends[row] ?? [],
        cells: sheet.cells.slice(first, first + columns).map((cell, i) => ({ ...cell, index: first + i })),
      };
    }),
  }));
}

/** Pictures in the order of the cells, for going from one to the next. */
export const picturesOf = (sheet: Sheet): number[] => sheet.cells.flatMap(({ pictures }) => pictures);

/** The name that a cell is read aloud by. */
export function cellName(sheet: Sheet, index: number): string {
  return sheet.cells[index]?.name ?? '';
}

export interface Area {
  width: number;
  height: number;
}

/** Pixels along a cell's side with which a table fills its place, legends included: its width, and two rows its height. */
export function fittingSide(place: Area, columns: number, rows: number): number {
  const [smallest, largest, step] = [96, 384, 32];
  const wide = (place.width - (place.width < 560 ? 88 : 176)) / columns;
  const high = (place.height - 72) / Math.min(2, rows);
  const side = Math.floor(Math.min(wide, high) / step) * step;
  return Math.min(largest, Math.max(smallest, side));
}
