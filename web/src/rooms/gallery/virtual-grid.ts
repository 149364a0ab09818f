/** Arithmetic of a grid of square tiles of which only those near the window are drawn. Lengths are CSS pixels. */
export interface GridShape {
  columns: number;
  /** Side of a tile. */
  tile: number;
  gap: number;
}

/** As many columns as fit with tiles of at least `smallest`, but never fewer than two; the tiles fill the width. */
export function gridShape(width: number, smallest: number, gap: number): GridShape {
  const columns = Math.max(2, Math.floor((width + gap) / (smallest + gap)));
  return { columns, tile: Math.max(1, (width - gap * (columns - 1)) / columns), gap };
}

export function gridHeight({ columns, tile, gap }: GridShape, count: number): number {
  const rows = Math.ceil(count / columns);
  return rows === 0 ? 0 : rows * (tile + gap) - gap;
}

export interface TileRange {
  /** First tile to draw. */
  start: number;
  /** Behind the last one. */
  end: number;
}

/** The tiles that a window from `top`, `height` high, touches, and `spare` rows more on either side. */
export function visibleRange(
  shape: GridShape,
  count: number,
  top: number,
  height: number,
  spare: number,
): TileRange {
  const pitch = shape.tile + shape.gap;
  const rows = Math.ceil(count / shape.columns);
  const clampRow = (row: number) => Math.min(rows, Math.max(0, row));
  const first = clampRow(Math.floor(top / pitch) - spare);
  const last = clampRow(Math.ceil((top + height) / pitch) + spare);
  return { start: first * shape.columns, end: Math.min(count, last * shape.columns) };
}

export function tilePlace(shape: GridShape, index: number): { left: number; top: number } {
  const pitch = shape.tile + shape.gap;
  return { left: (index % shape.columns) * pitch, top: Math.floor(index / shape.columns) * pitch };
}

/** Where to scroll so that a tile is wholly seen; null when it is already. */
export function scrollToShow(shape: GridShape, index: number, top: number, height: number): number | null {
  const place = tilePlace(shape, index).top;
  if (place < top) return place;
  if (place + shape.tile > top + height) return place + shape.tile - height;
  return null;
}

/** Where an arrow, Home, End or a page key leads; null for other keys. */
export function stepInGrid(
  key: string,
  index: number,
  count: number,
  columns: number,
  pageRows: number,
): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * pageRows,
    PageDown: columns * pageRows,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return null;
  const next = index + step;
  if (Math.abs(step) === columns && (next < 0 || next >= count)) return index;
  return Math.min(count - 1, Math.max(0, next));
}
