/** The key: value pairs of a picture's text as tables show them. */
export interface RecipeRow {
  key: string;
  value: string;
}

/** Keys in the order in which people look for them; others follow as the picture has them. */
const order = [
  'Steps',
  'Sampler',
  'Schedule type',
  'CFG scale',
  'Seed',
  'Size',
  'Model',
  'Model hash',
  'VAE',
  'VAE hash',
  'Clip skip',
  'Denoising strength',
  'Variation seed',
  'Variation seed strength',
  'Lora hashes',
  'TI hashes',
  'Version',
];

/** Names under which the words themselves, or the whole text, may stand among the pairs. */
const words = new Set(['prompt', 'negative prompt', 'parameters', 'usercomment', 'comment']);

export function recipeRows(items: Readonly<Record<string, string>>): RecipeRow[] {
  const rank = (key: string) => {
    const place = order.indexOf(key);
    return place < 0 ? order.length : place;
  };
  return Object.entries(withSize(items))
    .filter(([key]) => !words.has(key.toLowerCase()))
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => rank(a.key) - rank(b.key));
}

/** The studio takes "Size: 512x768" apart into "Size-1" and "Size-2"; people want it in one. */
function withSize(items: Readonly<Record<string, string>>): Record<string, string> {
  const { 'Size-1': width, 'Size-2': height, ...rest } = items;
  return width && height ? { ...rest, Size: `${width}x${height}` } : { ...items };
}

export interface RecipeWords {
  prompt: string;
  negative: string;
}

/** Takes the words out of a picture's text: what stands before "Steps:", split at "Negative prompt:". */
export function recipeWords(infotext: string): RecipeWords {
  const lines = infotext.split('\n');
  let end = lines.length;
  for (let line = lines.length - 1; line >= 0; line -= 1) {
    if (!/^\s*(Steps|Size|Seed): /.test(lines[line] ?? '')) continue;
    end = line;
    break;
  }
  const text = lines.slice(0, end).join('\n');
  const mark = /(^|\n)Negative prompt:/.exec(text);
  if (!mark) return { prompt: text.trim(), negative: '' };
  return {
    prompt: text.slice(0, mark.index).trim(),
    negative: text.slice(mark.index + mark[0].length).trim(),
  };
}

export interface Difference {
  key: string;
  /** null: this one does not say. */
  left: string | null;
  right: string | null;
}

/** The pairs in which two recipes differ, in the order of `recipeRows`. */
export function recipeDifferences(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): Difference[] {
  const [one, other] = [withSize(left), withSize(right)];
  return recipeRows({ ...one, ...other })
    .map(({ key }) => ({ key, left: one[key] ?? null, right: other[key] ?? null }))
    .filter((row) => row.left !== row.right);
}

export interface Word {
  text: string;
  shared: boolean;
}

/** The words of a prompt, each told whether the other prompt has it too. Order and case do not matter. */
export function comparedWords(text: string, other: string): Word[] {
  const split = (whole: string) =>
    whole
      .split(/,|\n|\bBREAK\b/)
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const there = new Set(split(other).map((word) => word.toLowerCase()));
  return split(text).map((word) => ({ text: word, shared: there.has(word.toLowerCase()) }));
}
