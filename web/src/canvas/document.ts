import { History, type Step, type TileChange, type Vault } from './history';
import { pack, unpack, type PackedTile } from './packing';
import { emptyRect, type Rect } from './rect';
import { Stroke, type StrokeOptions } from './stroke';
import { isBlank, partOn, placeOf, Surface, tileSide, tilesIn, type Tile } from './surface';

/** 'mosaic': where the mosaic tool went; drawn along with it, and never shown by itself. */
export type LayerKind = 'colour' | 'mask' | 'mosaic';

export interface Layer {
  id: number;
  kind: LayerKind;
  isVisible: boolean;
}

/** The picture below the layers, as the file that it came as. */
export interface BasePicture {
  file: Blob;
  width: number;
  height: number;
  /** In the gallery, where it came from there. */
  id?: number;
}

/** What a document is but for its pixels. */
export interface Structure {
  picture: BasePicture | null;
  layers: readonly Layer[];
}

export interface DocumentListener {
  /** Pixels of a layer changed, for good or while a stroke is drawn. */
  drawn?: (layer: number, part: Rect) => void;
  /** Tiles as they are from now on: to be kept. */
  changed?: (tiles: readonly TileChange[]) => void;
  /** The picture or the list of layers is another. */
  restructured?: (structure: Structure) => void;
}

export const startingStructure: Structure = {
  picture: null,
  layers: [
    { id: 1, kind: 'colour', isVisible: true },
    { id: 2, kind: 'mask', isVisible: true },
    { id: 3, kind: 'mosaic', isVisible: true },
  ],
};

// Documents that were kept before there was such a layer.
function withMosaics(structure: Structure): Structure {
  const { layers } = structure;
  if (layers.some(({ kind }) => kind === 'mosaic')) return structure;
  const id = 1 + Math.max(0, ...layers.map((layer) => layer.id));
  return { ...structure, layers: [...layers, { id, kind: 'mosaic', isVisible: true }] };
}

/** A picture with layers of colour and of mask above it. Everything that is done to it can be undone. */
export class CanvasDocument {
  #structure: Structure = startingStructure;
  #surfaces = new Map<number, Surface>();
  readonly history: History<Partial<Structure>>;

