import { topEigenvalue } from "./eigh";
import { engine } from "./engine";
import { requireThat } from "./errors";
import { finish, topEigenvalueSteps } from "./lanczos";
import { forLowerPairs, type Matrix } from "./matrix";
import { randomStream } from "./random";
import { requireFinite } from "./requirements";

/**
 * Refuses what is no matrix of inner products: what breaks K_ij = K_ji or the Cauchy–Schwarz inequality
 * K_ij² ≤ K_ii K_jj by more than rounding. An inner product of vectors of length p is known to p·eps of their lengths:
 * √eps leaves room for p up to 10⁷.
 */
export function requireGramMatrix(functionName: string, { rows: n, cols, data: K }: Matrix): void {
  requireThat(n > 0 && n === cols, functionName, "the Gram matrix must be square", `${n}×${cols}`);
  requireThat(K.length === n * n, functionName, `the Gram matrix must have ${n * n} entries`, K.length);
  const tolerance = Math.sqrt(Number.EPSILON);
  const loose = 1 + tolerance;
  /** ‖g_i‖. */
  const lengths = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const square = K[i * n + i];
    requireThat(square >= 0 && square < Infinity, functionName, "‖g_i‖² must be finite and not negative", square);
    lengths[i] = Math.sqrt(square);
  }
  forLowerPairs(n, (lower, upper, count) => {
    const i = Math.floor(lower / n);
    const length = lengths[i];
    for (let k = 0, j = lower - i * n; k < count; k++, j++, lower++, upper += n) {
      const entry = K[lower];
      const mirrored = K[upper];
      const bound = length * lengths[j];
      // Its negation would let NaN through.
      if (Math.abs(entry) <= bound * loose && Math.abs(entry - mirrored) <= bound * tolerance) continue;
      const got = `entries ${entry} and ${mirrored} at (${i}, ${j}) and (${j}, ${i})`;
      const requirement = `a Gram matrix must be symmetric with |K_ij| ≤ √(K_ii K_jj) = ${bound}`;
      requireThat(false, functionName, requirement, got);
    }
  });
}

/**
 * λ_max(K) of a Gram matrix, by Lanczos' method where that converges, as it mostly does in a few dozen products, else by
 * all eigenvalues.
 */
export function topEigenvalueOfGram(functionName: string, K: Matrix): number {
  const start = randomStream(0, "top eigenvalue of a Gram matrix").normals(K.rows);
  const apply = (vector: Float64Array): Float64Array => {
    const image = new Float64Array(K.rows);
    const column = { rows: K.rows, cols: 1 };
    engine().gemmInto({ ...column, data: image }, K, { ...column, data: vector });
    requireFinite(functionName, "the Gram matrix's products", image);
    return image;
  };
  // An eigenvalue lies within 1e-10·λ_max of the value, the top one mostly within the square of that over the gap.
  const { value, converged } = finish(topEigenvalueSteps(functionName, apply, start, { tolerance: 1e-10 }));
  return converged ? value : topEigenvalue(K);
}
