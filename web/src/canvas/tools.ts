import { restored } from '../stores/kept';
import type { Rgb } from './mosaic';

export const toolNames = [
  'brush',
  'eraser',
  'line',
  'rectangle',
  'lasso',
  'fill',
  'picker',
  'mosaic',
  'hand',
] as const;
export type ToolName = (typeof toolNames)[number];

export const isToolName = (value: unknown): value is ToolName => toolNames.some((name) => name === value);

/** How the tools are set; sizes in pixels of the picture. */
export interface ToolSettings {
  size: number;
  /** 0..1 */
  hardness: number;
  opacity: number;
  followsPressure: boolean;
  steadiness: number;
  /** '#rrggbb' */
  colour: string;
  otherColour: string;
  /** 0..1: how unlike a colour may be that is filled along. */
  tolerance: number;
  /** Rectangle, lasso, line and fill take away instead. */
  takesAway: boolean;
  /** Side of a mosaic's blocks; 0: by the size of the picture. */
  block: number;
}

export const startingSettings: Readonly<ToolSettings> = {
  size: 48,
  hardness: 0.9,
  opacity: 1,
  followsPressure: true,
  steadiness: 0.35,
  colour: '#3b5bdb',
  otherColour: '#ffffff',
  tolerance: 0.1,
  takesAway: false,
  block: 0,
};

export const restoreSettings = (kept: unknown): ToolSettings => restored(kept, startingSettings);

export const largestBrush = 1024;

/** The next size as '[' and ']' step: a tenth of it, and at least one pixel. */
export function nextSize(size: number, direction: 1 | -1): number {
  const step = Math.max(1, Math.round(size / 10));
  return Math.min(largestBrush, Math.max(1, size + direction * step));
}

export function rgbOf(colour: string): Rgb {
  const value = Number.parseInt(colour.replace('#', ''), 16) || 0;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

export const colourOf = (rgb: readonly number[]) =>
  `#${rgb
    .slice(0, 3)
    .map((part) => Math.round(part).toString(16).padStart(2, '0'))
    .join('')}`;

/** What a key means to the editor; undefined: nothing. Command is Ctrl or Cmd. */
export type KeyMeaning = { tool: ToolName } | { act: EditorAct };
export type EditorAct =
  'undo' | 'redo' | 'smaller' | 'larger' | 'swap' | 'fit' | 'actual' | 'zoomIn' | 'zoomOut';

interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const toolKeys: Record<string, ToolName> = {
  b: 'brush',
  e: 'eraser',
  l: 'lasso',
  r: 'rectangle',
  u: 'line',
  g: 'fill',
  i: 'picker',
  m: 'mosaic',
  h: 'hand',
};

export function keyMeaning({ key, ctrlKey, metaKey, shiftKey, altKey }: Key): KeyMeaning | undefined {
  const letter = key.toLowerCase();
  if (ctrlKey || metaKey) {
    if (letter === 'z') return { act: shiftKey ? 'redo' : 'undo' };
    return letter === 'y' ? { act: 'redo' } : undefined;
  }
  if (altKey) return undefined;
  const act = (
    {
      '[': 'smaller',
      ']': 'larger',
      x: 'swap',
      '0': 'fit',
      '1': 'actual',
      '+': 'zoomIn',
      '=': 'zoomIn',
      '-': 'zoomOut',
    } as const
  )[letter];
  if (act) return { act };
  const tool = toolKeys[letter];
  return tool && { tool };
}

/** The letter of a tool, for its tooltip. */
export const keyOfTool = (tool: ToolName) =>
  Object.entries(toolKeys)
    .find(([, name]) => name === tool)?.[0]
    ?.toUpperCase() ?? '';
