/** What the gallery shows, as kept in the address, so that a link or the back key brings the same view again. */
export interface PictureSearch {
  text: string;
  model: string;
  adapter: string;
  tag: string;
  /** 0: all. */
  rating: number;
  /** Days as YYYY-MM-DD in the user's time zone, both included; '' is open. */
  from: string;
  until: string;
  order: PictureOrder;
  bin: boolean;
}

export const orders = ['newest', 'oldest', 'rating'] as const;
export type PictureOrder = (typeof orders)[number];

export const everything: PictureSearch = {
  text: '',
  model: '',
  adapter: '',
  tag: '',
  rating: 0,
  from: '',
  until: '',
  order: 'newest',
  bin: false,
};

const day = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Reads the address; what makes no sense there is as if it were absent. */
export function searchFromParams(params: Readonly<Record<string, string>>): PictureSearch {
  const rating = Number(params.rating ?? 0);
  const dated = (text: string | undefined) => (text && day.test(text) ? text : '');
  return {
    text: params.text ?? '',
    model: params.model ?? '',
    adapter: params.adapter ?? '',
    tag: params.tag ?? '',
    rating: Number.isInteger(rating) && rating >= 1 && rating <= 5 ? rating : 0,
    from: dated(params.from),
    until: dated(params.until),
    order: orders.find((order) => order === params.order) ?? 'newest',
    bin: params.bin === 'true',
  };
}

/** The address holds only what differs from the view of everything. */
export function paramsFromSearch(search: PictureSearch): Record<string, string> {
  const params: Record<string, string> = {};
  for (const key of Object.keys(everything) as (keyof PictureSearch)[])
    if (search[key] !== everything[key]) params[key] = String(search[key]);
  return params;
}

/** Members of GET /pictures. */
export interface PictureQuery {
  text?: string;
  model?: string;
  adapter?: string;
  tag?: string;
  min_rating?: number;
  from?: number;
  until?: number;
  bin?: boolean;
  order?: PictureOrder;
}

export function queryFromSearch(search: PictureSearch): PictureQuery {
  const query: PictureQuery = { order: search.order };
  if (search.text.trim()) query.text = search.text.trim().slice(0, 1000);
  if (search.model) query.model = search.model;
  if (search.adapter) query.adapter = search.adapter;
  if (search.tag) query.tag = search.tag;
  if (search.rating > 0) query.min_rating = search.rating;
  if (search.from) query.from = startOfDay(search.from);
  if (search.until) query.until = startOfDay(search.until, 1) - 1;
  if (search.bin) query.bin = true;
  return query;
}

/** Filters beside the words: their number stands on the button that folds them away. */
export function filterCount(search: PictureSearch): number {
  const { model, adapter, tag, rating, from, until } = search;
  return [model, adapter, tag, rating, from, until].filter(Boolean).length;
}

export function isNarrowed(search: PictureSearch): boolean {
  return search.text.trim() !== '' || filterCount(search) > 0;
}

/** Midnight at the user's place, in milliseconds; days differ in length where clocks are put forward. */
function startOfDay(text: string, daysLater = 0): number {
  const [year = 1970, month = 1, date = 1] = text.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).getTime();
}
