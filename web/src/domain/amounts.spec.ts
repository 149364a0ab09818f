import { describe, expect, it } from 'vitest';
import { byteText } from './amounts';

describe('byteText', () => {
  it('takes the largest unit that leaves a whole part', () => {
    expect(byteText(0)).toBe('0 B');
    expect(byteText(1023)).toBe('1023 B');
    expect(byteText(1024)).toBe('1.0 KB');
    expect(byteText(41012350)).toBe('39.1 MB');
    expect(byteText(7 * 1024 ** 3)).toBe('7.0 GB');
  });

  it('drops the digit behind the point where it says nothing', () => {
    expect(byteText(512 * 1024 ** 2)).toBe('512 MB');
  });

  it('does not run out of units', () => {
    expect(byteText(3000 * 1024 ** 4)).toBe('3000 TB');
  });
});
