import { requireThat } from "./errors";
import { norm, uncheckedNorm } from "./vector";

/**
 * Makes a vector orthogonal to an orthonormal basis, in place, by two passes of modified Gram–Schmidt, and returns the
 * overlaps that were taken away. Twice is enough to be orthogonal to rounding (Parlett 1998, section 6.9), unless
 * nothing but rounding remains.
 */
export function orthogonalise(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const overlaps = new Float64Array(basis.length);
  for (let pass = 0; pass < 2; pass++) {
    basis.forEach((direction, k) => {
      let overlap = 0;
      for (let i = 0; i < vector.length; i++) overlap += direction[i] * vector[i];
      for (let i = 0; i < vector.length; i++) vector[i] -= overlap * direction[i];
      overlaps[k] += overlap;
    });
  }
  return overlaps;
}

/** Fresh orthonormal vectors that span what the given ones span; the first is the first of them, normalised. */
export function orthonormalised(
  functionName: string,
  vectors: readonly Float64Array[],
  length: number,
): Float64Array[] {
  requireThat(vectors.length > 0, functionName, "at least one start vector is needed", vectors.length);
  requireThat(
    vectors.length <= length,
    functionName,
    `there can be at most ${length} vectors, the dimension`,
    vectors.length,
  );
  const basis: Float64Array[] = [];
  vectors.forEach((vector, k) => {
    requireThat(vector.length === length, functionName, `vector ${k} must have ${length} entries`, vector.length);
    const size = uncheckedNorm(vector);
    requireThat(size > 0 && size < Infinity, functionName, `vector ${k} must be finite and not 0`, `the norm ${size}`);
    const direction = vector.slice();
    orthogonalise(direction, basis);
    const remainder = norm(direction);
    requireThat(
      // What rounding leaves of a vector that depends on the others.
      remainder > length * Number.EPSILON * size,
      functionName,
      "the vectors must be linearly independent",
      `vector ${k}, of which a share of ${(remainder / size).toExponential(1)} is new`,
    );
    basis.push(direction.map((entry) => entry / remainder));
  });
  return basis;
}

/** A direction of which less than this share is new is left out (tuned: what remains is rounding). */
const NOTHING_NEW = 1e-13;

/** Orthonormal vectors for what the given ones have beside the basis: fewer of them where there is nothing new. */
export function independentPart(vectors: readonly Float64Array[], basis: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = [];
  for (const vector of vectors) {
    const direction = unitVector(vector);
    if (direction === undefined) continue;
    orthogonalise(direction, [...basis, ...found]);
    const remainder = norm(direction);
    if (remainder > NOTHING_NEW) found.push(direction.map((entry) => entry / remainder));
  }
  return found;
}

/** v/‖v‖, also where a square of v overflows or all of them vanish; undefined for v = 0. */
function unitVector(vector: Float64Array): Float64Array | undefined {
  const largest = vector.reduce((bound, entry) => Math.max(bound, Math.abs(entry)), 0);
  if (largest === 0) return undefined;
  const scaled = vector.map((entry) => entry / largest);
  const size = norm(scaled);
  return scaled.map((entry) => entry / size);
}

/** Σ_k w_k v_k. */
export function combine(vectors: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(vectors[0].length);
  vectors.forEach((vector, k) => {
    const weight = weights[k];
    for (let i = 0; i < sum.length; i++) sum[i] += weight * vector[i];
  });
  return sum;
}
