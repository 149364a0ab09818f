import { describe, expect, it } from 'vitest';
import { moveTag } from './move-keys';
import type { MarkedText } from './marked-text';
import { type WeightSteps, weightKey } from './weight-keys';

/** Bars mark the selection, one bar the caret. */
function marked(text: string): MarkedText {
  const [before = '', inside = '', after] = text.split('|');
  if (after === undefined) return { text: before + inside, start: before.length, end: before.length };
  return { text: before + inside + after, start: before.length, end: before.length + inside.length };
}

function shown({ text, start, end }: MarkedText): string {
  if (start === end) return `${text.slice(0, start)}|${text.slice(start)}`;
  return `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;
}

const up = (text: string, steps?: WeightSteps) => shown(weightKey(marked(text), 1, steps));
const down = (text: string, steps?: WeightSteps) => shown(weightKey(marked(text), -1, steps));

describe('the weight of words', () => {
  it('rises and falls in steps, and loses its brackets at one', () => {
    const texts = ['long h|air', '(long h|air:1.1)', '(long h|air:1.2)', '(long h|air:1.3)'];
    texts.slice(1).forEach((text, index) => {
      expect(up(texts[index] ?? '')).toBe(text);
      expect(down(text)).toBe(texts[index]);
    });
    expect(down('long h|air')).toBe('(long h|air:0.9)');
    expect(up('(long h|air:0.9)')).toBe('long h|air');
  });

  it('is given to the tag at the caret', () => {
    expect(up('a, smi|le, b')).toBe('a, (smi|le:1.1), b');
    expect(up('a,|smile,b')).toBe('a,(|smile:1.1),b');
    expect(up('a\nsmile|\nb')).toBe('a\n(smile|:1.1)\nb');
    expect(up('cat AND do|g')).toBe('cat AND (do|g:1.1)');
    expect(up('saber \\(fa|te\\), b')).toBe('(saber \\(fa|te\\):1.1), b');
    expect(up('a, :|d, b')).toBe('a, (:|d:1.1), b');
    expect(up('[cat:do|g:0.5]')).toBe('[cat:(do|g:1.1):0.5]');
    expect(up('{red|}'.replace('|', '|'))).toBe('{(red|:1.1)}');
  });

  it('is given to what is selected, several tags too', () => {
    expect(up('|a, b|, c')).toBe('(|a, b|:1.1), c');
    expect(up('|a, b, |c')).toBe('(|a, b|:1.1), c');
    expect(up('(|a, b|:1.1), c')).toBe('(|a, b|:1.2), c');
    expect(up('|(a, b:1.1)|, c')).toBe('(|a, b|:1.2), c');
    expect(down('(|a, b|:1.1), c')).toBe('|a, b|, c');
    expect(up('long |hair|')).toBe('long (|hair|:1.1)');
  });

  it('changes the brackets around the caret', () => {
    expect(up('(a, b|:1.2), c')).toBe('(a, b|:1.3), c');
    expect(up('((smi|le))')).toBe('((smi|le:1.2))');
    expect(up('(a, (b|:1.2):1.3)')).toBe('(a, (b|:1.3):1.3)');
    expect(up('(smile:1|.2)')).toBe('(smile|:1.3)');
  });

  it('keeps several tags selected when their brackets go', () => {
    expect(down('(a, b|:1.1), c')).toBe('|a, b|, c');
  });

  it('understands square brackets', () => {
    expect(up('[|smile|]')).toBe('|smile|');
    expect(down('[|smile|]')).toBe('(|smile|:0.8)');
    expect(up('[|cat:dog:0.5|]')).toBe('[(|cat:dog:0.5|:1.1)]');
  });

  it('stays exact over many steps and within bounds', () => {
    let text = marked('|a|');
    for (let i = 0; i < 150; i++) text = weightKey(text, 1);
    expect(text.text).toBe('(a:10)');
    for (let i = 0; i < 150; i++) text = weightKey(text, -1);
    expect(text.text).toBe('(a:0)');
    for (let i = 0; i < 10; i++) text = weightKey(text, 1);
    expect(text.text).toBe('a');
  });

  it('takes other steps', () => {
    expect(up('|a|', { words: 0.05 })).toBe('(|a|:1.05)');
  });

  it.each(['|', 'a, |, b', 'a, | |', '# a|', '((((|'])('leaves %j alone', (text) => {
    expect(up(text)).toBe(shown(marked(text)));
  });
});

describe('the weight of networks', () => {
  it('rises and falls', () => {
    expect(up('a <lora:in|k:0.8>')).toBe('a <lora:in|k:0.85>');
    expect(down('a <lora:in|k:0.05>')).toBe('a <lora:in|k:0>');
    expect(down('a <lora:in|k:0>')).toBe('a <lora:in|k:-0.05>');
    expect(up('|<lora:ink:0.8>|', { networks: 0.1 })).toBe('|<lora:ink:0.9>|');
  });

  it('begins at one', () => {
    expect(up('<lora:in|k>')).toBe('<lora:in|k:1.05>');
  });

  it('moves both parts and leaves the rest', () => {
    expect(up('<lora:in|k:0.5:0.8:4>')).toBe('<lora:in|k:0.55:0.85:4>');
    expect(up('<lora:in|k:1:unet=0.5>')).toBe('<lora:in|k:1.05:unet=0.5>');
  });
});

describe('moving tags', () => {
  const left = (text: string) => shown(moveTag(marked(text), -1));
  const right = (text: string) => shown(moveTag(marked(text), 1));

  it('swaps a tag with the next', () => {
    expect(right('a|a, bb, cc')).toBe('bb, a|a, cc');
    expect(left('aa, bb, c|c')).toBe('aa, c|c, bb');
    expect(left('aa,\nb|b,cc')).toBe('b|b,\naa,cc');
  });

  it('moves all that are selected', () => {
    expect(right('|aa, bb|, cc, dd')).toBe('cc, |aa, bb|, dd');
    expect(left('aa, b|b, c|c')).toBe('b|b, c|c, aa');
  });

  it('takes weighted tags and networks whole', () => {
    expect(left('aa, (bb, cc:1.2), <lora:x:1>, d|d')).toBe('aa, (bb, cc:1.2), d|d, <lora:x:1>');
    expect(left('aa, (bb, cc:1.2), d|d')).toBe('aa, d|d, (bb, cc:1.2)');
  });

  it('stays within the brackets and before their weight', () => {
    expect(right('(a|a, bb:1.2), cc')).toBe('(bb, a|a:1.2), cc');
    expect(right('(aa, b|b:1.2), cc')).toBe('(aa, b|b:1.2), cc');
  });

  it.each(['|', 'a|a', '|aa, bb', ', ,|'])('has nowhere to go in %j', (text) => {
    expect(left(text)).toBe(shown(marked(text)));
  });
});
