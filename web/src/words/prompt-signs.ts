/** The language's words and brackets; `text` is all else. */
export type SignKind =
  | 'text'
  | 'comment'
  | 'network'
  | 'wildcard'
  | 'and'
  | 'break'
  | 'line'
  | ','
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '${'
  | '}'
  | ':'
  | '|'
  | '$$';

/** A part of a prompt; the parts follow each other without gaps. */
export interface Sign {
  kind: SignKind;
  start: number;
  end: number;
}

const single = new Map<string, SignKind>(
  ([',', '(', ')', '[', ']', '{', '}', ':', '|'] as const).map((sign) => [sign, sign]),
);
single.set('\n', 'line');
single.set('，', ',');
single.set('、', ',');

// Sticky: each looks only at the place it is asked about. Names are bounded, so that time stays linear.
const plain = /[^\\#<_,，、()[\]{}:|$\nAB]+/y;
const escape = /\\[\s\S]/y;
const comment = /#[^\n]*/y;
const wildcard = /__[@~!]?(?=[^_\s])[^{}|$#,;:()<>[\]"\n\r]{1,255}?(?:\([^()\n]{0,255}\))?__/y;
const word = /(?<![\p{L}\p{N}_])(?:AND|BREAK)(?![\p{L}\p{N}_])/uy;
const networkHead = /<[\p{L}\p{N}_]+:(?=[^>])/uy;

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : 0;
}

/** Takes a prompt apart. Any text; linear in its length. */
class SignReader {
  private readonly signs: Sign[] = [];
  /** The first '>' not before the place that is read; the text's length when there is none. */
  private closing = -1;

  constructor(private readonly text: string) {}

  read(): Sign[] {
    for (let at = 0; at < this.text.length;) at = this.step(at);
    return this.signs;
  }

  private step(at: number): number {
    const sign = this.text.charAt(at);
    const kind = single.get(sign);
    if (kind) return this.add(kind, at, at + 1);
    if (sign === '\\') return this.add('text', at, endOf(escape, this.text, at) || at + 1);
    if (sign === '#') return this.add('comment', at, endOf(comment, this.text, at));
    if (sign === '<') return this.network(at);
    if (sign === '$') return this.dollar(at);
    return this.words(at, sign);
  }

  private words(at: number, sign: string): number {
    if (sign === '_') {
      const end = endOf(wildcard, this.text, at);
      return end ? this.add('wildcard', at, end) : this.add('text', at, at + 1);
    }
    const end = sign === 'A' || sign === 'B' ? endOf(word, this.text, at) : 0;
    if (end) return this.add(sign === 'A' ? 'and' : 'break', at, end);
    return this.add('text', at, endOf(plain, this.text, at) || at + 1);
  }

  private dollar(at: number): number {
    const next = this.text.charAt(at + 1);
    if (next === '{') return this.add('${', at, at + 2);
    return next === '$' ? this.add('$$', at, at + 2) : this.add('text', at, at + 1);
  }

  private network(at: number): number {
    if (this.closing < at) {
      const found = this.text.indexOf('>', at);
      this.closing = found < 0 ? this.text.length : found;
    }
    const head = endOf(networkHead, this.text, at);
    if (head === 0 || head > this.closing || this.closing === this.text.length)
      return this.add('text', at, at + 1);
    return this.add('network', at, this.closing + 1);
  }

  private add(kind: SignKind, start: number, end: number): number {
    const last = this.signs.at(-1);
    if (kind === 'text' && last?.kind === 'text') last.end = end;
    else this.signs.push({ kind, start, end });
    return end;
  }
}

export function readSigns(text: string): Sign[] {
  return new SignReader(text).read();
}

/** Brackets that belong together, with the signs between them that no inner brackets hold. All are indices of signs. */
export interface Group {
  kind: '(' | '[' | '{' | '${';
  open: number;
  close: number;
  colons: number[];
  bars: number[];
  dollars: number[];
}

export interface Groups {
  /** Inner ones before those around them. */
  groups: Group[];
  /** Brackets without a partner. */
  unclosed: number[];
  unopened: number[];
}

const openers: Partial<Record<SignKind, string>> = { ')': '(', ']': '[', '}': '{' };

/** A closing bracket takes the nearest open one of its kind; those that were opened in between stay without a partner. */
export function matchBrackets(signs: readonly Sign[]): Groups {
  const result: Groups = { groups: [], unclosed: [], unopened: [] };
  const open: Group[] = [];
  const count: Record<string, number> = { '(': 0, '[': 0, '{': 0 };
  const family = (kind: string) => (kind === '${' ? '{' : kind);
  signs.forEach(({ kind }, index) => {
    const top = open.at(-1);
    if (kind === '(' || kind === '[' || kind === '{' || kind === '${') {
      open.push({ kind, open: index, close: -1, colons: [], bars: [], dollars: [] });
      count[family(kind)] = (count[family(kind)] ?? 0) + 1;
    } else if (kind === ':') top?.colons.push(index);
    else if (kind === '|') top?.bars.push(index);
    else if (kind === '$$') top?.dollars.push(index);
    const opener = openers[kind];
    if (opener === undefined) return;
    if (!count[opener]) {
      result.unopened.push(index);
      return;
    }
    for (let group = open.pop(); group; group = open.pop()) {
      const own = family(group.kind);
      count[own] = (count[own] ?? 0) - 1;
      if (own === opener) {
        result.groups.push({ ...group, close: index });
        break;
      }
      result.unclosed.push(group.open);
    }
  });
  result.unclosed.push(...open.map((group) => group.open));
  return result;
}

/** A number as weights are written, with spaces around it or full-width digits. */
export function readNumber(text: string): number | undefined {
  const digits = text.normalize('NFKC').trim();
  return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(digits) ? Number(digits) : undefined;
}

/** The number before the closing bracket, and the index of its colon's sign. */
export function numberOf(
  text: string,
  signs: readonly Sign[],
  group: Group,
): { value: number; colon: number } | undefined {
  const colon = group.colons.at(-1);
  if (colon === undefined) return undefined;
  const value = readNumber(text.slice(signs[colon]?.end, signs[group.close]?.start));
  return value === undefined ? undefined : { value, colon };
}

/** Whether square brackets change the text over the steps: `[a:b:0.5]`, `[a:10]`, `[a|b]`. */
export function isSchedule(text: string, signs: readonly Sign[], group: Group): boolean {
  if (group.kind !== '[') return false;
  if (group.bars.length > 0) return group.colons.length === 0;
  return group.colons.length <= 2 && numberOf(text, signs, group) !== undefined;
}
