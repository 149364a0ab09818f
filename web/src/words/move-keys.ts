import { type MarkedText, trimmedRange } from './marked-text';
import { type Sign, matchBrackets, numberOf, readSigns } from './prompt-signs';

interface Range {
  start: number;
  end: number;
}

/** The brackets nearest around the selection: what they hold, without a weight. Without any, the whole text. */
function roomAround(text: string, signs: Sign[], start: number, end: number): Range {
  for (const group of matchBrackets(signs).groups) {
    const open = signs[group.open]?.end ?? 0;
    const close = signs[group.close]?.start ?? 0;
    if (open > start || end > close) continue;
    const colon = numberOf(text, signs, group)?.colon;
    return { start: open, end: colon === undefined ? close : (signs[colon]?.start ?? close) };
  }
  return { start: 0, end: text.length };
}

/** The tags in the room, inner brackets with all they hold. */
function tagsIn(text: string, signs: Sign[], room: Range): Range[] {
  const tags: Range[] = [];
  let depth = 0;
  let begin = room.start;
  const finish = (end: number) => {
    const tag = trimmedRange(text, begin, end);
    if (tag.start < tag.end) tags.push(tag);
  };
  for (const { kind, start, end } of signs) {
    if (start < room.start || end > room.end) continue;
    if (kind === '(' || kind === '[' || kind === '{' || kind === '${') depth++;
    else if (kind === ')' || kind === ']' || kind === '}') depth = Math.max(0, depth - 1);
    const isBorder =
      kind === ',' || kind === 'line' || kind === 'and' || kind === 'break' || kind === 'comment';
    if (depth > 0 || !isBorder) continue;
    finish(start);
    begin = end;
  }
  finish(room.end);
  return tags;
}

/**
 * Moves the tag at the caret, or those that are selected, past the next tag: to the left for -1, to the right for 1.
 * Commas and line breaks stay where they are. At the end of the line of tags the text comes back as it is.
 */
export function moveTag(marked: MarkedText, by: number): MarkedText {
  const { text } = marked;
  const signs = readSigns(text);
  const tags = tagsIn(text, signs, roomAround(text, signs, marked.start, marked.end));
  const first = tags.findIndex(({ end }) => end >= marked.start);
  const last = tags.filter(({ start }) => start <= marked.end).length - 1;
  const moved = { start: tags[first], end: tags[last] };
  const neighbour = first >= 0 && first <= last ? tags[by < 0 ? first - 1 : last + 1] : undefined;
  if (!moved.start || !moved.end || !neighbour) return marked;
  const block: Range = { start: moved.start.start, end: moved.end.end };
  const [left, right] = by < 0 ? [neighbour, block] : [block, neighbour];
  const words = ({ start, end }: Range) => text.slice(start, end);
  const gap = text.slice(left.end, right.start);
  const shift = by < 0 ? neighbour.start - block.start : words(neighbour).length + gap.length;
  return {
    text: text.slice(0, left.start) + words(right) + gap + words(left) + text.slice(right.end),
    start: clamp(marked.start, block) + shift,
    end: clamp(marked.end, block) + shift,
  };
}

function clamp(place: number, { start, end }: Range): number {
  return Math.min(end, Math.max(start, place));
}
