import type { ApiError } from '../api/client';

export type ToastKind = 'info' | 'good' | 'warning' | 'error';

export interface Toast {
  id: number;
  kind: ToastKind;
  text: string;
  /** One thing the user may do about it, such as taking a deletion back. */
  action?: { label: string; run: () => void };
}

const stay = { info: 5000, good: 5000, warning: 10000, error: 10000 };

/** Short messages at the edge of the screen. Errors stay longer; all can be closed. */
class Toasts {
  shown = $state<Toast[]>([]);
  /** Where toasts can be shown, the foremost last: an open dialog covers, and takes clicks from, all behind it. */
  #places = $state.raw<number[]>([]);
  #next = 1;

  show(kind: ToastKind, text: string, action?: Toast['action']): void {
    if (this.shown.some((toast) => toast.text === text && toast.kind === kind)) return;
    const id = this.#next++;
    this.shown.push({ id, kind, text, action });
    setTimeout(() => this.close(id), stay[kind]);
  }

  info(text: string, action?: Toast['action']): void {
    this.show('info', text, action);
  }

  good(text: string, action?: Toast['action']): void {
    this.show('good', text, action);
  }

  warn(text: string): void {
    this.show('warning', text);
  }

  error(error: ApiError | string): void {
    this.show('error', typeof error === 'string' ? error : error.message);
  }

  /** What went wrong in a room says nothing in the next one. */
  leaveRoom(): void {
    this.shown = this.shown.filter((toast) => toast.kind !== 'error');
  }

  /** Returns how to leave it. */
  takePlace(place: number): () => void {
    this.#places = [...this.#places, place];
    return () => {
      this.#places = this.#places.filter((other) => other !== place);
    };
  }

  isForemost(place: number): boolean {
    return this.#places.at(-1) === place;
  }

  close(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
