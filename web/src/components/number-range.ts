export interface NumberRange {
  min: number;
  max: number;
  /** Distance of the values from one another, counted from `min`; 0 allows every value. */
  step: number;
}

/** The nearest allowed value; `fallback` when the text was no number. */
export function toRange(value: number, { min, max, step }: NumberRange, fallback: number): number {
  if (!Number.isFinite(value)) return fallback;
  const held = Math.min(max, Math.max(min, value));
  if (step <= 0) return held;
  const origin = Number.isFinite(min) ? min : 0;
  const stepped = origin + Math.round((held - origin) / step) * step;
  const inside = stepped > max ? stepped - step : stepped;
  // Steps such as 0.05 do not add up exactly; the digits of the step are all that is meant.
  const digits = Math.max(decimals(step), decimals(origin));
  return Number(inside.toFixed(digits));
}

function decimals(value: number): number {
  const text = String(value);
  const exponent = /e-(\d+)$/.exec(text);
  if (exponent) return Number(exponent[1]);
  return text.split('.')[1]?.length ?? 0;
}
