import type { Tile } from './surface';

/**
 * Tiles as they are kept for undo and in the browser's storage: runs of equal 32-bit words. A positive head is followed
 * by so many words, a negative one by the word that stands -head times. Strokes shrink to a fraction; it takes a
 * millisecond, so that nobody waits for it.
 */
export type PackedTile = Int32Array<ArrayBuffer>;

const shortestRun = 3;

export function pack(tile: Tile): PackedTile {
  const words = new Int32Array(tile.buffer, tile.byteOffset, tile.byteLength >> 2);
  // A head for every piece; literals between runs cannot make more than a head for three words and one at the end.
  const out = new Int32Array(words.length + Math.ceil(words.length / shortestRun) + 2);
  let length = 0;
  let literal = 0;
  const flush = (end: number) => {
    if (end === literal) return;
    out[length] = end - literal;
    out.set(words.subarray(literal, end), length + 1);
    length += 1 + end - literal;
  };
  for (let at = 0; at < words.length;) {
    const word = words[at] ?? 0;
    let end = at + 1;
    while (end < words.length && words[end] === word) end += 1;
    if (end - at >= shortestRun) {
      flush(at);
      out[length] = at - end;
      out[length + 1] = word;
      length += 2;
      literal = end;
    }
    at = end;
  }
  flush(words.length);
  return out.slice(0, length);
}

/** The tile of `byteLength` bytes. Throws a RangeError when the runs do not come to exactly that. */
export function unpack(packed: PackedTile, byteLength: number): Tile {
  const words = new Int32Array(byteLength >> 2);
  let filled = 0;
  for (let at = 0; at < packed.length;) {
    const head = packed[at] ?? 0;
    const count = Math.abs(head);
    if (head === 0 || filled + count > words.length) throw new RangeError('a stored tile is damaged');
    if (head > 0) words.set(packed.subarray(at + 1, at + 1 + count), filled);
    else words.fill(packed[at + 1] ?? 0, filled, filled + count);
    filled += count;
    at += head > 0 ? 1 + count : 2;
  }
  if (filled !== words.length) throw new RangeError('a stored tile is damaged');
  return new Uint8ClampedArray(words.buffer);
}
