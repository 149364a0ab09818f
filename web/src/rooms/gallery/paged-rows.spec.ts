import { describe, expect, it } from 'vitest';
import { PagedRows, type Page } from './paged-rows';

interface Row {
  id: number;
  mark?: string;
}

/** A list of so many rows whose ids fall, as those of the newest pictures do. */
function list(count: number) {
  const rows: Row[] = Array.from({ length: count }, (_, index) => ({ id: count - index }));
  const asked: string[] = [];
  let broken = false;
  const fetchPage = (cursor: string, limit: number): Promise<Page<Row> | null> => {
    asked.push(`${cursor || 0}+${limit}`);
    if (broken) return Promise.resolve(null);
    const start = Number(cursor || 0);
    const end = start + limit;
    const next = end < rows.length ? String(end) : undefined;
    return Promise.resolve({ rows: rows.slice(start, end), total: rows.length, next });
  };
  return { rows, asked, fetchPage, break: (now: boolean) => (broken = now) };
}

describe('PagedRows', () => {
  it('asks for no more than is wanted', async () => {
    const source = list(50_000);
    const paged = new PagedRows(source.fetchPage);
    await paged.want(30);
    expect(paged.rows.length).toBe(100);
    expect(paged.total).toBe(50_000);
    expect(source.asked).toEqual(['0+100']);
    await paged.want(80);
    expect(source.asked.length).toBe(1);
  });

  it('reaches rows far down in large pages, each once and in order', async () => {
    const source = list(3_000);
    const paged = new PagedRows(source.fetchPage);
    await paged.want(2_950);
    expect(source.asked.length).toBe(6);
    expect(paged.rows.map(({ id }) => id)).toEqual(source.rows.slice(0, 2_950).map(({ id }) => id));
  });

  it('goes on to what became wanted while it was reading', async () => {
    const source = list(1_000);
    const paged = new PagedRows(source.fetchPage);
    const first = paged.want(10);
    void paged.want(700);
    await first;
    expect(paged.rows.length).toBeGreaterThanOrEqual(700);
  });

  it('ends where the list ends', async () => {
    const paged = new PagedRows(list(7).fetchPage);
    await paged.want(500);
    expect(paged.rows.length).toBe(7);
    expect(paged.ended).toBe(true);
    const empty = new PagedRows(list(0).fetchPage);
    await empty.want(50);
    expect(empty).toMatchObject({ known: true, ended: true, total: 0 });
  });

  it('tells of a failure and tries again when asked to', async () => {
    const source = list(150);
    const paged = new PagedRows(source.fetchPage);
    await paged.want(50);
    source.break(true);
    await paged.want(150);
    expect(paged.failed).toBe(true);
    expect(paged.rows.length).toBe(100);
    source.break(false);
    await paged.again();
    expect(paged.failed).toBe(false);
    expect(paged.rows.length).toBe(150);
  });

  it('shows no row twice when new ones shifted the pages', async () => {
    const source = list(300);
    const paged = new PagedRows(source.fetchPage);
    await paged.want(100);
    source.rows.unshift({ id: 301 });
    await paged.want(300);
    expect(new Set(paged.rows.map(({ id }) => id)).size).toBe(paged.rows.length);
  });

  it('refreshes as many rows as were there', async () => {
    const source = list(900);
    const paged = new PagedRows(source.fetchPage);
    await paged.want(600);
    const length = paged.rows.length;
    source.rows[0] = { id: 900, mark: 'new' };
    await paged.refresh();
    expect(paged.rows[0]).toEqual({ id: 900, mark: 'new' });
    expect(paged.rows.length).toBeGreaterThanOrEqual(length);
  });

  it('follows single changes', async () => {
    const paged = new PagedRows<Row>(list(5).fetchPage);
    await paged.want(5);
    paged.prepend({ id: 6 });
    paged.prepend({ id: 6 });
    paged.replace({ id: 3, mark: 'rated' });
    paged.remove(new Set([5, 99]));
    expect(paged.rows).toEqual([{ id: 6 }, { id: 4 }, { id: 3, mark: 'rated' }, { id: 2 }, { id: 1 }]);
    expect(paged.total).toBe(5);
  });
});
