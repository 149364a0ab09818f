/** A message of the server and what it is in another language, both with places in braces. */
export interface CatalogueEntry {
  /** As the C++ sources write it: `{}`, `{:.1f}` and `{0}` are places, `{{` is a brace. */
  original: string;
  /** `{0}` stands for what the first place of `original` held, whatever its name there. */
  translation: string;
}

/** Reads pairs of lines with empty lines between them; a paragraph that begins with # is a comment. */
export function readCatalogue(text: string): CatalogueEntry[] {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '' && !paragraph.startsWith('#'))
    .map((paragraph) => {
      const [original, translation, ...more] = paragraph.trimEnd().split('\n');
      if (!original || !translation || more.length > 0) throw new Error(`no pair of lines: '${paragraph}'`);
      return { original, translation };
    });
}

const place = /\{\{|\}\}|\{[^{}]*\}/g;
const signs = /[\\^$.*+?()[\]{}|/-]/g;

interface Pattern {
  expression: RegExp;
  translation: string;
  /** By place: whether it stands between quotes, where names and the user's own words are. */
  quoted: boolean[];
  /** Letters outside of places: of two patterns that fit, the one with more of them says more. */
  weight: number;
}

function patternOf({ original, translation }: CatalogueEntry): Pattern {
  const quoted: boolean[] = [];
  let expression = '';
  let weight = 0;
  let end = 0;
  const literal = (text: string) => {
    expression += text.replace(signs, '\\$&');
    weight += text.length;
  };
  for (const { 0: found, index } of original.matchAll(place)) {
    literal(original.slice(end, index));
    end = index + found.length;
    if (found === '{{' || found === '}}') {
      literal(found.charAt(0));
    } else {
      quoted.push(original.charAt(index - 1) === "'" && original.charAt(end) === "'");
      expression += '(.*?)';
    }
  }
  literal(original.slice(end));
  return { expression: new RegExp(`^${expression}$`, 's'), translation, quoted, weight };
}

// A message within a message within a message; more would be a loop.
const deepest = 4;

/** Says in another language what the server said, by a catalogue of its messages. */
export class Translator {
  readonly #patterns: Pattern[];
  readonly #known = new Map<string, string | undefined>();

  constructor(entries: CatalogueEntry[]) {
    this.#patterns = entries.map(patternOf).sort((a, b) => b.weight - a.weight);
  }

  /** undefined for a message that the catalogue does not hold. */
  translate(message: string): string | undefined {
    if (!this.#known.has(message)) this.#known.set(message, this.#translate(message, 0));
    return this.#known.get(message);
  }

  #translate(message: string, depth: number): string | undefined {
    if (depth > deepest || !/[a-z]/i.test(message)) return undefined;
    for (const { expression, translation, quoted } of this.#patterns) {
      const found = expression.exec(message);
      if (!found) continue;
      const parts = found
        .slice(1)
        .map((part, index) => (quoted[index] ? part : (this.#translate(part, depth + 1) ?? part)));
      return translation.replace(/\{(\d+)\}/g, (_, index: string) => parts[Number(index)] ?? '');
    }
    return undefined;
  }
}
