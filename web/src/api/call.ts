import type { ApiError } from './result';

/** '/models/{use}/{name}' with the parts in their places, each written so that it stays one part. */
export function fillPath(path: string, parts: Record<string, string | number> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name] ?? '')));
}

/** '?a=1&b=2', without the members that are undefined, null or ''; '' when none is left. */
export function queryText(query: Record<string, unknown> = {}): string {
  const entries = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** The server's account of what went wrong, in its own words; undefined when the text is none. */
export function readProblem(status: number, text: string): ApiError | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.message !== 'string' || error.message === '') return undefined;
    return {
      status,
      code: typeof error.code === 'string' ? error.code : '',
      message: error.message,
    };
  } catch {
    return undefined;
  }
}
