import { describe, expect, it } from 'vitest';
import { CanvasDocument, startingStructure, type DocumentListener } from './document';
import type { TileChange } from './history';
import { ToolDrag } from './tool-drag';
import { startingSettings, type ToolName, type ToolSettings } from './tools';

const colour = 1;
const mask = 2;

function newDocument(listener: DocumentListener = {}) {
  const document = new CanvasDocument(listener);
  document.setPicture({ file: new Blob([]), width: 600, height: 400 });
  return document;
}

const white = ({ width, height }: { width: number; height: number }) =>
  new Uint8ClampedArray(width * height * 4).fill(255);

function use(
  document: CanvasDocument,
  tool: ToolName,
  layer: number,
  places: [number, number][],
  settings: Partial<ToolSettings> = {},
) {
  const drag = new ToolDrag({
    document,
    layer,
    tool,
    read: white,
    settings: { ...startingSettings, size: 20, hardness: 1, steadiness: 0, ...settings },
  });
  for (const [x, y] of places) drag.move([{ x, y, pressure: 1 }]);
  return drag;
}

describe('a mosaic', () => {
  const [mosaics] = startingStructure.layers.filter(({ kind }) => kind === 'mosaic');
  const places = mosaics?.id ?? 0;

  it('leaves where it went, and one step takes both back', async () => {
    const document = newDocument();
    use(document, 'mosaic', colour, [[100, 100]], { block: 16 }).end();
    const seen = () => [
      document.surface(colour).alphaAt(100, 100),
      document.surface(places).alphaAt(100, 100),
    ];
    expect(seen()).toEqual([255, 255]);
    expect(document.surface(places).alphaAt(95, 111)).toBe(255);
    expect(document.surface(places).alphaAt(200, 100)).toBe(0);
    await document.history.undo();
    expect(seen()).toEqual([0, 0]);
    expect(document.hasPaint('mosaic')).toBe(false);
  });

  it('has its place in documents of before there was one', () => {
    const document = newDocument();
    const layers = [{ id: 7, kind: 'mask' as const, isVisible: true }];
    document.restore({ picture: null, layers }, []);
    expect(document.layers('mosaic')).toEqual([{ id: 8, kind: 'mosaic', isVisible: true }]);
  });
});

describe('a document', () => {
  it('undoes strokes, forms and emptied layers, and does them again', async () => {
    const document = newDocument();
    const surface = document.surface(mask);
    use(document, 'brush', mask, [
      [50, 50],
      [150, 50],
    ]).end();
    use(document, 'rectangle', mask, [
      [300, 100],
      [400, 200],
    ]).end();
    document.clear(mask);
    expect(document.hasPaint('mask')).toBe(false);
    await document.history.undo();
    expect([surface.alphaAt(100, 50), surface.alphaAt(350, 150)]).toEqual([255, 255]);
    await document.history.undo();
    expect([surface.alphaAt(100, 50), surface.alphaAt(350, 150)]).toEqual([255, 0]);
    await document.history.undo();
    expect(document.hasPaint('mask')).toBe(false);
    await document.history.redo();
    expect(surface.alphaAt(100, 50)).toBe(255);
  });

  it('leaves nothing of a stroke that turned out to be another gesture', () => {
    const document = newDocument();
    use(document, 'brush', colour, [
      [50, 50],
      [60, 50],
    ]).cancel();
    expect([document.hasPaint('colour'), document.surface(colour).tiles.size]).toEqual([false, 0]);
  });

  it('draws a line anew while it is pulled', () => {
    const document = newDocument();
    use(document, 'line', mask, [
      [50, 50],
      [300, 50],
      [50, 300],
    ]).end();
    const surface = document.surface(mask);
    expect([surface.alphaAt(50, 200), surface.alphaAt(200, 50)]).toEqual([255, 0]);
  });

  it('takes away with the lasso when asked to', () => {
    const document = newDocument();
    use(document, 'rectangle', mask, [
      [0, 0],
      [200, 200],
    ]).end();
    use(
      document,
      'lasso',
      mask,
      [
        [0, 0],
        [100, 0],
        [100, 200],
        [0, 200],
      ],
      { takesAway: true },
    ).end();
    expect([document.surface(mask).alphaAt(50, 100), document.surface(mask).alphaAt(150, 100)]).toEqual([
      0, 255,
    ]);
  });

  it('fills the inside of a drawn outline', () => {
    const document = newDocument();
    const corners: [number, number][] = [
      [50, 50],
      [250, 50],
      [250, 250],
      [50, 250],
      [50, 50],
    ];
    use(document, 'brush', mask, corners).end();
    use(document, 'fill', mask, [[150, 150]]).end();
    expect([document.surface(mask).alphaAt(120, 180), document.surface(mask).alphaAt(300, 180)]).toEqual([
      255, 0,
    ]);
  });

  it('turns a mask around within the picture', async () => {
    const document = newDocument();
    use(document, 'rectangle', mask, [
      [0, 0],
      [100, 100],
    ]).end();
    document.invert(mask);
    const surface = document.surface(mask);
    expect([surface.alphaAt(50, 50), surface.alphaAt(599, 399), surface.alphaAt(600, 399)]).toEqual([
      0, 255, 0,
    ]);
    document.invert(mask);
    expect([surface.alphaAt(50, 50), surface.tiles.size]).toEqual([255, 1]);
  });

  it('brings a removed layer back with what was on it', async () => {
    const document = newDocument();
    const layer = document.addLayer('mask');
    use(document, 'brush', layer, [[50, 50]]).end();
    document.removeLayer(layer);
    expect(document.layers('mask').length).toBe(1);
    await document.history.undo();
    expect(document.layers('mask').length).toBe(2);
    expect(document.surface(layer).alphaAt(50, 50)).toBe(255);
  });

  it('brings back the former picture and its drawings', async () => {
    const document = newDocument();
    use(document, 'brush', mask, [[50, 50]]).end();
    document.setPicture({ file: new Blob([]), width: 64, height: 64 });
    expect([document.bounds.width, document.hasPaint('mask')]).toEqual([64, false]);
    await document.history.undo();
    expect([document.bounds.width, document.hasPaint('mask')]).toEqual([600, true]);
  });

  it('tells what is to be kept, from which it comes back', () => {
    const kept = new Map<string, TileChange>();
    const changed = (tiles: readonly TileChange[]) => {
      for (const tile of tiles) kept.set(`${tile.layer} ${tile.key}`, tile);
    };
    const document = newDocument({ changed });
    use(document, 'brush', colour, [
      [250, 250],
      [300, 300],
    ]).end();
    use(document, 'brush', mask, [[50, 50]]).end();
    use(document, 'eraser', mask, [[50, 50]], { size: 80 }).end();
    const other = new CanvasDocument();
    other.restore(document.structure, [...kept.values()]);
    expect(other.packed()).toEqual(document.packed());
    expect([other.hasPaint('colour'), other.hasPaint('mask'), other.history.canUndo]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('does not count what cannot be seen', () => {
    const document = newDocument();
    use(document, 'brush', mask, [[50, 50]]).end();
    document.setVisible(mask, false);
    expect(document.hasPaint('mask')).toBe(false);
  });
});
