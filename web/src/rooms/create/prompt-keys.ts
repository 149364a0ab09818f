import type { MarkedText } from '../../words';

/**
 * Replaces part of a text area so that the browser's undo takes it back. The browsers offer no newer way to do this;
 * where the old one is missing, the text is replaced without undo.
 */
export function typeInto(area: HTMLTextAreaElement, from: number, to: number, words: string): void {
  area.focus();
  area.setSelectionRange(from, to);
  const done =
    words === '' ? document.execCommand('delete') : document.execCommand('insertText', false, words);
  if (done) return;
  area.setRangeText(words, from, to, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

/** The part of a text that has to be replaced to make it another. */
export interface Difference {
  from: number;
  to: number;
  words: string;
}

/** The smallest one part that differs; undefined for equal texts. */
export function difference(before: string, after: string): Difference | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { from: head, to: before.length - tail, words: after.slice(head, after.length - tail) };
}

/** Brings the area to `next`, touching only what differs. */
export function typeChange(area: HTMLTextAreaElement, next: MarkedText): void {
  const change = difference(area.value, next.text);
  if (change) typeInto(area, change.from, change.to, change.words);
  area.setSelectionRange(next.start, next.end);
}
