import { describe, expect, it } from 'vitest';
import { type Vocabulary, propose } from './completion';
import type { Tag } from './tag';
import { TagIndex } from './tag-index';

function tag(name: string, count: number, more: Partial<Tag> = {}): Tag {
  return { name, category: 'general', group: '', count, words: [], readings: [], aliases: [], ...more };
}

const vocabulary: Vocabulary = {
  tags: new TagIndex([
    tag('long hair', 4000, { words: ['長髪'], readings: ['ちょうはつ'] }),
    tag('hair ornament', 1000, { words: ['髪飾り'], readings: ['かみかざり'] }),
    tag('smile', 3000, { words: ['笑顔'], readings: ['えがお'] }),
    tag('smirk', 50),
    tag('grin', 700, { aliases: ['toothy smile'] }),
    tag('saber (fate)', 60, { category: 'character' }),
    tag('>_<', 40, { words: ['ぎゅっと閉じた目'], readings: ['ぎゅっととじため'] }),
    tag(':d', 400),
    tag('score_9', 30),
    tag('1girl', 5000),
  ]),
  networks: [
    { kind: 'lora', name: 'ink_wash', weight: 0.7 },
    { kind: 'lora', name: 'Soft Light' },
    { kind: 'hypernet', name: 'inkpot' },
  ],
  embeddings: ['easy_negative', 'bad(hands)'],
  wildcards: ['colour', 'people/hair'],
};

/** The text with the caret at the bar, after the best suggestion was taken. */
function taken(marked: string, entry = 0): string | undefined {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const proposal = propose(vocabulary, text, caret);
  const chosen = proposal?.entries[entry];
  if (!proposal || !chosen) return undefined;
  return `${text.slice(0, proposal.from)}${chosen.insert}|${text.slice(proposal.to)}`;
}

const labels = (text: string) => propose(vocabulary, text, text.length)?.entries.map(({ label }) => label);

describe('finding', () => {
  it('puts names that begin with the text before those that hold it', () => {
    expect(labels('hair')).toEqual(['hair ornament', 'long hair']);
    expect(labels('mile')).toEqual(['smile']);
  });

  it('orders by how common a tag is', () => {
    expect(labels('sm')).toEqual(['smile', 'smirk']);
  });

  it('takes underscores for spaces and capitals for small letters', () => {
    expect(labels('Long_H')).toEqual(['long hair']);
  });

  it('reads kanji, hiragana, katakana and romaji', () => {
    for (const typed of ['笑', 'えが', 'エガオ', 'ega', 'EGAO']) expect(labels(typed)?.[0]).toBe('smile');
  });

  it('finds kanji inside of words', () => {
    expect(labels('髪')).toEqual(['hair ornament', 'long hair']);
  });

  it('keeps places for kanji inside of words', () => {
    const many = Array.from({ length: 30 }, (_, i) => tag(`hair ${i}`, i, { words: [`髪${i}`] }));
    const tags = new TagIndex([...many, tag('blonde hair', 100, { words: ['金髪'] })]);
    const proposal = propose({ ...vocabulary, tags }, '髪', 1);
    expect(proposal?.entries).toHaveLength(20);
    expect(proposal?.entries.map(({ label }) => label)).toContain('blonde hair');
  });

  it('names the alias or the word that was found', () => {
    const entry = (text: string) => propose(vocabulary, text, text.length)?.entries[0];
    expect(entry('toothy')).toMatchObject({ label: 'grin', note: 'toothy smile' });
    expect(entry('egao')).toMatchObject({ label: 'smile', note: '笑顔' });
    expect(entry('smile')).toMatchObject({ label: 'smile', note: '笑顔', count: 3000 });
  });

  it('finds faces made of signs', () => {
    expect(labels('>_')).toEqual(['>_<']);
    expect(labels('a, :d')).toEqual([':d']);
    expect(labels('score_')).toEqual(['score_9']);
  });

  it('looks at the last words of a sentence', () => {
    expect(taken('a girl with long ha|')).toBe('a girl with long hair, |');
    expect(taken('a girl in the rain with a very long ha|')).toBe(
      'a girl in the rain with a very long hair, |',
    );
    expect(taken('a girl with a smil|')).toBe('a girl with a smile, |');
  });
});

