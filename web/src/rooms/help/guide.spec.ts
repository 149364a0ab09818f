import { describe, expect, it } from 'vitest';
import { pictureAddress, type Chapter } from './guide';
import { guideEn } from './guide.en';
import { guideJa } from './guide.ja';

function shape(guide: readonly Chapter[]) {
  return guide.map(({ id, blocks }) => [
    id,
    ...blocks.map((block) => {
      if (block.kind === 'figures') return block.figures.map(({ picture }) => picture);
      if (block.kind === 'terms') return block.terms.length;
      return block.kind === 'keys' ? block.keys.map(([keys]) => keys) : block.kind;
    }),
  ]);
}

describe('the guide', () => {
  it('tells the same in both languages', () => {
    expect(shape(guideJa)).toEqual(shape(guideEn));
  });

  it('shows pictures that are there', () => {
    const figures = guideEn
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) => (block.kind === 'figures' ? block.figures : []));
    expect(figures.length).toBeGreaterThan(10);
    for (const { picture } of figures) expect(pictureAddress(picture), picture).not.toBe('');
  });
});
