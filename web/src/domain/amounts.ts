/** Numbers as people read them. Sizes are binary, as file managers of most systems count them. */
const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

export function byteText(bytes: number): string {
  let amount = Math.max(0, bytes);
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits)} ${units[unit]}`;
}

export function countText(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count);
}

/** `time`: milliseconds since 1970. */
export function timeText(time: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}
