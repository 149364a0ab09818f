import { expect, it } from 'vitest';
import { japaneseSentence, sentence } from './sentence';

it('makes a sentence of a part of one', () => {
  expect(sentence('steps is 0, expected 1..150')).toBe('Steps is 0, expected 1..150.');
  expect(sentence("unknown setting 'x', did you mean 'y'?")).toBe("Unknown setting 'x', did you mean 'y'?");
  expect(sentence('')).toBe('');
  expect(japaneseSentence('中断しました')).toBe('中断しました。');
  expect(japaneseSentence('「y」のことですか？')).toBe('「y」のことですか？');
});
