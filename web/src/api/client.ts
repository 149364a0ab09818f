import { t } from '../i18n/index.svelte';
import { messagesReady, said } from '../i18n/server-text.svelte';
import { fillPath, queryText, readProblem } from './call';
import { parseExact } from './exact-json';
import type { ApiError, Result } from './result';
import type { components, paths } from './types';

export type { ApiError, Result } from './result';
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, infer Operation>
    ? Operation extends { responses: unknown }
      ? P
      : never
    : never;
}[keyof paths];

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;
type Answer<O> = O extends { responses: infer R } ? Json<R[keyof R & (200 | 201)]> : never;
type Part<O, Key extends string> = O extends { parameters: infer P }
  ? Key extends keyof P
    ? P[Key]
    : never
  : never;
type Body<O> = O extends { requestBody?: infer B } ? Json<NonNullable<B>> : never;

/** Demands `path` and `body` exactly where the description of the API does. */
type Options<O> = ([Exclude<Part<O, 'path'>, undefined>] extends [never]
  ? { path?: undefined }
  : { path: Exclude<Part<O, 'path'>, undefined> }) &
  ([Body<O>] extends [never]
    ? { body?: undefined }
    : O extends { requestBody: unknown }
      ? { body: Body<O> }
      : { body?: Body<O> }) & {
    query?: Exclude<Part<O, 'query'>, undefined>;
    signal?: AbortSignal;
  };

/** Where the API lies; relative, so that the pages work behind a sub-path, too. */
const root = 'api/v1';

async function call<P extends keyof paths, M extends Method>(
  method: M,
  path: P,
  options?: Options<Operation<P, M>>,
): Promise<Result<Answer<Operation<P, M>>>> {
  const {
    path: parts,
    query,
    body,
    signal,
  } = (options ?? {}) as {
    path?: Record<string, string | number>;
    query?: Record<string, unknown>;
    body?: unknown;
    signal?: AbortSignal;
  };
  try {
    const answer = await fetch(root + fillPath(path, parts) + queryText(query), {
      method: method.toUpperCase(),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    if (!answer.ok) return { ok: false, error: await problem(answer) };
    return { ok: true, value: parseExact(await answer.text()) as Answer<Operation<P, M>> };
  } catch (cause) {
    return { ok: false, error: unanswered(cause) };
  }
}

async function problem(answer: Response): Promise<ApiError> {
  const text = await answer.text().catch(() => '');
  const told = readProblem(answer.status, text);
  if (!told) return { status: answer.status, code: '', message: t().common.errors.unreadable };
  await messagesReady();
  return { ...told, message: said(told.message) };
}

function unanswered(cause: unknown): ApiError {
  if (cause instanceof DOMException && cause.name === 'AbortError')
    return { status: 0, code: 'aborted', message: '' };
  const unreadable = cause instanceof SyntaxError;
  const { errors } = t().common;
  return { status: 0, code: 'unreachable', message: unreadable ? errors.unreadable : errors.unreachable };
}

type Optional<O> = undefined extends O ? [options?: O] : object extends O ? [options?: O] : [options: O];

/** One function a method; paths, parameters and answers are checked against api/openapi.yaml by the compiler. */
export const api = {
  get: <P extends PathsWith<'get'>>(path: P, ...[options]: Optional<Options<Operation<P, 'get'>>>) =>
    call('get', path, options),
  post: <P extends PathsWith<'post'>>(path: P, ...[options]: Optional<Options<Operation<P, 'post'>>>) =>
    call('post', path, options),
  put: <P extends PathsWith<'put'>>(path: P, ...[options]: Optional<Options<Operation<P, 'put'>>>) =>
    call('put', path, options),
  patch: <P extends PathsWith<'patch'>>(path: P, ...[options]: Optional<Options<Operation<P, 'patch'>>>) =>
    call('patch', path, options),
  delete: <P extends PathsWith<'delete'>>(path: P, ...[options]: Optional<Options<Operation<P, 'delete'>>>) =>
    call('delete', path, options),
};

/** A file's text, for what is no JSON. */
export async function fetchText(url: string): Promise<Result<string>> {
  try {
    const answer = await fetch(url);
    if (!answer.ok) return { ok: false, error: await problem(answer) };
    return { ok: true, value: await answer.text() };
  } catch (cause) {
    return { ok: false, error: unanswered(cause) };
  }
}

/** Addresses for pictures, which the browser fetches by itself. */
export const address = {
  file: (picture: number, download = false) =>
    `${root}/pictures/${picture}/file${download ? '?download=true' : ''}`,
  thumbnail: (picture: number, side = 384) => `${root}/pictures/${picture}/thumbnail?side=${side}`,
  modelPreview: (use: Schema<'ModelUse'>, name: string) =>
    root + fillPath('/models/{use}/{name}/preview', { use, name }),
  film: (
    picture: number,
    query: { format: 'webp' | 'mp4'; rate: number; hold: number; download?: boolean },
  ) => `${root}/pictures/${picture}/film${queryText(query)}`,
  preview: (version: number) => `${root}/preview?version=${version}`,
  tagFile: (name: string) => root + fillPath('/tags/{name}', { name }),
  archive: (name: string) => root + fillPath('/archives/{name}', { name }),
  events: `${root}/events`,
};
