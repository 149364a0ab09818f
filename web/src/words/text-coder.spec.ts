import { describe, expect, it } from 'vitest';
import { packBytes, unpackBytes } from '../../dictionary/text-coder.mjs';

const roundTrip = (bytes: Uint8Array) => unpackBytes(packBytes(bytes), bytes.length);

describe('packBytes', () => {
  it('gives back what it took', () => {
    const noise = Uint8Array.from({ length: 3000 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 255);
    const texts = ['', 'a', 'a'.repeat(5000), 'blue eyes\nblue hair\n'.repeat(50), '髪と瞳、リボン'];
    for (const bytes of [noise, ...texts.map((text) => new TextEncoder().encode(text))])
      expect(roundTrip(bytes)).toEqual(bytes);
  });

  it('makes texts small', () => {
    expect(packBytes(new TextEncoder().encode('long hair, blue eyes\n'.repeat(100))).length).toBeLessThan(
      120,
    );
  });

  it('packs as it always did, so that every browser can unpack it', () => {
    expect([...packBytes(new TextEncoder().encode('smile, smile'))]).toMatchInlineSnapshot(`
      [
        140,
        126,
        93,
        35,
        175,
        107,
        109,
        111,
        206,
        41,
        205,
        91,
        177,
      ]
    `);
  });
});
