import { restored } from '../../stores/kept';

export const curves = ['Linear', 'Aggressive', 'Lazy'] as const;
export type Curve = (typeof curves)[number];

/** How a result is fed back, as the API takes it. */
export interface Loopback {
  /** 1..32 */
  loops: number;
  /** Of the last loop, 0..1; the first has the form's. */
  final_strength: number;
  curve: Curve;
}

export interface LoopbackChoice extends Loopback {
  isOn: boolean;
}

export const startingLoopback: Readonly<LoopbackChoice> = {
  isOn: false,
  loops: 4,
  final_strength: 0.5,
  curve: 'Linear',
};

export function restoreLoopback(kept: unknown): LoopbackChoice {
  const choice = restored(kept, startingLoopback);
  return { ...choice, curve: curves.find((curve) => curve === choice.curve) ?? startingLoopback.curve };
}

/** What a request says of it; undefined while it is off. */
export const loopbackOf = ({ isOn, ...loopback }: LoopbackChoice): Loopback | undefined =>
  isOn ? loopback : undefined;
