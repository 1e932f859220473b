import { DivergenceError, dot, eigh, type Matrix, requireThat } from "../core";
import { allFinite } from "../core/finite";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { requireLearningRate } from "../optimizers/update-map";

/**
 * By what one step of gradient descent multiplies the component along an eigenvector of curvature a: 1 - ηa.
 * Its modulus is the rate: above 1 (a > 2/η for a ≥ 0) the component escapes like |1 - ηa|^t; at a = 2/η it is -1 and
 * the orbit has period two.
 *
 * @throws InvalidArgumentError unless both are finite and η is positive.
 * @example
 * gradientDescentMultiplier(3, 0.5); // -0.5
 */
export function gradientDescentMultiplier(curvature: number, learningRate: number): number {
  requireFiniteNumber("gradientDescentMultiplier", "curvature", curvature);
  requireLearningRate("gradientDescentMultiplier", learningRate);
  return 1 - learningRate * curvature;
}

/**
 * The largest learning rate at which gradient descent stays bounded at a minimum with top Hessian eigenvalue λ₁:
 * η = 2/λ₁.
 *
 * @throws InvalidArgumentError unless λ₁ is positive and finite.
 * @example
 * gradientDescentThreshold(4); // 0.5
 */
export function gradientDescentThreshold(topEigenvalue: number): number {
  requireThat(
    topEigenvalue > 0 && Number.isFinite(topEigenvalue),
    "gradientDescentThreshold",
    "topEigenvalue must be positive and finite",
    topEigenvalue,
  );
  return 2 / topEigenvalue;
}

/** A quadratic ½ (θ - θ*)ᵀ H (θ - θ*) and a run of gradient descent on it. */
export interface QuadraticRun {
  /** H (p×p), symmetric, of any sign. */
  readonly hessian: Matrix;
  /** θ_0 (p). */
  readonly start: Float64Array;
  /** θ* (p), by default the origin. */
  readonly minimizer?: Float64Array;
  readonly learningRate: number;
  /** The number of steps. */
  readonly steps: number;
}

/**
 * Gradient descent on a quadratic in closed form, without iterating: θ_t = θ* + Σ_k (1 - ηλ_k)^t ⟨q_k, θ_0 - θ*⟩ q_k
 * for t = 0, …, steps, over the eigenpairs (λ_k, q_k) of H. Cost O(p³ + steps p²).
 *
 * @throws InvalidArgumentError unless H is symmetric, the vectors fit it and are finite, η is positive, and `steps` is a
 * non-negative integer.
 * @throws DivergenceError when the run overflows.
 * @example
 * quadraticTrajectory({ hessian: matrix([[4]]), start: Float64Array.of(3), learningRate: 0.5, steps: 2 });
 * // [[3], [-3], [3]]: at η = 2/λ₁ the orbit has period two
 */
export function quadraticTrajectory(run: QuadraticRun): Float64Array[] {
  const { hessian, start, learningRate, steps } = run;
  const size = hessian.rows;
  const minimizer = run.minimizer ?? new Float64Array(size);
  requireThat(start.length === size, "quadraticTrajectory", `start must have length ${size}`, start.length);
  requireThat(minimizer.length === size, "quadraticTrajectory", `minimizer must have length ${size}`, minimizer.length);
  requireThat(
    Number.isInteger(steps) && steps >= 0,
    "quadraticTrajectory",
    "steps must be a non-negative integer",
    steps,
  );
  requireFinite("quadraticTrajectory", "start", start);
  requireFinite("quadraticTrajectory", "minimizer", minimizer);
  requireLearningRate("quadraticTrajectory", learningRate);
  const { values, vectors } = eigh(hessian);
  const eigenvectors = Array.from({ length: size }, (_, k) =>
    Float64Array.from({ length: size }, (_, i) => vectors.data[i * size + k]),
  );
  const offset = start.map((value, i) => value - minimizer[i]);
  const components = eigenvectors.map((q) => dot(q, offset));
  return Array.from({ length: steps + 1 }, (_, t) => {
    const point = minimizer.slice();
    for (let k = 0; k < size; k++) {
      const component = gradientDescentMultiplier(values[k], learningRate) ** t * components[k];
      for (let i = 0; i < size; i++) point[i] += component * eigenvectors[k][i];
    }
    if (!allFinite(point)) throw new DivergenceError("quadraticTrajectory", t, "θ is not finite");
    return point;
  });
}
