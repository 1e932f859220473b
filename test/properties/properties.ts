import * as fc from "fast-check";
import { DivergenceError, InvalidArgumentError } from "flat-minima/core";
import { isDeepStrictEqual } from "node:util";
import { isTypedArray } from "node:util/types";
import { expect } from "vitest";
import { check } from "./check";
import type { Corruption } from "./corruptions";
import type { Entry } from "./entry";
import { isPlain, numbersThat, prepared, snapshot } from "./prepared";

/** The result of a call and of what its functions give. */
async function outcomeOf({ call, use }: Entry, args: any[]): Promise<unknown> {
  const result = await call(...args);
  return use ? [result, await use(result, args)] : result;
}

const runsOf = ({ runs = 50 }: Entry): number => runs;

/** Valid arguments give a result without NaN, are not changed, and give the same again. */
export function takesWhatIsValid(entry: Entry): Promise<void> {
  return check(
    fc.asyncProperty(entry.valid, async (valid) => {
      const { args } = prepared(valid);
      const before = snapshot(args);
      const result = await outcomeOf(entry, args);
      expect(numbersThat(Number.isNaN, result), "NaN").toEqual([]);
      if (!entry.infinite) expect(numbersThat(isInfinite, result), "not finite").toEqual([]);
      if (!isDeepStrictEqual(snapshot(args), before)) expect(snapshot(args), "changed arguments").toEqual(before);
      if (entry.unrepeatable) return;
      const first = snapshot(result);
      const again = snapshot(await outcomeOf(entry, prepared(valid).args));
      if (!isDeepStrictEqual(again, first)) expect(again, "the second result").toEqual(first);
    }),
    runsOf(entry),
  );
}

/** Where all vectors are tiny or huge, an overflow is named, or does no harm. */
export function namesAnOverflow(entry: Entry): Promise<void> {
  return check(
    fc.asyncProperty(entry.valid, fc.constantFrom(1e-200, 1e160, 1e300), async (valid, factor) => {
      const { args } = prepared(scaled(valid, factor) as unknown[]);
      if (isDeepStrictEqual(snapshot(args), snapshot(prepared(valid).args))) return; // there are no vectors
      const result = await outcomeOf(entry, args).catch((error: unknown) => {
        const named = error instanceof InvalidArgumentError || error instanceof DivergenceError;
        if (!named && (!entry.overflow || error instanceof TypeError)) throw error;
      });
      if (entry.overflow) return;
      expect(numbersThat(Number.isNaN, result), "NaN").toEqual([]);
      if (!entry.infinite) expect(numbersThat(isInfinite, result), "not finite").toEqual([]);
    }),
    runsOf(entry),
  );
}

/** What must happen to a list of arguments that was spoilt. */
export interface Refusal {
  readonly what: string;
  readonly corrupt: Corruption;
  /** Whether it must happen before any function among the arguments is called and any number drawn. */
  readonly before: boolean;
  readonly kind: typeof InvalidArgumentError | typeof DivergenceError;
}

export function refusalsOf({ refuses, refusesInUse = {}, diverges = {} }: Entry): Refusal[] {
  return [
    { corruptions: refuses, before: true, kind: InvalidArgumentError },
    { corruptions: refusesInUse, before: false, kind: InvalidArgumentError },
    { corruptions: diverges, before: false, kind: DivergenceError },
  ].flatMap(({ corruptions, ...rest }) =>
    Object.entries(corruptions).map(([what, corrupt]) => ({ what, corrupt, ...rest })),
  );
}

/** Spoilt arguments are refused, by an error of the right kind and form. */
export async function refuses(entry: Entry, { corrupt, before, kind }: Refusal): Promise<void> {
  let tried = 0;
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  await check(
    fc.asyncProperty(entry.valid, place, async (valid, pick) => {
      const { args, work } = prepared(valid);
      const bad = corrupt(args, pick);
      if (bad === undefined) return;
      tried++;
      const error: unknown = await outcomeOf(entry, bad as unknown[]).then(
        (result) => new Error(`nothing was refused, and the result was ${fc.stringify(result)}`),
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof kind)) throw error;
      if (kind === InvalidArgumentError) {
        expect(error.message).toMatch(entry.otherwiseNamed ? /^.+: .+, got .+$/su : /^[\w.]+: .+, got .+$/su);
      }
      if (before) expect(work, "work before the refusal").toEqual([]);
    }),
    Math.min(runsOf(entry), 20),
  );
  expect(tried, "lists that could be spoilt").toBeGreaterThan(0);
}

function isInfinite(value: number): boolean {
  return Math.abs(value) === Infinity;
}

/** The same arguments with every float64 of their typed arrays multiplied, as long as it stays finite. */
function scaled(value: unknown, factor: number): unknown {
  if (isTypedArray(value)) {
    if (!(value instanceof Float64Array)) return value;
    return value.map((entry) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, factor * entry)));
  }
  if (Array.isArray(value)) return value.map((item) => scaled(item, factor));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Reflect.ownKeys(value).map((key) => [key, scaled(value[key], factor)]));
}
