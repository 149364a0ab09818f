import { describe, expect, it } from 'vitest';
import {
  everything,
  filterCount,
  isNarrowed,
  paramsFromSearch,
  queryFromSearch,
  searchFromParams,
  type PictureSearch,
} from './search-state';

const narrowed: PictureSearch = {
  text: '青い髪 "blue sky" -smile',
  model: 'hajime',
  adapter: 'ink',
  tag: 'favourite',
  rating: 4,
  from: '2026-03-01',
  until: '2026-03-02',
  order: 'oldest',
  bin: true,
};

describe('search state', () => {
  it('comes back from its own address', () => {
    expect(searchFromParams(paramsFromSearch(narrowed))).toEqual(narrowed);
    expect(paramsFromSearch(everything)).toEqual({});
    expect(searchFromParams({})).toEqual(everything);
  });

  it('ignores what makes no sense in an address', () => {
    const strange = { rating: '9', from: '2026-13-01', until: 'now', order: 'random', bin: '1', id: '5' };
    expect(searchFromParams(strange)).toEqual(everything);
    expect(searchFromParams({ rating: '2.5' }).rating).toBe(0);
  });

  it('asks for whole days, the last one included', () => {
    const query = queryFromSearch(narrowed);
    expect(query.from).toBe(new Date(2026, 2, 1).getTime());
    expect(query.until).toBe(new Date(2026, 2, 3).getTime() - 1);
  });

  it('asks only for what is set', () => {
    expect(queryFromSearch({ ...everything, text: '  ' })).toEqual({ order: 'newest' });
    expect(queryFromSearch(narrowed)).toMatchObject({ min_rating: 4, bin: true, tag: 'favourite' });
  });

  it('counts filters without the words', () => {
    expect(filterCount(narrowed)).toBe(6);
    expect(filterCount({ ...everything, text: 'sky' })).toBe(0);
    expect(isNarrowed({ ...everything, text: 'sky' })).toBe(true);
    expect(isNarrowed({ ...everything, bin: true, order: 'rating' })).toBe(false);
  });
});
