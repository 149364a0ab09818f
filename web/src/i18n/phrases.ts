/** The shape of a dictionary: every key of the English one, with a text or a function of the same parameters. */
export type Phrases<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...values: infer V) => string
      ? (...values: V) => string
      : Phrases<T[K]>;
};
