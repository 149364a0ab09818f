import {
  CanvasDocument,
  startingStructure,
  type DocumentListener,
  type LayerKind,
  type Structure,
} from './document';
import type { TileChange } from './history';
import { CanvasStorage } from './storage';

const tabKey = 'fude.drawing';

/** The id of this tab's document. A new tab goes on with a copy of the newest, so that two tabs never share one. */
function ownId(): { id: string; isNew: boolean } {
  try {
    const known = sessionStorage.getItem(tabKey);
    if (known) return { id: known, isNew: false };
  } catch {
    // A document for this visit only.
  }
  const id = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
  try {
    sessionStorage.setItem(tabKey, id);
  } catch {
    // As above.
  }
  return { id, isNew: true };
}

type Show = Required<Pick<DocumentListener, 'drawn'>> & { restructured: () => void };

/** The document of this tab for the page: what can be seen of it, its undo, and its keeping in the browser. */
export class Drawing {
  structure = $state.raw<Structure>(startingStructure);
  /** The decoded picture; undefined while there is none, or while it is decoded. */
  bitmap = $state.raw<ImageBitmap>();
  canUndo = $state(false);
  canRedo = $state(false);
  hasMask = $state(false);
  hasColour = $state(false);
  hasMosaic = $state(false);
  /** false until the kept document was read. */
  isReady = $state(false);
  /** The browser does not keep what is drawn. */
  isFleeting = $state(false);
  readonly document: CanvasDocument;
  #storage = new CanvasStorage();
  #id: string;
  #show: Show | undefined;
  #decoded: Blob | undefined;

  constructor() {
    const { id, isNew } = ownId();
    this.#id = id;
    const vault = typeof indexedDB === 'undefined' ? undefined : this.#storage.vault(id);
    this.document = new CanvasDocument(
      {
        drawn: (layer, part) => this.#show?.drawn(layer, part),
        changed: (tiles) => this.#keepTiles(tiles),
        restructured: (structure) => this.#take(structure),
      },
      vault,
    );
    void this.#restore(isNew);
  }

  /** Shows all changes on a screen; returns how to stop. */
  attach(show: Show): () => void {
    this.#show = show;
    return () => {
      if (this.#show === show) this.#show = undefined;
    };
  }

  /** Begins with another picture; `id`: of the gallery. Throws when the browser cannot read it. */
  async open(file: Blob, id?: number): Promise<void> {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    this.bitmap = bitmap;
    this.#decoded = file;
    this.document.setPicture({ file, width, height, id });
    this.look();
  }

  async undo(): Promise<void> {
    await this.document.history.undo();
    this.look();
  }

  async redo(): Promise<void> {
    await this.document.history.redo();
    this.look();
  }

  /** To be called after anything was done to the document. */
  look(): void {
    const { history } = this.document;
    this.canUndo = history.canUndo;
    this.canRedo = history.canRedo;
    this.hasMask = this.document.hasPaint('mask');
    this.hasColour = this.document.hasPaint('colour');
    this.hasMosaic = this.hasColour && this.document.hasPaint('mosaic');
  }

  /** The topmost layer of a kind; made when there is none. */
  layerOf(kind: LayerKind): number {
    return this.document.layers(kind).at(-1)?.id ?? this.document.addLayer(kind);
  }

  #take(structure: Structure) {
    this.structure = structure;
    const file = structure.picture?.file;
    if (!file) this.bitmap = undefined;
    else if (file !== this.#decoded) void this.#decode(file);
    this.#show?.restructured();
    if (this.isReady) this.#keep(this.#storage.keepStructure(this.#id, structure));
  }

  async #decode(file: Blob) {
    this.#decoded = file;
    const bitmap = await createImageBitmap(file).catch(() => undefined);
    if (this.#decoded === file) this.bitmap = bitmap;
  }

  #keepTiles(tiles: readonly TileChange[]) {
    this.#keep(this.#storage.keepTiles(this.#id, tiles));
  }

  #keep(writing: Promise<void>) {
    writing.then(
      () => (this.isFleeting = false),
      () => (this.isFleeting = true),
    );
  }

  async #restore(isNew: boolean) {
    try {
      const source = isNew ? await this.#storage.newest() : this.#id;
      const kept = source === undefined ? undefined : await this.#storage.load(source);
      // What was sent here meanwhile is newer than what was kept.
      if (kept && !this.document.structure.picture) {
        this.document.restore(kept.structure, kept.tiles);
        if (isNew) this.#keep(this.#storage.keepTiles(this.#id, kept.tiles));
      }
    } catch {
      this.isFleeting = true;
    }
    this.isReady = true;
    if (this.structure.picture) this.#keep(this.#storage.keepStructure(this.#id, this.structure));
    this.look();
  }
}
