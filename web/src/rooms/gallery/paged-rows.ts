/** One answer of a list that is read page by page. */
export interface Page<Row> {
  rows: Row[];
  /** Rows of the whole list. */
  total: number;
  /** Where the next page begins; absent at the end. */
  next?: string;
}

/** Fetches the page at `cursor` ('' is the beginning); null when it could not be had. */
export type FetchPage<Row> = (cursor: string, limit: number) => Promise<Page<Row> | null>;

const firstPage = 100;
/** Pages grow towards the most that one answer holds when rows far down are wanted. */
const largestPage = 500;

/**
 * The rows of a list so far. They come from its beginning without gaps, since a cursor only leads to the next page.
 * `changed` is called after every step.
 */
export class PagedRows<Row extends { id: number }> {
  rows: readonly Row[] = [];
  total = 0;
  loading = false;
  failed = false;
  /** False until the first page came. */
  known = false;
  #next: string | undefined = '';
  #wanted = 0;
  #turn = 0;

  constructor(
    private readonly fetchPage: FetchPage<Row>,
    private readonly changed: () => void = () => {},
  ) {}

  get ended(): boolean {
    return this.#next === undefined;
  }

  /** Sees to it that the first `count` rows come, as far as there are so many. */
  async want(count: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, count);
    if (this.loading) return;
    await this.#load();
  }

  /** Tries again after a failure. */
  async again(): Promise<void> {
    this.failed = false;
    await this.want(Math.max(this.#wanted, 1));
  }

  /** Begins anew and reads as many rows as were there; the old ones stay in sight until all new ones came. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    const count = this.rows.length;
    const fresh: Row[] = [];
    this.loading = true;
    let next: string | undefined = '';
    let total = 0;
    do {
      const page: Page<Row> | null = await this.fetchPage(next, pageSize(count - fresh.length));
      if (turn !== this.#turn) return;
      if (!page) return this.#end(true);
      fresh.push(...page.rows);
      total = page.total;
      next = page.next;
    } while (next !== undefined && fresh.length < count);
    this.rows = fresh;
    this.total = total;
    this.#next = next;
    this.known = true;
    this.#end(false);
    if (this.#wanted > this.rows.length) await this.#load();
  }

  /** A new first row; one that is known already only moves nothing. */
  prepend(row: Row): void {
    if (!this.known || this.rows.some(({ id }) => id === row.id)) return;
    this.rows = [row, ...this.rows];
    this.total += 1;
    this.changed();
  }

  replace(row: Row): void {
    this.rows = this.rows.map((old) => (old.id === row.id ? row : old));
    this.changed();
  }

  remove(ids: ReadonlySet<number>): void {
    const rest = this.rows.filter(({ id }) => !ids.has(id));
    this.total -= this.rows.length - rest.length;
    this.rows = rest;
    this.changed();
  }

  async #load(): Promise<void> {
    const turn = this.#turn;
    this.loading = true;
    while (this.#next !== undefined && (this.rows.length < this.#wanted || !this.known)) {
      const page = await this.fetchPage(this.#next, pageSize(this.#wanted - this.rows.length));
      if (turn !== this.#turn) return;
      if (!page) return this.#end(true);
      const here = new Set(this.rows.map(({ id }) => id));
      this.rows = [...this.rows, ...page.rows.filter(({ id }) => !here.has(id))];
      this.total = page.total;
      this.#next = page.next;
      this.known = true;
      this.changed();
    }
    this.#end(false);
  }

  #end(failed: boolean) {
    this.loading = false;
    this.failed = failed;
    this.changed();
  }
}

function pageSize(missing: number): number {
  return Math.min(largestPage, Math.max(firstPage, missing));
}
