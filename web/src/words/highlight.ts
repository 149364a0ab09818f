import { type Group, type Sign, type SignKind, isSchedule, matchBrackets, numberOf } from './prompt-signs';
import { readNumber, readSigns } from './prompt-signs';

/**
 * `plain`: words. `weight`: brackets that change weights. `number`: any number that means something. `schedule` and
 * `template`: the signs of `[a:b:0.5]` and of `{a|b}`. `network` and `wildcard`: names that exist, `-unknown` those that
 * do not. `error`: a bracket without a partner.
 */
export type SegmentKind =
  | 'plain'
  | 'weight'
  | 'number'
  | 'and'
  | 'break'
  | 'network'
  | 'network-unknown'
  | 'wildcard'
  | 'wildcard-unknown'
  | 'template'
  | 'schedule'
  | 'comment'
  | 'error';

/** A piece of the prompt; all pieces joined give the prompt. */
export interface Segment {
  kind: SegmentKind;
  text: string;
  /** What the brackets around it multiply to, 1 without any; of weight brackets that of their content. */
  weight: number;
}

/** Tells names that exist from others. What is left out counts as existing. */
export interface KnownNames {
  isNetwork?: (kind: string, name: string) => boolean;
  isWildcard?: (name: string) => boolean;
}

export interface HighlightOptions extends KnownNames {
  /** In a negative prompt AND is a word and network tags are text. */
  isNegative?: boolean;
}

const roundFactor = 1.1;

class Highlighter {
  private readonly signs: Sign[];
  private readonly kinds: SegmentKind[];
  /** By which a bracket multiplies what follows. */
  private readonly factors = new Map<number, number>();

  constructor(
    private readonly text: string,
    private readonly options: HighlightOptions,
  ) {
    this.signs = readSigns(text);
    this.kinds = this.signs.map((sign) => this.kindOf(sign));
  }

  segments(): Segment[] {
    const { groups, unclosed, unopened } = matchBrackets(this.signs);
    for (const group of groups) this.markGroup(group);
    for (const index of [...unclosed, ...unopened]) this.kinds[index] = 'error';
    if (!this.options.isNegative) this.markPartWeights();
    return this.joined();
  }

  private kindOf({ kind, start, end }: Sign): SegmentKind {
    if (kind === 'comment' || kind === 'break') return kind;
    if (kind === 'and') return this.options.isNegative ? 'plain' : 'and';
    if (kind === 'network') return this.networkKind(this.text.slice(start + 1, end - 1));
    if (kind === 'wildcard') return this.wildcardKind(this.text.slice(start + 2, end - 2));
    return 'plain';
  }

  private networkKind(content: string): SegmentKind {
    if (this.options.isNegative) return 'plain';
    const [kind = '', name = ''] = content.split(':', 2);
    return (this.options.isNetwork?.(kind, name) ?? true) ? 'network' : 'network-unknown';
  }

  private wildcardKind(content: string): SegmentKind {
    const name = content
      .replace(/^[@~!]/, '')
      .replace(/\([^()]*\)$/, '')
      .trim();
    const isKnown = /[*?]/.test(name) || (this.options.isWildcard?.(name) ?? true);
    return isKnown ? 'wildcard' : 'wildcard-unknown';
  }

  private mark(kind: SegmentKind, ...indices: number[]) {
    for (const index of indices) this.kinds[index] = kind;
  }

  private is(index: number, kind: SignKind): boolean {
    return this.signs[index]?.kind === kind;
  }

  private textOf(index: number): string {
    const sign = this.signs[index];
    return sign ? this.text.slice(sign.start, sign.end) : '';
  }

  private markGroup(group: Group) {
    if (group.kind === '${') this.mark('template', group.open, group.close);
    else if (group.kind === '{') this.markTemplate(group);
    else if (isSchedule(this.text, this.signs, group)) this.markSchedule(group);
    else this.markWeight(group);
  }

  private markWeight(group: Group) {
    this.mark('weight', group.open, group.close);
    const number = group.kind === '(' ? numberOf(this.text, this.signs, group) : undefined;
    if (number) {
      this.mark('weight', number.colon);
      this.mark('number', ...between(number.colon, group.close));
    }
    this.factors.set(group.open, number?.value ?? (group.kind === '(' ? roundFactor : 1 / roundFactor));
    this.factors.set(group.close, 0);
  }

  private markSchedule(group: Group) {
    this.mark('schedule', group.open, group.close, ...group.colons, ...group.bars);
    const number = numberOf(this.text, this.signs, group);
    if (number) this.mark('number', ...between(number.colon, group.close));
  }

  /** Braces without a bar or a count are text. */
  private markTemplate({ open, close, bars, dollars }: Group) {
    if (bars.length === 0 && dollars.length === 0) return;
    this.mark('template', open, close, ...bars, ...dollars);
    if (this.is(open + 2, '$$') && /^[~@!]?\s*[-\d]+$/.test(this.textOf(open + 1)))
      this.mark('number', open + 1);
    for (const before of [open, ...bars, ...dollars]) this.markChance(before + 1);
  }

  /** `0.5::` where an option begins. */
  private markChance(index: number) {
    const isChance = this.is(index + 1, ':') && this.is(index + 2, ':');
    if (!isChance || readNumber(this.textOf(index)) === undefined) return;
    this.mark('number', index);
    this.mark('template', index + 1, index + 2);
  }

  /** `:0.8` where a part of AND ends. */
  private markPartWeights() {
    for (let index = 0; index <= this.signs.length; index++) {
      if (index < this.signs.length && !this.is(index, 'and')) continue;
      const isNumber = this.is(index - 1, 'text') && readNumber(this.textOf(index - 1)) !== undefined;
      if (isNumber && this.is(index - 2, ':') && this.kinds[index - 2] === 'plain')
        this.mark('number', index - 2, index - 1);
    }
  }

  private joined(): Segment[] {
    const segments: Segment[] = [];
    const weights = [1];
    let weight = 1;
    this.signs.forEach((sign, index) => {
      const factor = this.factors.get(index);
      if (factor) weights.push((weight *= factor));
      // Inside of weights BREAK is a word.
      const isWord = sign.kind === 'break' && weights.length > 1;
      this.push(segments, isWord ? 'plain' : (this.kinds[index] ?? 'plain'), sign, weight);
      if (factor === 0) {
        weights.pop();
        weight = weights.at(-1) ?? 1;
      }
    });
    return segments;
  }

  private push(segments: Segment[], kind: SegmentKind, { start, end }: Sign, exact: number) {
    const text = this.text.slice(start, end);
    const weight = Math.round(exact * 1000) / 1000;
    const last = segments.at(-1);
    if (last?.kind === kind && last.weight === weight && kind !== 'weight') last.text += text;
    else segments.push({ kind, text, weight });
  }
}

function between(from: number, to: number): number[] {
  return Array.from({ length: to - from - 1 }, (_, index) => from + 1 + index);
}

/** How a prompt is understood, piece by piece, for colouring it. Any text; linear in its length. */
export function highlight(text: string, options: HighlightOptions = {}): Segment[] {
  return new Highlighter(text, options).segments();
}
