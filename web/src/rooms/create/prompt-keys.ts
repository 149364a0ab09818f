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

/** Brings the area to `next`, touching only what differs. */
export function typeChange(area: HTMLTextAreaElement, next: MarkedText): void {
  const before = area.value;
  let head = 0;
  while (head < before.length && head < next.text.length && before[head] === next.text[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < next.text.length - head &&
    before[before.length - 1 - tail] === next.text[next.text.length - 1 - tail]
  )
    tail++;
  if (before !== next.text)
    typeInto(area, head, before.length - tail, next.text.slice(head, next.text.length - tail));
  area.setSelectionRange(next.start, next.end);
}
