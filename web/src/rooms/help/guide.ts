/** Pictures that Hajime made with the words beside them. */
const files = import.meta.glob<string>('./pictures/*.webp', {
  eager: true,
  import: 'default',
  query: '?url',
});

export interface Figure {
  /** Name of the file in pictures/, without its end. */
  picture: string;
  caption: string;
}

export type Block =
  | { kind: 'text'; text: string }
  /** Words to try: a button takes them to Create. */
  | { kind: 'words'; prompt: string; negative?: string; seed: number }
  | { kind: 'figures'; figures: readonly Figure[] }
  /** Names with what they mean. */
  | { kind: 'terms'; terms: readonly (readonly [name: string, meaning: string])[] }
  /** Keys, separated by spaces, with what they do. */
  | { kind: 'keys'; keys: readonly (readonly [keys: string, meaning: string])[] };

export interface Chapter {
  id: string;
  title: string;
  blocks: readonly Block[];
}

export function pictureAddress(name: string): string {
  return files[`./pictures/${name}.webp`] ?? '';
}

/** What Hajime draws well with. */
export const goodSettings = {
  steps: 22,
  cfg_scale: 6.5,
  sampler_name: 'DPM++ 2M',
  scheduler: 'Karras',
} as const;

export const usualNegative = '(worst quality, low quality:1.4)';
