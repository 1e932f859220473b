import { DivergenceError, eigh, type Matrix, requireThat, transpose } from "../core";
import { allFinite } from "../core/finite";
import { uncheckedMultiplyVector } from "../core/products";

/** The path of gradient flow at the times that were asked for. */
export interface GradientFlow {
  readonly times: number[];
  /** θ(t) (p) at each of the times. */
  readonly parameters: Float64Array[];
}

/** A quadratic loss and where the flow on it starts. */
export interface QuadraticGradientFlowOptions {
  /** H (p×p, symmetric); it may have zero and negative eigenvalues. */
  readonly hessian: Matrix;
  /** θ_0 (p). */
  readonly start: Float64Array;
  /** θ* (p), a critical point, by default the origin. */
  readonly minimizer?: Float64Array;
  /** When to look: ascending, from 0 on. */
  readonly times: readonly number[];
}

/**
 * Gradient flow dθ/dt = -∇L(θ) on the quadratic L = ½(θ - θ*)ᵀH(θ - θ*), in closed form from the eigenvalues Λ and
 * eigenvectors Q of H: θ(t) = θ* + Q e^{-Λt} Qᵀ(θ_0 - θ*). Exact but for rounding at any time, however stiff. O(p³)
 * once and O(p²) for each time.
 *
 * @throws InvalidArgumentError as `eigh`, unless θ_0 and θ* are finite and have length p, and on times that are
 * negative or descend.
 * @throws DivergenceError when the flow overflows, as it may along a negative eigenvalue.
 * @example
 * const flow = quadraticGradientFlow({ hessian: matrix([[2]]), start: Float64Array.of(3), times: [0, 0.5] });
 * flow.parameters; // [[3], [1.1036383235143269]]: 3/e
 */
export function quadraticGradientFlow(options: QuadraticGradientFlowOptions): GradientFlow {
  const { hessian, start, times } = options;
  const minimizer = options.minimizer ?? new Float64Array(hessian.rows);
  for (const [name, vector] of Object.entries({ start, minimizer })) {
    const requirement = `${name} must have length ${hessian.rows}`;
    requireThat(vector.length === hessian.rows, "quadraticGradientFlow", requirement, vector.length);
    requireThat(allFinite(vector), "quadraticGradientFlow", `${name} must be finite`, vector);
  }
  requireTimes("quadraticGradientFlow", times);
  const { values, vectors } = eigh(hessian);
  const components = uncheckedMultiplyVector(
    transpose(vectors),
    start.map((value, k) => value - minimizer[k]),
  );
  const parameters = times.map((time, index) => {
    // The host's exp will do: what is computed here feeds no chaotic iteration.
    const decayed = components.map((value, k) => (value === 0 ? 0 : value * Math.exp(-values[k] * time)));
    const point = uncheckedMultiplyVector(vectors, decayed).map((value, k) => minimizer[k] + value);
    if (!allFinite(point)) throw new DivergenceError("quadraticGradientFlow", index, `θ is not finite at time ${time}`);
    return point;
  });
  return { times: [...times], parameters };
}

/** Refuses times that are not finite, negative, or descend. */
export function requireTimes(functionName: string, times: readonly number[]): void {
  const ascend = times.every((time, k) => Number.isFinite(time) && time >= (k === 0 ? 0 : times[k - 1]));
  requireThat(ascend, functionName, "times must be finite, at least 0 and ascending", times);
}
