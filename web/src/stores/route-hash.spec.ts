import { describe, expect, it } from 'vitest';
import { parseRoute, roomNames, routeHash } from './route-hash';

describe('route', () => {
  it('comes back from its own address for every room', () => {
    for (const room of roomNames) {
      const params = { id: '12', search: 'a & b # ?' };
      expect(parseRoute(routeHash(room, params))).toEqual({ room, params });
    }
  });

  it('leads to Create when the address is empty or unknown', () => {
    expect(parseRoute('').room).toBe('create');
    expect(parseRoute('#/nowhere').room).toBe('create');
    expect(parseRoute('#/__proto__').room).toBe('create');
  });
});
