/**
 * A seed has up to 63 bits; a number of JavaScript holds 53 exactly. Larger ones are decimal text, which the server
 * takes as well, so that no seed changes on its way through a page.
 */
export type Seed = number | string;

const largest = 2n ** 63n - 1n;

function seedOf(whole: bigint): Seed {
  const number = Number(whole);
  return Number.isSafeInteger(number) ? number : String(whole);
}

/** What was typed as a seed; undefined when it is none. -1 asks for a random one. */
export function readSeed(text: string): Seed | undefined {
  const digits = text.trim();
  if (!/^-?\d+$/.test(digits)) return undefined;
  const whole = BigInt(digits);
  return whole < -1n || whole > largest ? undefined : seedOf(whole);
}

export function isSeed(value: unknown): value is Seed {
  return typeof value === 'number'
    ? Number.isSafeInteger(value)
    : typeof value === 'string' && readSeed(value) === value;
}
