import { keep, readKept } from '../stores/kept';
import type { LayerKind } from './document';
import { isToolName, nextSize, restoreSettings, type ToolName, type ToolSettings } from './tools';

const isAnything = (value: unknown): value is unknown => value !== undefined;

/** The chosen tool, how the tools are set, and the layer that they work on. */
export class Toolbox {
  tool = $state<ToolName>(readKept('canvas.tool', 'brush', isToolName));
  settings = $state<ToolSettings>(restoreSettings(readKept<unknown>('canvas.settings', null, isAnything)));
  /** Id of the active layer. */
  layer = $state(0);

  choose(tool: ToolName): void {
    this.tool = tool;
    keep('canvas.tool', tool);
  }

  /** To be called after settings changed. */
  keep(): void {
    keep('canvas.settings', $state.snapshot(this.settings));
  }

  resize(direction: 1 | -1): void {
    this.settings.size = nextSize(this.settings.size, direction);
  }

  swapColours(): void {
    const { colour, otherColour } = this.settings;
    this.settings.colour = otherColour;
    this.settings.otherColour = colour;
  }

  /** Whether a tool means anything on a layer of this kind. */
  isOffered(tool: ToolName, kind: LayerKind): boolean {
    if (tool === 'picker' || tool === 'mosaic') return kind === 'colour';
    return true;
  }
}
