/** What came with a drop or a paste, as far as it can hold a recipe. */
export type Dropped =
  { kind: 'file'; file: File } | { kind: 'address'; url: string } | { kind: 'text'; text: string };

/** The parts of the browser's DataTransfer that are read here. */
export interface Carried {
  files: ArrayLike<File>;
  getData: (type: string) => string;
}

/**
 * The picture among what was carried here; else an address of this studio's own pictures; else the text. null: nothing
 * of use. Addresses elsewhere are left alone, because no request leaves the machine.
 */
export function readDropped(carried: Carried, origin: string): Dropped | null {
  const files = Array.from(carried.files);
  const file = files.find(({ type }) => type.startsWith('image/')) ?? files[0];
  if (file) return { kind: 'file', file };
  const url = carried
    .getData('text/uri-list')
    .split('\n')
    .find((line) => line.startsWith(`${origin}/`));
  if (url) return { kind: 'address', url: url.trim() };
  const text = carried.getData('text/plain').trim();
  return text === '' ? null : { kind: 'text', text };
}
