import { describe, expect, it } from 'vitest';
import { type HighlightOptions, highlight } from './highlight';

/** Kind and text of all pieces but plain ones. */
function marks(text: string, options?: HighlightOptions): string[] {
  const segments = highlight(text, options);
  expect(segments.map((segment) => segment.text).join('')).toBe(text);
  return segments.filter(({ kind }) => kind !== 'plain').map((segment) => `${segment.kind} ${segment.text}`);
}

/** The plain words with their weights. */
function weights(text: string): [string, number][] {
  return highlight(text).flatMap(({ kind, text: words, weight }) =>
    kind === 'plain' ? [[words, weight]] : [],
  );
}

describe('weights', () => {
  it('multiply inwards', () => {
    expect(weights('a (b (c:1.5)) d')).toEqual([
      ['a ', 1],
      ['b ', 1.1],
      ['c', 1.65],
      [' d', 1],
    ]);
    expect(weights('((house:1.3))')).toEqual([['house', 1.43]]);
    expect(weights('[(a)]')).toEqual([['a', 1]]);
    expect(weights('[a]')).toEqual([['a', 0.909]]);
  });

  it('are marked with brackets, colon and number', () => {
    expect(marks('(cat:1.2)')).toEqual(['weight (', 'weight :', 'number 1.2', 'weight )']);
    expect(marks('(cat : １．４ )')).toEqual(['weight (', 'weight :', 'number  １．４ ', 'weight )']);
    expect(weights('(a:b:1.2)')).toEqual([['a:b', 1.2]]);
  });

  it('are no weights when they make no sense', () => {
    expect(weights('(a:1.2.3)')).toEqual([['a:1.2.3', 1.1]]);
    expect(marks('a:1.2')).toEqual(['number :1.2']);
  });

  it('leave escaped brackets alone', () => {
    expect(marks('saber \\(fate\\)')).toEqual([]);
    expect(marks('a\\')).toEqual([]);
  });
});

describe('the other signs', () => {
  it('AND and BREAK are words in capitals', () => {
    expect(marks('cat AND dog :0.8 AND BAND')).toEqual(['and AND', 'number :0.8 ', 'and AND']);
    expect(marks('a BREAK b BREAKS')).toEqual(['break BREAK']);
    expect(marks('(a BREAK b)')).toEqual(['weight (', 'weight )']);
    expect(marks('cat AND dog', { isNegative: true })).toEqual([]);
  });

  it('networks are known or not', () => {
    const isNetwork = (kind: string, name: string) => kind === 'lora' && name === 'ink';
    expect(marks('<lora:ink:0.8> <lora:oil:1>', { isNetwork })).toEqual([
      'network <lora:ink:0.8>',
      'network-unknown <lora:oil:1>',
    ]);
    expect(marks('<lora:ink:0.8>', { isNegative: true })).toEqual([]);
    expect(marks('<lora:ink')).toEqual([]);
    expect(marks('>_<, 1 < 2, <3')).toEqual([]);
  });

  it('wildcards are known or not', () => {
    const isWildcard = (name: string) => name === 'colour';
    const text = '__colour__ __shape__ __co*__ __@colour__ __colour(x=red)__';
    expect(marks(text, { isWildcard })).toEqual([
      'wildcard __colour__',
      'wildcard-unknown __shape__',
      'wildcard __co*__',
      'wildcard __@colour__',
      'wildcard __colour(x=red)__',
    ]);
    expect(marks('____ __ __a, b__')).toEqual([]);
  });

  it('templates show their signs', () => {
    expect(marks('{a|b}')).toEqual(['template {', 'template |', 'template }']);
    expect(marks('{2$$a|0.5::b}')).toEqual([
      'template {',
      'number 2',
      'template $$',
      'template |',
      'number 0.5',
      'template ::',
      'template }',
    ]);
    expect(marks('${x=red} ${x}')).toEqual(['template ${', 'template }', 'template ${', 'template }']);
    expect(marks('{word}')).toEqual([]);
  });

  it('changes over time show their signs', () => {
    expect(marks('[a:b:0.5]')).toEqual([
      'schedule [',
      'schedule :',
      'schedule :',
      'number 0.5',
      'schedule ]',
    ]);
    expect(marks('[a::10]')).toEqual(['schedule [', 'schedule ::', 'number 10', 'schedule ]']);
    expect(marks('[a|b]')).toEqual(['schedule [', 'schedule |', 'schedule ]']);
    expect(weights('[a:b:0.5]')).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(marks('[a:b:c]')).toEqual(['weight [', 'weight ]']);
  });

  it('comments reach to the end of the line', () => {
    expect(marks('a # (b\nc')).toEqual(['comment # (b']);
  });
});

describe('broken prompts', () => {
  it('show the bracket that lacks a partner', () => {
    expect(marks('(a, b')).toEqual(['error (']);
    expect(marks('a)')).toEqual(['error )']);
    expect(marks('(a [b)')).toEqual(['weight (', 'error [', 'weight )']);
    expect(marks('(a]')).toEqual(['error (', 'error ]']);
    expect(marks('{a|b')).toEqual(['error {']);
  });

  it('are read whole, whatever they are and however long', () => {
    const pieces = [
      '(',
      ')',
      '[',
      '(a:',
      '{|',
      '__a',
      '_',
      '<a:',
      '\\',
      ':1',
      '((a:1.1)',
      '[a:b:',
      'AND ',
      '${',
      '1::',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      const segments = highlight(text);
      expect(segments.reduce((sum, segment) => sum + segment.text.length, 0)).toBe(text.length);
    }
  });
});