  constructor(
    private readonly listener: DocumentListener = {},
    vault?: Vault,
    budget?: number,
  ) {
    this.history = new History((step) => this.#exchange(step), vault, budget);
  }

  get structure(): Structure {
    return this.#structure;
  }

  get bounds(): Rect {
    const { picture } = this.#structure;
    return picture ? { x: 0, y: 0, width: picture.width, height: picture.height } : emptyRect;
  }

  layers(kind: LayerKind): Layer[] {
    return this.#structure.layers.filter((layer) => layer.kind === kind);
  }

  surface(layer: number): Surface {
    let surface = this.#surfaces.get(layer);
    if (!surface) {
      const kind = this.#structure.layers.find(({ id }) => id === layer)?.kind ?? 'colour';
      surface = new Surface(kind === 'colour' ? 4 : 1);
      this.#surfaces.set(layer, surface);
    }
    return surface;
  }

  /** Whether anything is painted on a layer of this kind that can be seen. */
  hasPaint(kind: LayerKind): boolean {
    return this.layers(kind).some(({ id, isVisible }) => isVisible && this.surface(id).tiles.size > 0);
  }

  begin(layer: number, options: Omit<StrokeOptions, 'bounds'>): Stroke {
    return new Stroke(this.surface(layer), { ...options, bounds: this.bounds });
  }

  /** To be called with what a stroke, not yet finished, changed. */
  show(layer: number, part: Rect): void {
    this.listener.drawn?.(layer, part);
  }

  /** Strokes on several layers are one step. */
  commit(...drawn: readonly { layer: number; stroke: Stroke }[]): void {
    const tiles = drawn.flatMap(({ layer, stroke }) => {
      stroke.finish();
      return [...stroke.before].map(([key, tile]) => ({ layer, key, packed: tile && pack(tile) }));
    });
    if (tiles.length === 0) return;
    this.history.record({ tiles, rest: {} });
    this.#tell(tiles);
  }

  /** Empties a layer. */
  clear(layer: number): void {
    const keys = [...this.surface(layer).tiles.keys()];
    if (keys.length > 0) this.#do({ tiles: keys.map((key) => ({ layer, key, packed: null })), rest: {} });
  }

  /** What is masked is no longer, and the other way round. */
  invert(layer: number): void {
    const surface = this.surface(layer);
    const tiles = tilesIn(this.bounds).map((place) => {
      const part = partOn(place, this.bounds);
      const before = surface.tiles.get(place.key);
      const after: Tile = new Uint8ClampedArray(tileSide * tileSide);
      for (let y = part.y - place.y; y < part.y - place.y + part.height; y += 1)
        for (let at = y * tileSide, end = at + part.width; at < end; at += 1)
          after[at] = 255 - (before?.[at] ?? 0);
      return { layer, key: place.key, packed: isBlank(after) ? null : pack(after) };
    });
    this.#do({ tiles, rest: {} });
  }

  addLayer(kind: LayerKind): number {
    const id = 1 + Math.max(0, ...this.#structure.layers.map((layer) => layer.id));
    this.#do({ tiles: [], rest: { layers: [...this.#structure.layers, { id, kind, isVisible: true }] } });
    return id;
  }

  removeLayer(layer: number): void {
    const tiles = [...this.surface(layer).tiles.keys()].map((key) => ({ layer, key, packed: null }));
    this.#do({ tiles, rest: { layers: this.#structure.layers.filter(({ id }) => id !== layer) } });
  }

  setVisible(layer: number, isVisible: boolean): void {
    const layers = this.#structure.layers.map((each) => (each.id === layer ? { ...each, isVisible } : each));
    this.#do({ tiles: [], rest: { layers } });
  }

  /** Another picture; what was drawn goes unless `keepsLayers`. */
  setPicture(picture: BasePicture | null, keepsLayers = false): void {
    const tiles = keepsLayers ? [] : this.#allTiles().map((tile) => ({ ...tile, packed: null }));
    this.#do({ tiles, rest: { picture } });
  }

  /** A document as it was kept; nothing of before can be undone. */
  restore(structure: Structure, tiles: readonly TileChange[]): void {
    this.#surfaces.clear();
    this.history.clear();
    this.#structure = withMosaics(structure);
    for (const { layer, key, packed } of tiles) this.#put(layer, key, packed);
    this.listener.restructured?.(this.#structure);
  }

  /** All tiles, to be kept. */
  packed(): TileChange[] {
    return this.#allTiles().map(({ layer, key }) => ({ layer, key, packed: this.#packedTile(layer, key) }));
  }

  #allTiles(): { layer: number; key: number }[] {
    return this.#structure.layers.flatMap(({ id }) =>
      [...this.surface(id).tiles.keys()].map((key) => ({ layer: id, key })),
    );
  }

  #do(step: Step<Partial<Structure>>) {
    this.history.record(this.#exchange(step));
  }

  #exchange({ tiles, rest }: Step<Partial<Structure>>): Step<Partial<Structure>> {
    const back: Step<Partial<Structure>> = {
      tiles: tiles.map(({ layer, key }) => ({ layer, key, packed: this.#packedTile(layer, key) })),
      rest: {},
    };
    if (rest.picture !== undefined) back.rest.picture = this.#structure.picture;
    if (rest.layers) back.rest.layers = this.#structure.layers;
    // A layer that comes back must be known before its pixels are put on it, so that it gets its own kind of surface.
    this.#structure = { ...this.#structure, ...rest };
    for (const { layer, key, packed } of tiles) this.#put(layer, key, packed);
    if (rest.picture !== undefined || rest.layers) this.listener.restructured?.(this.#structure);
    for (const { layer, key } of tiles)
      this.show(layer, { ...placeOf(key), width: tileSide, height: tileSide });
    this.#tell(tiles);
    return back;
  }

  #tell(tiles: readonly TileChange[]) {
    if (tiles.length === 0) return;
    this.listener.changed?.(
      tiles.map(({ layer, key }) => ({ layer, key, packed: this.#packedTile(layer, key) })),
    );
  }

  #packedTile(layer: number, key: number): PackedTile | null {
    const tile = this.#surfaces.get(layer)?.tiles.get(key);
    return tile ? pack(tile) : null;
  }

  #put(layer: number, key: number, packed: PackedTile | null) {
    const surface = this.surface(layer);
    if (packed) surface.tiles.set(key, unpack(packed, tileSide * tileSide * surface.channels));
    else surface.tiles.delete(key);
  }
}
