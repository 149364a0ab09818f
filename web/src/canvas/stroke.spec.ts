import { describe, expect, it } from 'vitest';
import { pack } from './packing';
import { Stroke, type Ink } from './stroke';
import { keyAt, Surface, tileSide, type Tile } from './surface';

const bounds = { x: 0, y: 0, width: 600, height: 600 };
const blue: Ink = { kind: 'paint', colour: [0, 0, 255], erases: false };
const rubber: Ink = { kind: 'paint', colour: [0, 0, 0], erases: true };
const dot = (x: number, y: number, radius = 10) => [
  { from: { x, y }, to: { x, y }, fromRadius: radius, toRadius: radius },
];
const begin = (surface: Surface, ink: Ink, opacity = 1) =>
  new Stroke(surface, { ink, opacity, hardness: 1, bounds });

function pixel(surface: Surface, x: number, y: number): number[] {
  const tile = surface.tiles.get(keyAt(x, y));
  const index = ((y % tileSide) * tileSide + (x % tileSide)) * 4;
  return tile ? [...tile.slice(index, index + 4)] : [0, 0, 0, 0];
}

const packed = (tile: Tile | null | undefined) => tile && pack(tile);

describe('a stroke', () => {
  it('has one strength however often it crosses itself', () => {
    const surface = new Surface(4);
    const stroke = begin(surface, blue, 0.5);
    stroke.draw(dot(50, 50));
    stroke.draw(dot(52, 50));
    stroke.draw(dot(50, 50));
    expect(pixel(surface, 50, 50)).toEqual([0, 0, 255, 128]);
  });

  it('mixes with what is below as light does', () => {
    const surface = new Surface(4);
    begin(surface, { kind: 'paint', colour: [255, 0, 0], erases: false }).draw(dot(50, 50));
    begin(surface, blue, 0.25).draw(dot(50, 50));
    expect(pixel(surface, 50, 50)).toEqual([191, 0, 64, 255]);
  });

  it('keeps what was there before, and takes itself back', () => {
    const surface = new Surface(4);
    begin(surface, blue).draw(dot(250, 50));
    const before = packed(surface.tiles.get(keyAt(0, 0)));
    const stroke = begin(surface, rubber);
    stroke.draw(dot(256, 50));
    expect(pixel(surface, 255, 50)).toEqual([0, 0, 0, 0]);
    expect(packed(stroke.before.get(keyAt(0, 0)))).toEqual(before);
    stroke.clear();
    expect(packed(surface.tiles.get(keyAt(0, 0)))).toEqual(before);
  });

  it('leaves no empty tiles when everything is rubbed out', () => {
    const surface = new Surface(4);
    begin(surface, blue).draw(dot(50, 50));
    const stroke = begin(surface, rubber);
    stroke.draw(dot(50, 50, 40));
    stroke.finish();
    expect(surface.tiles.size).toBe(0);
    expect(stroke.before.size).toBe(1);
  });

  it('makes no tiles by rubbing where nothing is', () => {
    const surface = new Surface(4);
    begin(surface, rubber).draw(dot(50, 50));
    expect(surface.tiles.size).toBe(0);
  });

  it('masks and unmasks', () => {
    const mask = new Surface(1);
    begin(mask, blue).draw(dot(50, 50));
    expect(mask.alphaAt(50, 50)).toBe(255);
    begin(mask, rubber, 0.5).draw(dot(50, 50));
    expect(mask.alphaAt(50, 50)).toBe(128);
  });

  it('fills forms', () => {
    const mask = new Surface(1);
    const corners = [
      [10, 10],
      [300, 10],
      [300, 20],
      [10, 20],
    ].map(([x = 0, y = 0]) => ({ x, y }));
    begin(mask, blue).fill(corners);
    expect([
      mask.alphaAt(10, 10),
      mask.alphaAt(299, 19),
      mask.alphaAt(300, 15),
      mask.alphaAt(15, 20),
    ]).toEqual([255, 255, 0, 0]);
  });

  it('lays whole blocks of a mosaic in the mean of what is there', () => {
    const surface = new Surface(4);
    const read = ({ x, width, height }: { x: number; width: number; height: number }) =>
      new Uint8ClampedArray(
        Array.from({ length: width * height }, (_, at) => [(x + (at % width)) * 10, 20, 30, 255]).flat(),
      );
    const stroke = begin(surface, { kind: 'mosaic', side: 8, read });
    stroke.draw(dot(12, 12, 2));
    expect(pixel(surface, 8, 8)).toEqual([115, 20, 30, 255]);
    expect(pixel(surface, 15, 15)).toEqual([115, 20, 30, 255]);
    expect(pixel(surface, 7, 12)).toEqual([0, 0, 0, 0]);
    expect(pixel(surface, 16, 12)).toEqual([0, 0, 0, 0]);
  });
});
