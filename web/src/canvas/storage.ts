import type { Structure } from './document';
import type { TileChange, Vault } from './history';
import type { PackedTile } from './packing';

export interface StoredDocument {
  structure: Structure;
  tiles: TileChange[];
}

interface Row {
  id: string;
  /** Milliseconds since 1970. */
  changedAt: number;
  structure: Structure;
}

const documentsKept = 4;

/** A request of the browser's database as a promise. */
const answered = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing'));
  });

const done = (transaction: IDBTransaction) =>
  new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser keeps nothing'));
  });

/** Every key that begins with these. */
const within = (...parts: (string | number)[]) => IDBKeyRange.bound(parts, [...parts, []]);

/**
 * Documents in the browser's own database: the picture, the layers, and every tile by itself, so that keeping a stroke
 * writes no more than it changed. Calls fail where the browser keeps nothing; drawing goes on without.
 */
export class CanvasStorage {
  #database: Promise<IDBDatabase> | undefined;

  async keepStructure(id: string, structure: Structure): Promise<void> {
    const transaction = await this.#begin('documents');
    transaction.objectStore('documents').put({ id, changedAt: Date.now(), structure } satisfies Row);
    await done(transaction);
  }

  async keepTiles(id: string, tiles: readonly TileChange[]): Promise<void> {
    const transaction = await this.#begin('tiles');
    const store = transaction.objectStore('tiles');
    for (const { layer, key, packed } of tiles)
      if (packed) store.put(packed, [id, layer, key]);
      else store.delete([id, layer, key]);
    await done(transaction);
  }

  async load(id: string): Promise<StoredDocument | undefined> {
    const transaction = await this.#begin('documents', 'tiles');
    const row = await answered<Row | undefined>(transaction.objectStore('documents').get(id));
    if (!row) return undefined;
    const store = transaction.objectStore('tiles');
    const [keys, values] = await Promise.all([
      answered(store.getAllKeys(within(id))),
      answered<PackedTile[]>(store.getAll(within(id))),
    ]);
    const tiles = keys.map((key, index) => {
      const [, layer, place] = key as [string, number, number];
      return { layer, key: place, packed: values[index] ?? null };
    });
    return { structure: row.structure, tiles };
  }

  /** The document that was changed last; all but a few of the newest are forgotten. */
  async newest(): Promise<string | undefined> {
    const transaction = await this.#begin('documents', 'tiles', 'undo');
    const rows = await answered<Row[]>(transaction.objectStore('documents').getAll());
    rows.sort((a, b) => b.changedAt - a.changedAt);
    for (const { id } of rows.slice(documentsKept)) {
      transaction.objectStore('documents').delete(id);
      transaction.objectStore('tiles').delete(within(id));
      transaction.objectStore('undo').delete(within(id));
    }
    return rows[0]?.id;
  }

  /** Old steps of a document; those of an earlier visit are dropped. */
  vault(id: string): Vault {
    const cleared = this.#begin('undo').then((transaction) => {
      transaction.objectStore('undo').delete(within(id));
      return done(transaction);
    });
    cleared.catch(() => undefined);
    return {
      put: async (key, tiles) => {
        await cleared;
        const transaction = await this.#begin('undo');
        transaction.objectStore('undo').put(tiles, [id, key]);
        await done(transaction);
      },
      take: async (key) => {
        const transaction = await this.#begin('undo');
        const store = transaction.objectStore('undo');
        const tiles = await answered<TileChange[] | undefined>(store.get([id, key]));
        store.delete([id, key]);
        return tiles ?? [];
      },
    };
  }

  async #begin(...stores: ('documents' | 'tiles' | 'undo')[]): Promise<IDBTransaction> {
    this.#database ??= openDatabase();
    return (await this.#database).transaction(stores, 'readwrite');
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('fude.canvas', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('documents', { keyPath: 'id' });
    request.result.createObjectStore('tiles');
    request.result.createObjectStore('undo');
  };
  return answered(request);
}
