import * as fc from "fast-check";

const seed = Number(process.env.FLAT_MINIMA_FAST_CHECK_SEED ?? 20_260_101);
console.log(`properties: fast-check seed ${seed} (FLAT_MINIMA_FAST_CHECK_SEED sets another)`);

/** Tries a property on random values of the session's seed; a failure shows the smallest counterexample found. */
export function check(property: fc.IAsyncProperty<any>, runs: number): Promise<void> {
  return fc.assert(property, { seed, numRuns: runs });
}
