import { describe, expect, it } from 'vitest';
import { readComposite } from './composite';
import { keyAt, Surface } from './surface';
import { colourOf, keyMeaning, nextSize, restoreSettings, rgbOf, startingSettings } from './tools';

const key = (name: string, more = {}) =>
  keyMeaning({ key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

describe('keys', () => {
  it('choose tools and do things', () => {
    expect([key('b'), key('E'), key('['), key('x')]).toEqual([
      { tool: 'brush' },
      { tool: 'eraser' },
      { act: 'smaller' },
      { act: 'swap' },
    ]);
    expect(key('z', { ctrlKey: true })).toEqual({ act: 'undo' });
    expect(key('z', { metaKey: true, shiftKey: true })).toEqual({ act: 'redo' });
    expect(key('Y', { ctrlKey: true })).toEqual({ act: 'redo' });
  });

  it('leave to the browser what is its own', () => {
    expect([key('r', { ctrlKey: true }), key('b', { altKey: true }), key('F5')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('settings of the tools', () => {
  it('come back, but for what is damaged', () => {
    expect(restoreSettings({ size: 12, opacity: 'much', colour: '#112233', more: 1 })).toEqual({
      ...startingSettings,
      size: 12,
      colour: '#112233',
    });
    expect(restoreSettings(null)).toEqual(startingSettings);
  });

  it('change the size by a tenth, within its ends', () => {
    expect([nextSize(100, 1), nextSize(3, -1), nextSize(1, -1), nextSize(1020, 1)]).toEqual([
      110, 2, 1, 1024,
    ]);
  });

  it('read and write colours', () => {
    expect(rgbOf('#3b5bdb')).toEqual([59, 91, 219]);
    expect(colourOf([59, 91, 219, 255])).toBe('#3b5bdb');
  });
});

describe('what is seen', () => {
  it('is the picture with its colours over it, over the edges of tiles', () => {
    const layer = new Surface(4);
    layer.take(keyAt(256, 0)).set([255, 0, 0, 128], 0);
    const readTile = () => new Uint8ClampedArray(256 * 256 * 4).fill(255);
    const seen = readComposite({ x: 255, y: 0, width: 2, height: 1 }, readTile, [layer]);
    expect([...seen]).toEqual([255, 255, 255, 255, 255, 127, 127, 255]);
  });
});
