import { describe, expect, it } from 'vitest';
import { fillPath, queryText, readProblem } from './call';

describe('fillPath', () => {
  it('keeps a name with a slash one part', () => {
    expect(fillPath('/models/{use}/{name}', { use: 'lora', name: 'people/少女 #1' })).toBe(
      '/models/lora/people%2F%E5%B0%91%E5%A5%B3%20%231',
    );
  });
});

describe('queryText', () => {
  it('leaves out what is not asked', () => {
    expect(queryText({ text: 'a b&c', seed: undefined, model: '', limit: 0 })).toBe('?text=a+b%26c&limit=0');
    expect(queryText({})).toBe('');
  });
});

describe('readProblem', () => {
  it('takes over what the server says', () => {
    const text = '{"error":{"code":"invalid_argument","message":"steps is 0, expected 1..150"}}';
    expect(readProblem(400, text)).toEqual({
      status: 400,
      code: 'invalid_argument',
      message: 'steps is 0, expected 1..150',
    });
  });

  it('refuses anything else', () => {
    for (const text of ['', '<html>', '{}', 'null', '{"error":"no"}', '{"error":{"message":""}}'])
      expect(readProblem(500, text), text).toBeUndefined();
  });
});
