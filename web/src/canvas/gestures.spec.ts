import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Gestures, type Pointer } from './gestures';

const target = {
  press: vi.fn(() => true),
  draw: vi.fn(),
  lift: vi.fn(),
  cancel: vi.fn(),
  isShort: vi.fn(() => true),
  pan: vi.fn(),
  pinch: vi.fn(),
  tap: vi.fn(),
};
const pointer = (pointerId: number, more: Partial<Pointer> = {}): Pointer => ({
  pointerId,
  pointerType: 'touch',
  button: 0,
  buttons: 1,
  altKey: false,
  pressure: 0.5,
  timeStamp: 0,
  ...more,
});
const to = (x: number, y: number) => [{ place: { x, y }, pressure: 1 }];

describe('gestures', () => {
  let gestures: Gestures;
  beforeEach(() => {
    vi.clearAllMocks();
    target.isShort.mockReturnValue(true);
    gestures = new Gestures(target);
  });

  it('draw with one finger', () => {
    gestures.down(pointer(1), { x: 1, y: 2 }, false);
    gestures.move(pointer(1), to(5, 6));
    gestures.up(pointer(1));
    expect(target.press).toHaveBeenCalledWith(
      { x: 1, y: 2, pressure: 1 },
      expect.objectContaining({ erases: false }),
    );
    expect(target.draw).toHaveBeenCalledWith([{ x: 5, y: 6, pressure: 1 }]);
    expect(target.lift).toHaveBeenCalledTimes(1);
  });

  it('move and scale with two fingers, and take back what the first began', () => {
    gestures.down(pointer(1), { x: 0, y: 0 }, false);
    gestures.down(pointer(2), { x: 100, y: 0 }, false);
    gestures.move(pointer(2), to(200, 0));
    expect(target.cancel).toHaveBeenCalledTimes(1);
    expect(target.pinch).toHaveBeenCalledWith(
      [
        { x: 0, y: 0 },
        { x: 100, y: 0 },
      ],
      [
        { x: 0, y: 0 },
        { x: 200, y: 0 },
      ],
    );
    gestures.up(pointer(2));
    gestures.move(pointer(1), to(9, 9));
    gestures.up(pointer(1));
    expect([target.lift.mock.calls.length, target.draw.mock.calls.length]).toEqual([0, 0]);
  });

  it('do not lose a stroke to a hand that comes down', () => {
    target.isShort.mockReturnValue(false);
    gestures.down(pointer(1), { x: 0, y: 0 }, false);
    gestures.down(pointer(2), { x: 300, y: 0 }, false);
    gestures.move(pointer(1), to(50, 50));
    gestures.up(pointer(2));
    gestures.move(pointer(1), to(60, 60));
    gestures.up(pointer(1));
    expect([
      target.cancel.mock.calls.length,
      target.draw.mock.calls.length,
      target.lift.mock.calls.length,
    ]).toEqual([0, 2, 1]);
  });

  it('let fingers only move once a pen was used', () => {
    gestures.down(pointer(1, { pointerType: 'pen', pressure: 0.25 }), { x: 0, y: 0 }, false);
    gestures.up(pointer(1));
    gestures.down(pointer(2), { x: 0, y: 0 }, false);
    gestures.move(pointer(2), to(7, 8));
    expect(target.press.mock.calls).toEqual([[{ x: 0, y: 0, pressure: 0.25 }, expect.anything()]]);
    expect(target.pan).toHaveBeenCalledWith({ x: 7, y: 8 });
  });

  it('move with the middle button and with the hand', () => {
    gestures.down(pointer(1, { pointerType: 'mouse', button: 1, buttons: 4 }), { x: 0, y: 0 }, false);
    gestures.move(pointer(1), to(3, 4));
    gestures.up(pointer(1));
    gestures.down(pointer(1, { pointerType: 'mouse' }), { x: 0, y: 0 }, true);
    gestures.move(pointer(1), to(1, 1));
    expect(target.pan).toHaveBeenCalledTimes(2);
    expect(target.press).not.toHaveBeenCalled();
  });

  it('rub with the other end of the pen', () => {
    gestures.down(pointer(1, { pointerType: 'pen', button: 5, buttons: 32 }), { x: 0, y: 0 }, false);
    expect(target.press).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ erases: true }));
  });

  it('know short taps of two and three fingers', () => {
    for (const fingers of [2, 3]) {
      for (let id = 1; id <= fingers; id += 1) gestures.down(pointer(id), { x: id * 50, y: 0 }, false);
      for (let id = 1; id <= fingers; id += 1) gestures.up(pointer(id, { timeStamp: 100 }));
    }
    expect(target.tap.mock.calls).toEqual([[2], [3]]);
  });

  it('take a long touch of two fingers for no tap', () => {
    gestures.down(pointer(1), { x: 0, y: 0 }, false);
    gestures.down(pointer(2), { x: 50, y: 0 }, false);
    gestures.up(pointer(1, { timeStamp: 900 }));
    gestures.up(pointer(2, { timeStamp: 900 }));
    expect(target.tap).not.toHaveBeenCalled();
  });
});
