import { describe, expect, it } from 'vitest';
import { parseExact } from './exact-json';

describe('parseExact', () => {
  it('reads whole numbers beyond 2^53 as text', () => {
    const text = '{"seed":9007199254740993,"list":[-9223372036854775808, 9007199254740991]}';
    expect(parseExact(text)).toEqual({
      seed: '9007199254740993',
      list: ['-9223372036854775808', 9007199254740991],
    });
  });

  it('leaves all else as it is', () => {
    const value = {
      prompt: 'seed: 9007199254740993, "quoted\\" 9007199254740993"',
      share: 0.12345678901234568,
      large: 1e300,
      time: 1700000000000,
    };
    expect(parseExact(JSON.stringify(value))).toEqual(value);
    expect(() => parseExact('{"a":12345678901234567890')).toThrow(SyntaxError);
  });
});
