import type { Point } from './rect';
import type { Sample } from './stroke-path';

/** What pointers on the canvas mean. Places are device pixels of the canvas. */
export interface GestureTarget {
  /** `erases`: the other end of the pen. Answers whether something is drawn now. */
  press: (sample: Sample, how: { erases: boolean; hasPressure: boolean; picks: boolean }) => boolean;
  draw: (samples: Sample[]) => void;
  lift: () => void;
  /** What was begun was another gesture: nothing of it stays. */
  cancel: () => void;
  /** Whether what is being drawn is no more than the beginning of another gesture. */
  isShort: () => boolean;
  pan: (by: Point) => void;
  /** From where two fingers were put down to where they are. */
  pinch: (before: readonly [Point, Point], after: readonly [Point, Point]) => void;
  /** A short tap of two fingers, or of three. */
  tap: (fingers: 2 | 3) => void;
}

/** The parts of a PointerEvent that matter here. */
export interface Pointer {
  pointerId: number;
  pointerType: string;
  button: number;
  buttons: number;
  altKey: boolean;
  pressure: number;
  timeStamp: number;
}

const penEraser = 32;
const tapTime = 260;
const tapReach = 12;

/**
 * One finger, the mouse or the pen draws; two fingers move and scale; a middle button or a held hand moves. Where a pen
 * was used, fingers no longer draw, so that a resting hand leaves no marks.
 */
export class Gestures {
  #places = new Map<number, Point>();
  #state: 'idle' | 'drawing' | 'panning' | 'pinching' = 'idle';
  #drawer = -1;
  #pinchStart: [Point, Point] | undefined;
  #hasPen = false;
  #tap = { at: 0, fingers: 0, moved: 0 };

  constructor(private readonly target: GestureTarget) {}

  get isDrawing(): boolean {
    return this.#state === 'drawing';
  }

  /** `holdsHand`: space is held, or the hand is the tool. */
  down(pointer: Pointer, place: Point, holdsHand: boolean): void {
    if (pointer.pointerType === 'pen') this.#hasPen = true;
    this.#places.set(pointer.pointerId, place);
    const fingers = this.#places.size;
    if (fingers === 1) this.#tap = { at: pointer.timeStamp, fingers: 1, moved: 0 };
    this.#tap.fingers = Math.max(this.#tap.fingers, fingers);
    if (fingers === 2) return this.#pinch();
    if (fingers > 2) return;
    const movesHand = holdsHand || pointer.button === 1 || (pointer.pointerType === 'touch' && this.#hasPen);
    if (movesHand) {
      this.#state = 'panning';
    } else if (pointer.button === 0 || (pointer.buttons & penEraser) !== 0) {
      const how = {
        erases: (pointer.buttons & penEraser) !== 0,
        hasPressure: pointer.pointerType === 'pen',
        picks: pointer.altKey,
      };
      this.#drawer = pointer.pointerId;
      this.#state = this.target.press({ ...place, pressure: pressureOf(pointer) }, how) ? 'drawing' : 'idle';
    }
  }

  /** `pieces`: where the pointer was since the last event, this one included. */
  move(pointer: Pointer, pieces: readonly { place: Point; pressure: number }[]): void {
    const before = this.#places.get(pointer.pointerId);
    const place = pieces.at(-1)?.place;
    if (!before || !place) return;
    this.#places.set(pointer.pointerId, place);
    this.#tap.moved += Math.hypot(place.x - before.x, place.y - before.y);
    if (this.#state === 'drawing' && pointer.pointerId === this.#drawer) {
      this.target.draw(pieces.map((piece) => ({ ...piece.place, pressure: piece.pressure })));
    } else if (this.#state === 'panning') {
      this.target.pan({ x: place.x - before.x, y: place.y - before.y });
    } else if (this.#state === 'pinching') {
      const now = this.#two();
      if (this.#pinchStart && now) this.target.pinch(this.#pinchStart, now);
    }
  }

  up(pointer: Pointer): void {
    if (!this.#places.delete(pointer.pointerId)) return;
    if (this.#state === 'drawing' && pointer.pointerId === this.#drawer) this.target.lift();
    else if (this.#state === 'drawing') return;
    if (this.#state === 'pinching' && this.#places.size > 0) return;
    this.#tellTap(pointer.timeStamp);
    this.#state = 'idle';
  }

  /** The system took the pointer away. */
  lost(pointer: Pointer): void {
    if (!this.#places.delete(pointer.pointerId)) return;
    if (this.#state === 'drawing' && pointer.pointerId === this.#drawer) this.target.lift();
    if (this.#places.size === 0) this.#state = 'idle';
  }

  #pinch() {
    if (this.#state === 'drawing') {
      // A second touch long after the first is a hand that came down, not a pinch.
      if (!this.target.isShort()) return;
      this.target.cancel();
    }
    this.#pinchStart = this.#two();
    this.#state = 'pinching';
  }

  #two(): [Point, Point] | undefined {
    const [first, second] = this.#places.values();
    return first && second && [first, second];
  }

  #tellTap(time: number) {
    const { at, fingers, moved } = this.#tap;
    if (this.#state !== 'pinching' || time - at > tapTime || moved > tapReach * fingers) return;
    if (fingers === 2 || fingers === 3) this.target.tap(fingers);
  }
}

/** A mouse and most fingers say 0.5 or 0; they press fully. */
export const pressureOf = ({ pointerType, pressure }: Pick<Pointer, 'pointerType' | 'pressure'>) =>
  pointerType === 'pen' ? pressure : 1;
