import type { PackedTile } from './packing';

export interface TileChange {
  layer: number;
  key: number;
  /** null: there was no tile. */
  packed: PackedTile | null;
}

/** A place for tiles that are seldom wanted; the browser's storage, or anything that keeps them. */
export interface Vault {
  put(key: number, tiles: readonly TileChange[]): Promise<void>;
  take(key: number): Promise<TileChange[]>;
}

/** What makes a step undone: what was there before. `rest` is whatever else the document changed. */
export interface Step<Rest> {
  tiles: TileChange[];
  rest: Rest;
}

interface Kept<Rest> {
  /** undefined: in the vault under `key`. */
  tiles: TileChange[] | undefined;
  key: number;
  bytes: number;
  rest: Rest;
}

/**
 * Undo and redo without an end: the newest steps are in memory, up to `budget` bytes; older ones go to the vault and come
 * back when they are wanted. `exchange` does a step and answers with the one that takes it back.
 */
export class History<Rest> {
  #past: Kept<Rest>[] = [];
  #future: Kept<Rest>[] = [];
  #nextKey = 1;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly exchange: (step: Step<Rest>) => Step<Rest>,
    private readonly vault?: Vault,
    private readonly budget = 48 << 20,
  ) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  record(step: Step<Rest>): void {
    this.#past.push(this.#kept(step));
    this.#future = [];
    this.#spill();
  }

  /** Answers false when there was nothing to undo. Calls wait for one another. */
  undo(): Promise<boolean> {
    return this.#queued(() => this.#move(this.#past, this.#future));
  }

  redo(): Promise<boolean> {
    return this.#queued(() => this.#move(this.#future, this.#past));
  }

  clear(): void {
    this.#past = [];
    this.#future = [];
  }

  #queued(work: () => Promise<boolean>): Promise<boolean> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #move(from: Kept<Rest>[], to: Kept<Rest>[]): Promise<boolean> {
    const kept = from.at(-1);
    if (!kept) return false;
    const tiles = kept.tiles ?? (await this.vault?.take(kept.key)) ?? [];
    // A stroke may have been drawn while the vault was read; then this step is not the next one any more.
    if (from.at(-1) !== kept) return false;
    from.pop();
    to.push(this.#kept(this.exchange({ tiles, rest: kept.rest })));
    this.#spill();
    return true;
  }

  #kept({ tiles, rest }: Step<Rest>): Kept<Rest> {
    const bytes = tiles.reduce((sum, { packed }) => sum + (packed?.byteLength ?? 0), 0);
    return { tiles, rest, bytes, key: this.#nextKey++ };
  }

  // The farthest steps first; they leave the memory when the vault says that it has them.
  #spill() {
    const { vault } = this;
    if (!vault) return;
    const inMemory = [...this.#past, ...this.#future].filter(({ tiles, bytes }) => tiles && bytes > 0);
    let bytes = inMemory.reduce((sum, kept) => sum + kept.bytes, 0);
    for (const kept of inMemory) {
      if (bytes <= this.budget || !kept.tiles) return;
      bytes -= kept.bytes;
      const { tiles } = kept;
      void vault.put(kept.key, tiles).then(
        () => (kept.tiles = undefined),
        () => undefined,
      );
    }
  }
}
