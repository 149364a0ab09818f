/** Why a call failed. `message` is written for the user; `status` 0 means that no answer came. */
export interface ApiError {
  status: number;
  /** The server's own word for the kind of error, such as "not_found"; "" when it gave none. */
  code: string;
  message: string;
}

/** Calls return their errors: a caller cannot forget that one may come. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: ApiError };
