import type { Point } from './rect';

/** How a picture lies on the screen: screen = picture * scale + offset, in device pixels. */
export interface Viewport {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const smallestScale = 0.02;
export const largestScale = 32;

export const toPicture = ({ scale, x, y }: Viewport, point: Point): Point => ({
  x: (point.x - x) / scale,
  y: (point.y - y) / scale,
});

export const toScreen = ({ scale, x, y }: Viewport, point: Point): Point => ({
  x: point.x * scale + x,
  y: point.y * scale + y,
});

/** The whole picture as large as fits, in the middle, with `margin` around it. */
export function fitted(picture: Size, screen: Size, margin = 0): Viewport {
  const room = {
    width: Math.max(1, screen.width - 2 * margin),
    height: Math.max(1, screen.height - 2 * margin),
  };
  const fit = Math.min(room.width / picture.width, room.height / picture.height);
  return centred(picture, screen, held(fit));
}

export function centred(picture: Size, screen: Size, scale: number): Viewport {
  return {
    scale,
    x: (screen.width - picture.width * scale) / 2,
    y: (screen.height - picture.height * scale) / 2,
  };
}

/** Scaled by `factor`; what is at `anchor` on the screen stays there. */
export function zoomed(view: Viewport, factor: number, anchor: Point): Viewport {
  const scale = held(view.scale * factor);
  const real = scale / view.scale;
  return { scale, x: anchor.x - (anchor.x - view.x) * real, y: anchor.y - (anchor.y - view.y) * real };
}

/** What two fingers do: the places that they held at first stay below them. */
export function pinched(
  view: Viewport,
  before: readonly [Point, Point],
  after: readonly [Point, Point],
): Viewport {
  const spread = ([a, b]: readonly [Point, Point]) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const middle = ([a, b]: readonly [Point, Point]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const [from, to] = [middle(before), middle(after)];
  const next = zoomed(view, spread(after) / spread(before), from);
  return { ...next, x: next.x + to.x - from.x, y: next.y + to.y - from.y };
}

/** Moved so that at least a part of the picture stays in sight. */
export function withinReach(view: Viewport, picture: Size, screen: Size): Viewport {
  const least = 48;
  const hold = (at: number, side: number, room: number) =>
    Math.min(room - least, Math.max(least - side * view.scale, at));
  return {
    ...view,
    x: hold(view.x, picture.width, screen.width),
    y: hold(view.y, picture.height, screen.height),
  };
}

const held = (scale: number) => Math.min(largestScale, Math.max(smallestScale, scale));
