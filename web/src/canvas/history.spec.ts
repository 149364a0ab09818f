import { describe, expect, it } from 'vitest';
import { History, type Step, type TileChange, type Vault } from './history';

/** A document of one number, kept in a tile of one word. */
function counter(vault?: Vault, budget?: number) {
  const box = { value: 0 };
  const exchange = ({ tiles }: Step<null>): Step<null> => {
    const before = box.value;
    box.value = tiles[0]?.packed?.[1] ?? 0;
    return stepOf(before);
  };
  const history = new History<null>(exchange, vault, budget);
  const set = (value: number) => {
    history.record(stepOf(box.value));
    box.value = value;
  };
  return { box, history, set };
}

const stepOf = (value: number): Step<null> => ({
  tiles: [{ layer: 1, key: 0, packed: new Int32Array([1, value]) }],
  rest: null,
});

function memoryVault() {
  const kept = new Map<number, TileChange[]>();
  const vault: Vault = {
    put: async (key, tiles) => void kept.set(key, [...tiles]),
    take: async (key) => {
      const tiles = kept.get(key) ?? [];
      kept.delete(key);
      return tiles;
    },
  };
  return { kept, vault };
}

describe('undo', () => {
  it('goes back to the beginning and forth to the end', async () => {
    const { box, history, set } = counter();
    for (let value = 1; value <= 500; value += 1) set(value);
    for (let value = 499; value >= 0; value -= 1) {
      await history.undo();
      expect(box.value).toBe(value);
    }
    expect([history.canUndo, await history.undo(), box.value]).toEqual([false, false, 0]);
    while (await history.redo());
    expect(box.value).toBe(500);
  });

  it('forgets what was undone when something new is done', async () => {
    const { box, history, set } = counter();
    set(1);
    set(2);
    await history.undo();
    set(3);
    expect([history.canRedo, await history.redo(), box.value]).toEqual([false, false, 3]);
  });

  it('does presses in quick succession one after the other', async () => {
    const { box, history, set } = counter();
    for (const value of [1, 2, 3, 4]) set(value);
    await Promise.all([history.undo(), history.undo(), history.redo(), history.undo()]);
    expect(box.value).toBe(2);
  });

  it('holds no more than its budget in memory and loses nothing', async () => {
    const { kept, vault } = memoryVault();
    const { box, history, set } = counter(vault, 80);
    for (let value = 1; value <= 100; value += 1) set(value);
    await Promise.resolve();
    expect(kept.size).toBe(90);
    for (let value = 99; value >= 0; value -= 1) {
      await history.undo();
      expect(box.value).toBe(value);
    }
    while (await history.redo());
    expect(box.value).toBe(100);
  });

  it('keeps steps in memory when the vault cannot take them', async () => {
    const vault: Vault = { put: () => Promise.reject(new Error('full')), take: async () => [] };
    const { box, history, set } = counter(vault, 16);
    for (let value = 1; value <= 20; value += 1) set(value);
    await Promise.resolve();
    while (await history.undo());
    expect(box.value).toBe(0);
  });
});
