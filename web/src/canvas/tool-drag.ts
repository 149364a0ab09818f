import type { CanvasDocument } from './document';
import { flood } from './flood';
import { usualBlock, type ReadPixels } from './mosaic';
import { union, type Point, type Rect } from './rect';
import type { Ink, Stroke } from './stroke';
import { StrokePath, type Sample } from './stroke-path';
import { rgbOf, type ToolName, type ToolSettings } from './tools';

export interface DragOptions {
  document: CanvasDocument;
  layer: number;
  tool: ToolName;
  settings: ToolSettings;
  /** The picture as it is seen, layers of colour and all. */
  read: ReadPixels;
  /** The pen has its other end on the paper. */
  erases?: boolean;
  hasPressure?: boolean;
}

/** One use of a tool, from pressing to lifting. Nothing of it is final before `end`. */
export class ToolDrag {
  #stroke: Stroke;
  #path: StrokePath;
  #points: Point[] = [];

  constructor(private readonly options: DragOptions) {
    const { document, layer, settings, hasPressure = false } = options;
    this.#stroke = document.begin(layer, {
      ink: inkOf(options),
      opacity: isFreehand(options.tool) && options.tool !== 'mosaic' ? settings.opacity : 1,
      hardness: isFreehand(options.tool) ? settings.hardness : 1,
    });
    this.#path = new StrokePath({
      radius: settings.size / 2,
      followsPressure: settings.followsPressure && hasPressure,
      steadiness: settings.steadiness * 0.8,
    });
  }

  move(samples: readonly Sample[]): void {
    this.#points.push(...samples);
    if (isFreehand(this.options.tool)) {
      this.#show(this.#stroke.draw(samples.flatMap((sample) => this.#path.to(sample))));
      return;
    }
    if (this.options.tool === 'fill') return;
    const taken = this.#stroke.clear();
    this.#show(union(taken, this.#form()));
  }

  end(): void {
    const { document, layer, tool } = this.options;
    if (isFreehand(tool)) this.#show(this.#stroke.draw(this.#path.end()));
    if (tool === 'fill') this.#show(this.#flood());
    document.commit({ layer, stroke: this.#stroke }, ...(tool === 'mosaic' ? this.#mosaics() : []));
  }

  cancel(): void {
    this.#show(this.#stroke.clear());
  }

  /** Whether so little was drawn that a second finger means another gesture. */
  get isShort(): boolean {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    return !first || !last || Math.hypot(first.x - last.x, first.y - last.y) < 24;
  }

  #form(): Rect {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (!first || !last) return { x: 0, y: 0, width: 0, height: 0 };
    const { tool, settings } = this.options;
    if (tool === 'lasso') return this.#stroke.fill(this.#points);
    if (tool === 'line') {
      const radius = settings.size / 2;
      return this.#stroke.draw([{ from: first, to: last, fromRadius: radius, toRadius: radius }]);
    }
    const [left, right] = [Math.floor(Math.min(first.x, last.x)), Math.ceil(Math.max(first.x, last.x))];
    const [top, bottom] = [Math.floor(Math.min(first.y, last.y)), Math.ceil(Math.max(first.y, last.y))];
    return this.#stroke.fill([
      { x: left, y: top },
      { x: right, y: top },
      { x: right, y: bottom },
      { x: left, y: bottom },
    ]);
  }

  // On a mask, what is masked (or not) alike hangs together; on colour, what looks alike.
  #flood(): Rect {
    const { document, layer, settings, read } = this.options;
    const seed = this.#points.at(-1);
    if (!seed) return { x: 0, y: 0, width: 0, height: 0 };
    const [x, y] = [Math.floor(seed.x), Math.floor(seed.y)];
    const surface = document.surface(layer);
    if (surface.channels === 1) {
      const isMasked = surface.alphaAt(x, y) > 127;
      return this.#stroke.cover((coverage) =>
        flood(coverage, seed, document.bounds, (px, py) => surface.alphaAt(px, py) > 127 === isMasked),
      );
    }
    const alike = alikeColours(read, document.bounds, { x, y }, settings.tolerance);
    return this.#stroke.cover((coverage) => flood(coverage, seed, document.bounds, alike));
  }

  // Where the mosaic is, so that it can be laid over the picture's own file.
  #mosaics() {
    const { document } = this.options;
    return document.layers('mosaic').map(({ id }) => {
      const ink: Ink = { kind: 'paint', colour: [0, 0, 0], erases: false };
      const stroke = document.begin(id, { ink, opacity: 1, hardness: 1 });
      stroke.cover((coverage) => this.#stroke.coverAlike(coverage));
      return { layer: id, stroke };
    });
  }

  #show(part: Rect) {
    this.options.document.show(this.options.layer, part);
  }
}

const isFreehand = (tool: ToolName) => tool === 'brush' || tool === 'eraser' || tool === 'mosaic';

function inkOf({ tool, settings, document, read, erases = false }: DragOptions): Ink {
  if (tool === 'mosaic') {
    const { width, height } = document.bounds;
    return { kind: 'mosaic', side: settings.block || usualBlock(width, height), read };
  }
  const takesAway = tool === 'eraser' || erases || (tool !== 'brush' && settings.takesAway);
  return { kind: 'paint', colour: rgbOf(settings.colour), erases: takesAway };
}

/** Tells whether a pixel looks like the one at `seed`; the picture is read in bands, as far as it is asked for. */
function alikeColours(read: ReadPixels, bounds: Rect, seed: Point, tolerance: number) {
  const bandHeight = 64;
  const bands = new Map<number, Uint8ClampedArray>();
  const offset = (x: number, y: number) => ((y % bandHeight) * bounds.width + x) * 4;
  const bandOf = (y: number) => {
    const top = y - (y % bandHeight);
    let band = bands.get(top);
    if (!band) {
      band = read({ x: 0, y: top, width: bounds.width, height: Math.min(bandHeight, bounds.height - top) });
      bands.set(top, band);
    }
    return band;
  };
  const like = bandOf(seed.y).slice(offset(seed.x, seed.y), offset(seed.x, seed.y) + 3);
  const limit = tolerance * 255;
  return (x: number, y: number) => {
    const band = bandOf(y);
    const at = offset(x, y);
    for (let channel = 0; channel < 3; channel += 1)
      if (Math.abs((band[at + channel] ?? 0) - (like[channel] ?? 0)) > limit) return false;
    return true;
  };
}
