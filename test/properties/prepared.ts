import { type RandomStream, randomStream } from "flat-minima/core";
import { isTypedArray } from "node:util/types";

/** A random stream in a list of arguments: every call of the export gets a fresh one of this seed. */
export class StreamOf {
  constructor(readonly seed: number) {}

  toString(): string {
    return `randomStream(${this.seed})`;
  }
}

/** A list of arguments ready for one call. */
export interface Prepared {
  readonly args: any[];
  /** What was done with it: the functions called and the numbers drawn so far. */
  readonly work: string[];
}

/** A deep copy, which the call may spoil, with streams made and with functions and draws watched. */
export function prepared(args: readonly unknown[]): Prepared {
  const work: string[] = [];
  const copies = new Map<unknown, unknown>();
  const copyOf = (value: unknown, place: string): unknown => {
    if (copies.has(value)) return copies.get(value);
    const copy = fresh(value, place);
    if (typeof value === "object" || typeof value === "function") copies.set(value, copy);
    return copy;
  };
  const fresh = (value: unknown, place: string): unknown => {
    if (value instanceof StreamOf) return watchedStream(value.seed, work);
    if (typeof value === "function") {
      return (...inputs: unknown[]) => {
        work.push(`${place} was called`);
        return (value as (...inputs: unknown[]) => unknown)(...inputs);
      };
    }
    if (isTypedArray(value)) return value.slice();
    if (Array.isArray(value)) return value.map((item, index) => copyOf(item, `${place}[${index}]`));
    if (!isPlain(value)) return value;
    return Object.fromEntries(
      Reflect.ownKeys(value).map((key) => [key, copyOf(value[key], `${place}.${String(key)}`)]),
    );
  };
  return { args: args.map((value, index) => copyOf(value, `argument ${index}`)), work };
}

export function isPlain(value: unknown): value is Record<string | symbol, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function watchedStream(seed: number, work: string[], ...purpose: (string | number)[]): RandomStream {
  let made: RandomStream | undefined;
  const stream = (): RandomStream => (made ??= randomStream(seed, ...purpose));
  const watched =
    <Inputs extends unknown[], Output>(name: string, draw: (...inputs: Inputs) => Output) =>
    (...inputs: Inputs): Output => {
      work.push(`a number was drawn by ${name}`);
      return draw(...inputs);
    };
  return {
    uniform: watched("uniform", () => stream().uniform()),
    integer: watched("integer", (below) => stream().integer(below)),
    normal: watched("normal", () => stream().normal()),
    normals: watched("normals", (length) => stream().normals(length)),
    rademacher: watched("rademacher", () => stream().rademacher()),
    sphere: watched("sphere", (dimension) => stream().sphere(dimension)),
    permutation: watched("permutation", (n) => stream().permutation(n)),
    choice: watched("choice", (n, k) => stream().choice(n, k)),
    split: (...more) => watchedStream(seed, work, ...purpose, ...more),
  };
}

/** Plain data that tells two values apart, functions not looked into. */
export function snapshot(value: unknown): unknown {
  if (typeof value === "function") return "a function";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (isTypedArray(value) || Array.isArray(value)) {
    return { [value.constructor.name]: Array.from(value as ArrayLike<unknown>, snapshot) };
  }
  if (value instanceof Map) return { Map: [...value].map(snapshot) };
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Reflect.ownKeys(value).map((key) => [String(key), snapshot((value as Record<symbol, unknown>)[key as symbol])]),
  );
}

/** The places of the numbers of a value for which `wrong` holds; texts are looked through for NaN. */
export function numbersThat(wrong: (value: number) => boolean, value: unknown, place = "result"): string[] {
  if (typeof value === "number") return wrong(value) ? [`${place} = ${value}`] : [];
  if (typeof value === "string") {
    return wrong(NaN) && /\bNaN\b/.test(value) ? [`NaN in the text ${place}`] : [];
  }
  if (value instanceof Map) return numbersThat(wrong, [...value], place);
  if (typeof value !== "object" || value === null || value instanceof Error) return [];
  return Object.entries(value).flatMap(([key, item]) => numbersThat(wrong, item, `${place}.${key}`));
}
