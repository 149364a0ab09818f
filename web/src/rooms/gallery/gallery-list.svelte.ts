import { api, type Schema } from '../../api/client';
import { studio } from '../../stores/studio.svelte';
import { toasts } from '../../stores/toasts.svelte';
import { PagedRows, type Page } from './paged-rows';
import { isNarrowed, queryFromSearch, type PictureSearch } from './search-state';

/** What a tile needs. The rest is asked for when a picture is opened, so that 50,000 rows stay small. */
export interface PictureRow {
  id: number;
  width: number;
  height: number;
  rating: number;
  prompt: string;
}

function toRow({ id, width, height, rating, prompt }: Schema<'Picture'>): PictureRow {
  return { id, width, height, rating, prompt: prompt.slice(0, 200) };
}

/** A change of ours comes back as an event; within this time (ms) it does not make us ask for everything again. */
const echo = 2000;

/** The pictures of one search, kept up to date by what the server tells. */
export class GalleryList {
  rows = $state.raw<readonly PictureRow[]>([]);
  total = $state(0);
  known = $state(false);
  failed = $state(false);
  loading = $state(false);
  #pages: PagedRows<PictureRow>;
  #lastOwnChange = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly search: PictureSearch) {
    this.#pages = new PagedRows(
      (cursor, limit) => this.#fetch(cursor, limit),
      () => this.#show(),
    );
    void this.want(1);
  }

  want(count: number): Promise<void> {
    return this.#pages.want(count);
  }

  again(): Promise<void> {
    return this.#pages.again();
  }

  /** Listens to the server until the returned function is called. */
  follow(): () => void {
    const stop = studio.on((event) => {
      if (event.name === 'picture' && this.#showsEverythingNewestFirst())
        this.#pages.prepend(toRow(event.data));
      else if (event.name === 'picture' || event.name === 'resync') this.#refreshSoon(false);
      else if (event.name === 'gallery') this.#refreshSoon(true);
    });
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  async rate(ids: readonly number[], rating: number): Promise<void> {
    for (const id of ids) {
      const answer = await api.patch('/pictures/{id}', { path: { id }, body: { rating } });
      if (!answer.ok) return toasts.error(answer.error);
      this.took(answer.value);
    }
  }

  /** A picture that was changed elsewhere on this page. */
  took(picture: Schema<'Picture'>): void {
    this.#lastOwnChange = Date.now();
    if (picture.in_bin === this.search.bin) this.#pages.replace(toRow(picture));
    else this.#pages.remove(new Set([picture.id]));
  }

  /** Moves pictures to the bin or back; returns those for which it worked. */
  async move(ids: readonly number[], toBin: boolean): Promise<number[]> {
    const moved: number[] = [];
    for (const id of ids) {
      const path = { id };
      const answer = await (toBin
        ? api.delete('/pictures/{id}', { path })
        : api.post('/pictures/{id}/restore', { path }));
      if (!answer.ok) {
        toasts.error(answer.error);
        break;
      }
      moved.push(id);
    }
    this.#lastOwnChange = Date.now();
    this.#pages.remove(new Set(moved));
    return moved;
  }

  refresh(): Promise<void> {
    return this.#pages.refresh();
  }

  async #fetch(cursor: string, limit: number): Promise<Page<PictureRow> | null> {
    const answer = await api.get('/pictures', { query: { ...queryFromSearch(this.search), cursor, limit } });
    if (!answer.ok) {
      toasts.error(answer.error);
      return null;
    }
    const { pictures, total, next_cursor } = answer.value;
    return { rows: pictures.map(toRow), total, next: next_cursor || undefined };
  }

  #showsEverythingNewestFirst(): boolean {
    return !isNarrowed(this.search) && !this.search.bin && this.search.order === 'newest';
  }

  /** Several events in a row make one refresh. The event of a change of ours may come before the change's answer. */
  #refreshSoon(mayBeEcho: boolean) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!mayBeEcho || Date.now() - this.#lastOwnChange > echo) void this.#pages.refresh();
    }, 400);
  }

  #show() {
    const { rows, total, known, failed, loading } = this.#pages;
    Object.assign(this, { rows, total, known, failed, loading });
  }
}
