/** The ids from one to the other, both included, in whichever order they stand; [] where one of them is not there. */
export function rangeOf(rows: readonly { id: number }[], one: number, other: number): number[] {
  const places = [one, other].map((id) => rows.findIndex((row) => row.id === id));
  const [first = -1, last = -1] = places.sort((a, b) => a - b);
  return first < 0 ? [] : rows.slice(first, last + 1).map(({ id }) => id);
}
