import { SvelteSet } from 'svelte/reactivity';
import { rangeOf } from './range';

/** The pictures that are selected in the gallery. */
export class PictureSelection {
  readonly ids = new SvelteSet<number>();
  /** Begun with the button, even where nothing is selected yet. */
  #begun = $state(false);
  /** Where a range begins. */
  #last: number | null = null;

  /** Clicks select. */
  get isOn(): boolean {
    return this.#begun || this.ids.size > 0;
  }

  begin(): void {
    this.#begun = true;
  }

  end(): void {
    this.ids.clear();
    this.#begun = false;
    this.#last = null;
  }

  /** `extend`: with all of `rows` between it and the one before. */
  toggle(id: number, rows: readonly { id: number }[], extend = false): void {
    const range = extend && this.#last !== null ? rangeOf(rows, this.#last, id) : [];
    this.add(range);
    if (range.length === 0 && !this.ids.delete(id)) this.ids.add(id);
    this.#last = id;
  }

  add(ids: readonly number[]): void {
    for (const id of ids) this.ids.add(id);
  }
}
