/**
 * Values the browser keeps between visits, as JSON under "fude.<name>".
 * A value that is missing, unreadable or refused by `valid` reads as the fallback; a browser that keeps nothing
 * (private windows, a full disk) loses the value and nothing else.
 */
const prefix = 'fude.';

export function readKept<T>(name: string, fallback: T, valid: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(prefix + name);
    if (text === null) return fallback;
    const value: unknown = JSON.parse(text);
    return valid(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // Nothing can be kept here; the page works on without.
  }
}

/** A kept record, of the shape of `usual`: what is missing or of another kind is as there. */
export function restored<T extends object>(kept: unknown, usual: Readonly<T>): T {
  const source = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const entries = Object.entries(usual).map(([name, fallback]: [string, unknown]) => {
    const value = source[name];
    return [name, typeof value === typeof fallback && value === value ? value : fallback];
  });
  return Object.fromEntries(entries) as T;
}

/** Calls back when another tab keeps a new value under this name. Returns how to stop. */
export function onKeptElsewhere(name: string, heard: (value: unknown) => void): () => void {
  const listen = (event: StorageEvent) => {
    if (event.key !== prefix + name || event.newValue === null) return;
    try {
      heard(JSON.parse(event.newValue));
    } catch {
      // Not ours.
    }
  };
  addEventListener('storage', listen);
  return () => removeEventListener('storage', listen);
}
