import { topEigenvalue } from "./eigh";
import { requireThat } from "./errors";
import { finish, topEigenvalueSteps } from "./lanczos";
import type { Matrix } from "./matrix";
import { multiplyVector } from "./products";
import { randomStream } from "./random";

/**
 * Refuses what is no matrix of inner products: what breaks K_ij = K_ji or the Cauchy–Schwarz inequality
 * K_ij² ≤ K_ii K_jj by more than rounding. An inner product of vectors of length p is known to p·eps of their lengths:
 * √eps leaves room for p up to 10⁷.
 */
export function requireGramMatrix(functionName: string, { rows: n, cols, data: K }: Matrix): void {
  requireThat(n > 0 && n === cols, functionName, "the Gram matrix must be square", `${n}×${cols}`);
  requireThat(K.length === n * n, functionName, `the Gram matrix must have ${n * n} entries`, K.length);
  const tolerance = Math.sqrt(Number.EPSILON);
  for (let i = 0; i < n; i++) {
    const own = K[i * n + i];
    requireThat(own >= 0 && own < Infinity, functionName, "‖g_i‖² must be finite and not negative", own);
    for (let j = 0; j < i; j++) {
      const [entry, mirrored] = [K[i * n + j], K[j * n + i]];
      const bound = Math.sqrt(own) * Math.sqrt(K[j * n + j]);
      if (Math.abs(entry) <= bound * (1 + tolerance) && Math.abs(entry - mirrored) <= bound * tolerance) continue;
      const got = `entries ${entry} and ${mirrored} at (${i}, ${j}) and (${j}, ${i})`;
      const requirement = `a Gram matrix must be symmetric with |K_ij| ≤ √(K_ii K_jj) = ${bound}`;
      requireThat(false, functionName, requirement, got);
    }
  }
}

/**
 * λ_max(K) of a Gram matrix, by Lanczos' method where that converges, as it mostly does in a few dozen products, else by
 * all eigenvalues.
 */
export function topEigenvalueOfGram(functionName: string, K: Matrix): number {
  const start = randomStream(0, "top eigenvalue of a Gram matrix").normals(K.rows);
  const apply = (vector: Float64Array): Float64Array => multiplyVector(K, vector);
  // An eigenvalue lies within 1e-10·λ_max of the value, the top one mostly within the square of that over the gap.
  const { value, converged } = finish(topEigenvalueSteps(functionName, apply, start, { tolerance: 1e-10 }));
  return converged ? value : topEigenvalue(K);
}
