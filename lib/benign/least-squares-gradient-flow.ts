import { type Matrix, requireThat } from "../core";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite } from "../core/requirements";
import type { GradientFlow } from "../optimizers";
import { rowSpace } from "./row-space";

/** A linear regression and where the flow on it starts. */
export interface LeastSquaresGradientFlowOptions {
  /** X (n×p), one sample in each row, of any rank. */
  readonly inputs: Matrix;
  /** y (n). */
  readonly targets: Float64Array;
  /** w_0 (p), by default the origin. */
  readonly start?: Float64Array;
  /** When to look: ascending, from 0 on; `Infinity` is the limit. */
  readonly times: readonly number[];
}

/**
 * Gradient flow dw/dt = −∇L(w) on L(w) = (1/2n)‖Xw − y‖², a mean with the ½, in closed form from K = XXᵀ:
 *
 *   w(t) = w_0 + Xᵀ φ_t(K) (y − Xw_0),   φ_t(κ) = (1 − e^{−tκ/n})/κ,
 *
 * so that w moves in the row space of X only, and w(∞) = X⁺y + P w_0 with P the projection on the null space of X: from
 * 0 the solution of least norm, from elsewhere the one nearest to w_0. Where the rows of X are independent these are
 * interpolants. Exact but for rounding at any time; it takes K's n×n eigenvectors where `quadraticGradientFlow` takes
 * those of the p×p Hessian, and no minimiser. Eigenvalues of K below max(n, p)·eps of the largest count as zero. About
 * 3n²p + 9n³ operations once and np for each time.
 *
 * @throws InvalidArgumentError when there is not one target a row or the start has not p entries, a number is not
 *   finite, X vanishes, a time is negative or NaN or they descend, or w(t) overflows
 *
 * @example
 * const flow = leastSquaresGradientFlow({
 *   inputs: matrix([[3, 4]]),
 *   targets: Float64Array.of(50),
 *   times: [0, Infinity],
 * });
 * flow.parameters; // [[0, 0], [6, 8]]
 */
export function leastSquaresGradientFlow(options: LeastSquaresGradientFlowOptions): GradientFlow {
  const name = "leastSquaresGradientFlow";
  const { inputs, targets, times } = options;
  const { rows: n, cols: p } = inputs;
  const start = options.start ?? new Float64Array(p);
  requireThat(targets.length === n, name, `the targets must have length ${n}`, targets.length);
  requireFinite(name, "the targets", targets);
  requireThat(start.length === p, name, `the start must have length ${p}`, start.length);
  requireFinite(name, "the start", start);
  const ascend = times.every((time, k) => time >= (k === 0 ? 0 : times[k - 1]));
  requireThat(ascend, name, "times must be at least 0 and ascend", times);

  const { values, left, right } = rowSpace(name, inputs);
  const residual = uncheckedMultiplyVector(inputs, start).map((value, i) => targets[i] - value);
  const overlaps = uncheckedMultiplyVector(left, residual);
  const parameters = times.map((time) => {
    const point = start.slice();
    for (let k = 0; k < values.length; k++) {
      // 1 − e^{−s} loses its digits for small s; the host's expm1 will do, what it feeds is not chaotic.
      const amount = (-Math.expm1((-time * values[k]) / n) / values[k]) * overlaps[k];
      for (let j = 0; j < p; j++) point[j] += amount * right.data[k * p + j];
    }
    requireFinite(name, `w(${time})`, point);
    return point;
  });
  return { times: [...times], parameters };
}
