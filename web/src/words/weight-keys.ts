import { type MarkedText, trimmedRange } from './marked-text';
import {
  type Group,
  type Sign,
  isSchedule,
  matchBrackets,
  numberOf,
  readNumber,
  readSigns,
} from './prompt-signs';

export interface WeightSteps {
  /** Of words; 0.1 if not given. */
  words?: number;
  /** Of networks such as `<lora:name:0.8>`; 0.05 if not given. */
  networks?: number;
}

const largestWeight = 10;

/** Words with the weight their brackets give, all as places in the text; `outer` includes the brackets. */
interface Weighted {
  outer: { start: number; end: number };
  inner: { start: number; end: number };
  weight: number;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function clamped(value: number, low: number): number {
  return Math.min(largestWeight, Math.max(low, rounded(value)));
}

function replaced(text: string, { start, end }: { start: number; end: number }, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** `<lora:name:0.8>`; the first two numbers, for the text encoder and the U-Net, go up and down together. */
function changedNetwork(marked: MarkedText, sign: Sign, change: number): MarkedText {
  const [kind = '', name = '', ...values] = marked.text.slice(sign.start + 1, sign.end - 1).split(':');
  if (values.length === 0) values.push('1');
  const next = values.map((value, index) => {
    const number = index < 2 ? readNumber(value) : undefined;
    return number === undefined ? value : String(clamped(number + change, -largestWeight));
  });
  const tag = `<${[kind, name, ...next].join(':')}>`;
  const text = replaced(marked.text, sign, tag);
  const last = sign.start + tag.length - 1;
  if (marked.start === marked.end) {
    const caret = Math.min(marked.start, last);
    return { text, start: caret, end: caret };
  }
  return { text, start: sign.start, end: last + 1 };
}

class PromptBrackets {
  readonly signs: Sign[];
  private readonly groups: Group[];

  constructor(private readonly text: string) {
    this.signs = readSigns(text);
    this.groups = matchBrackets(this.signs).groups.filter(({ kind }) => kind === '(' || kind === '[');
  }

  network(start: number, end: number): Sign | undefined {
    return this.signs.find((sign) => {
      const isWithin = sign.start <= start && end <= sign.end;
      const isCaretInside = start < end || (sign.start < start && end < sign.end);
      return sign.kind === 'network' && isWithin && isCaretInside;
    });
  }

  /** The innermost round brackets around the caret. */
  around(caret: number): Weighted | undefined {
    const group = this.groups.find((each) => {
      const { outer } = this.weighted(each);
      return each.kind === '(' && outer.start < caret && caret < outer.end;
    });
    return group && this.weighted(group);
  }

  /** The brackets that hold just this, or that are this with what they hold. */
  just(start: number, end: number): Weighted | undefined {
    for (const group of this.groups) {
      if (isSchedule(this.text, this.signs, group)) continue;
      const weighted = this.weighted(group);
      const inner = trimmedRange(this.text, weighted.inner.start, weighted.inner.end);
      const isOuter = weighted.outer.start === start && weighted.outer.end === end;
      if (isOuter || (inner.start === start && inner.end === end)) return weighted;
    }
    return undefined;
  }

  /** The tag at the caret: the words between commas, brackets and the like. */
  tagAt(caret: number): { start: number; end: number } {
    let start = 0;
    let end = this.text.length;
    for (const sign of this.signs) {
      if (sign.kind === 'text' || sign.kind === 'wildcard' || this.beginsFace(sign)) continue;
      if (sign.end <= caret) start = sign.end;
      else if (sign.start >= caret) {
        end = sign.start;
        break;
      } else return { start: caret, end: caret };
    }
    return trimmedRange(this.text, start, end);
  }

  /** A colon that begins a word: `:d`. */
  private beginsFace({ kind, start, end }: Sign): boolean {
    if (kind !== ':') return false;
    return (
      (start === 0 || /[\s,(]/.test(this.text.charAt(start - 1))) && /[^\s\d]/.test(this.text.charAt(end))
    );
  }

  private weighted(group: Group): Weighted {
    const start = this.signs[group.open]?.start ?? 0;
    const close = this.signs[group.close]?.start ?? 0;
    const number = group.kind === '(' ? numberOf(this.text, this.signs, group) : undefined;
    const end = number ? (this.signs[number.colon]?.start ?? close) : close;
    const usual = group.kind === '(' ? 1.1 : 0.9;
    return {
      outer: { start, end: close + 1 },
      inner: { start: start + 1, end },
      weight: number?.value ?? usual,
    };
  }
}

function target(brackets: PromptBrackets, { text, start, end }: MarkedText): Weighted | undefined {
  if (start === end) {
    const around = brackets.around(start);
    if (around) return around;
  }
  const tag = start === end ? brackets.tagAt(start) : trimmedTags(text, start, end);
  if (tag.start === tag.end) return undefined;
  return brackets.just(tag.start, tag.end) ?? { outer: tag, inner: tag, weight: 1 };
}

/** What is selected without commas and spaces at its ends. */
function trimmedTags(text: string, start: number, end: number): { start: number; end: number } {
  while (start < end && /[\s,]/.test(text.charAt(start))) start++;
  while (end > start && /[\s,]/.test(text.charAt(end - 1))) end--;
  return { start, end };
}

/**
 * More or less weight for what is selected, or for the brackets or the tag at the caret: `tag`, `(tag:1.1)`,
 * `(tag:1.2)`; at 1 the brackets go. `by` is 1 or -1. Without anything to weight the text comes back as it is.
 */
export function weightKey(marked: MarkedText, by: number, steps: WeightSteps = {}): MarkedText {
  const brackets = new PromptBrackets(marked.text);
  const network = brackets.network(marked.start, marked.end);
  if (network) return changedNetwork(marked, network, by * (steps.networks ?? 0.05));
  const found = target(brackets, marked);
  if (!found) return marked;
  const weight = clamped(found.weight + by * (steps.words ?? 0.1), 0);
  const words = marked.text.slice(found.inner.start, found.inner.end);
  const text = replaced(marked.text, found.outer, weight === 1 ? words : `(${words}:${weight})`);
  const start = found.outer.start + (weight === 1 ? 0 : 1);
  const isCaret = marked.start === marked.end && !(weight === 1 && words.includes(','));
  if (!isCaret) return { text, start, end: start + words.length };
  const caret = start + Math.min(words.length, Math.max(0, marked.start - found.inner.start));
  return { text, start: caret, end: caret };
}