describe('inserting', () => {
  it('adds a comma, and a space before where one is missing', () => {
    expect(taken('smi|')).toBe('smile, |');
    expect(taken('1girl,smi|')).toBe('1girl, smile, |');
    expect(taken('1girl,\nsmi|')).toBe('1girl,\nsmile, |');
  });

  it('goes behind a comma that is there', () => {
    expect(taken('smi|, 1girl')).toBe('smile, |1girl');
    expect(taken('smi| 1girl')).toBe('smile, |1girl');
    expect(taken('smi|\n1girl')).toBe('smile, |\n1girl');
  });

  it('replaces the rest of the word', () => {
    expect(taken('smi|le, 1girl')).toBe('smile, |1girl');
  });

  it('leaves weights and brackets alone', () => {
    expect(taken('(smi|:1.2)')).toBe('(smile|:1.2)');
    expect(taken('((long ha|))')).toBe('((long hair|))');
    expect(taken('{smi|}')).toBe('{smile|}');
    expect(taken('[cat:smi|:0.5]')).toBe('[cat:smile|:0.5]');
    expect(taken('BREAK smi|')).toBe('BREAK smile, |');
    expect(taken('cat AND smi|')).toBe('cat AND smile, |');
  });

  it('leaves room for a weight in a bracket that is still open', () => {
    expect(taken('cat, (smi|')).toBe('cat, (smile|');
    expect(taken('(cat), smi|')).toBe('(cat), smile, |');
    expect(taken('saber \\(fate\\), smi|')).toBe('saber \\(fate\\), smile, |');
  });

  it('escapes brackets', () => {
    expect(taken('saber|')).toBe('saber \\(fate\\), |');
    expect(taken('saber \\(fa|')).toBe('saber \\(fate\\), |');
    expect(taken('hands|')).toBe('bad\\(hands\\), |');
  });

  it('leaves the names of embeddings as they are', () => {
    expect(taken('easy neg|')).toBe('easy_negative, |');
  });
});

describe('networks', () => {
  it('offers all of a kind after its sign', () => {
    expect(labels('<lo')).toEqual(['ink_wash', 'Soft Light']);
    expect(labels('<lora:')).toEqual(['ink_wash', 'Soft Light']);
    expect(labels('<hypernet:')).toEqual(['inkpot']);
    expect(labels('<ink')).toEqual(['ink_wash', 'inkpot']);
  });

  it('writes the whole sign with its weight', () => {
    expect(taken('cat <lora:ink|')).toBe('cat <lora:ink_wash:0.7> |');
    expect(taken('<lora:soft|, cat')).toBe('<lora:Soft Light:1>|, cat');
  });

  it('keeps a weight that is there', () => {
    expect(taken('<lora:in|k:0.3>, cat')).toBe('<lora:ink_wash:0.3>|, cat');
  });

  it('offers nothing in the weight', () => {
    expect(labels('<lora:ink_wash:0')).toBeUndefined();
  });
});

describe('wildcards', () => {
  it('offers names and closes them', () => {
    expect(labels('__')).toEqual(['colour', 'people/hair']);
    expect(taken('a __col| cat')).toBe('a __colour__| cat');
    expect(taken('__hai|r__ cat')).toBe('__people/hair__| cat');
  });

  it('offers none behind a closed one', () => {
    expect(taken('__colour__ smi|')).toBe('__colour__ smile, |');
  });
});

describe('silence', () => {
  it.each(['', 'smile, ', '(smile:1.', '# smi', 's', '(cat:1', 'xyzzy', '<', '<lora:none'])(
    'at %j',
    (text) => {
      expect(propose(vocabulary, text, text.length)).toBeUndefined();
    },
  );

  it('while an input method is at work', () => {
    expect(propose(vocabulary, 'えがお', 3, { isComposing: true })).toBeUndefined();
  });

  it('within long texts without spaces', () => {
    const text = '('.repeat(50_000) + 'q'.repeat(50_000);
    expect(propose(vocabulary, text, text.length)).toBeUndefined();
  });
});
