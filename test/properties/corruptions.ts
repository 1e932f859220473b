import { isTypedArray } from "node:util/types";

/**
 * Spoils a list of arguments, a copy that it may write into, and returns it; undefined where this list cannot be
 * spoilt so. `pick` in [0, 1) says which entry, where there are several.
 */
export type Corruption = (args: any[], pick: number) => readonly unknown[] | undefined;

type Corruptions = Record<string, Corruption>;

/** Nothing that a caller may choose a name from. */
const NO_OPTION = "no such option";

/** Changes what stands at a place, such as "0.steps" or "1.*" for any one entry; undefined leaves nothing to test. */
export function at(place: string, change: (value: any, args: any[], pick: number) => unknown): Corruption {
  return (args, pick) => {
    const names = place.split(".");
    let holder: any = args;
    for (const name of names.slice(0, -1)) holder = holder[indexIn(holder, name, pick)];
    const last = indexIn(holder, names[names.length - 1], pick);
    const changed = change(holder[last], args, pick);
    if (changed === NOTHING) return undefined;
    holder[last] = changed;
    return args;
  };
}

/** What a change returns where there is nothing to change. */
export const NOTHING: unique symbol = Symbol("nothing to change");

function indexIn(holder: any, name: string, pick: number): string | number {
  return name === "*" ? Math.floor(pick * holder.length) : name;
}

/** One corruption for each value that may not stand at the place. */
export function badValues(place: string, ...values: unknown[]): Corruptions {
  return Object.fromEntries(
    values.map((value) => [
      `${place} = ${typeof value === "bigint" ? `${value}n` : String(value)}`,
      at(place, () => value),
    ]),
  );
}

/** A number that must be finite. */
export const badNumber = (place: string): Corruptions => badValues(place, NaN, Infinity, -Infinity);

/** A number that must be positive and finite. */
export const badPositive = (place: string): Corruptions => badValues(place, NaN, Infinity, 0, -1);

/** A number that must be finite and at least 0. */
export const badNonNegative = (place: string): Corruptions => badValues(place, NaN, Infinity, -1);

/** A count that must be an integer of at least `least`. */
export const badCount = (place: string, least: number = 1): Corruptions =>
  badValues(place, NaN, Infinity, -1, least + 0.5, least - 1);

/** A name that must be one of some. */
export const badOption = (place: string): Corruptions => badValues(place, NO_OPTION);

/** A list of numbers that must be finite, each of them. */
export const badEntries = (place: string): Corruptions => ({
  [`NaN in ${place}`]: at(place, withEntry(NaN)),
  [`∞ in ${place}`]: at(place, withEntry(Infinity)),
  [`−∞ in ${place}`]: at(place, withEntry(-Infinity)),
});

/** A vector whose length is known. */
export const badLength = (place: string): Corruptions => ({
  [`${place} too long`]: at(place, (list: ArrayLike<unknown>) => ofLength(list, list.length + 1)),
  [`${place} too short`]: at(place, (list: ArrayLike<unknown>) => ofLength(list, list.length - 1)),
});

/** A finite vector of known length. */
export const badVector = (place: string): Corruptions => ({ ...badEntries(place), ...badLength(place) });

/** A list that must not be empty. */
export const empty = (place: string): Corruptions => ({
  [`${place} empty`]: at(place, (list: ArrayLike<unknown>) => ofLength(list, 0)),
});

/** A matrix with finite entries, as many as its shape says. */
export const badMatrix = (place: string): Corruptions => ({
  ...badEntries(`${place}.data`),
  [`entries of ${place} missing`]: at(`${place}.data`, (data: Float64Array) => data.slice(0, data.length - 1)),
});

/** A matrix whose shape is known. */
export const badShape = (place: string): Corruptions => ({
  [`a row more in ${place}`]: at(place, ({ rows, cols }) => filled(rows + 1, cols)),
  [`a column more in ${place}`]: at(place, ({ rows, cols }) => filled(rows, cols + 1)),
});

/** A finite symmetric matrix. */
export const badSymmetric = (place: string): Corruptions => ({
  ...badMatrix(place),
  [`a column more in ${place}`]: at(place, ({ rows, cols }) => filled(rows, cols + 1)),
  [`${place} not symmetric`]: at(place, (A) => {
    if (A.rows < 2) return NOTHING;
    A.data[1] = A.data[A.cols] + 1;
    return A;
  }),
});

/** A function whose result is to have a bad entry. */
export const badImage = (place: string): Corruptions => ({
  [`NaN from ${place}`]: at(place, after(withEntry(NaN))),
  [`a wrong length from ${place}`]: at(
    place,
    after((list: ArrayLike<unknown>) => ofLength(list, list.length + 1)),
  ),
});

function after(change: (result: any, args: any[], pick: number) => unknown) {
  return (original: any, args: any[], pick: number) =>
    (...inputs: unknown[]) =>
      change(original(...inputs), args, pick);
}

function withEntry(wrong: number) {
  return (list: any, _: any[], pick: number) => {
    if (list.length === 0) return NOTHING;
    list[Math.floor(pick * list.length)] = wrong;
    return list;
  };
}

/** The same list, cut or with ones at its end. */
function ofLength(list: ArrayLike<unknown>, length: number): unknown {
  const entries = Array.from({ length: Math.max(0, length) }, (_, k) => (k < list.length ? list[k] : 1));
  return isTypedArray(list) ? (list.constructor as unknown as { from(e: unknown[]): unknown }).from(entries) : entries;
}

function filled(rows: number, cols: number): unknown {
  return { rows, cols, data: new Float64Array(rows * cols).fill(1) };
}
