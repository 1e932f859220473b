import { requireThat } from "../core";
import { requireFiniteNumber } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { type QuadraticSamOptions, requireQuadraticSam } from "./quadratic-sam";

/** By how much one step of SAM lowers J, at least and in fact; made by {@link bouncingDescent}. */
export interface BouncingDescent {
  /** J(u_t) - J(u_{t+1}). */
  readonly decrease: number;
  /** (1/2ρ) Σ_i u_i²(1 - β_i/‖Λu‖)²(2 - ηλ_i)²λ_i. */
  readonly bound: number;
  /** decrease - bound. */
  readonly slack: number;
}

/**
 * By how much one SAM step on the quadratic ½wᵀΛw lowers J (`bouncingObjective`), and what is guaranteed (Bartlett, Long
 * and Bousquet 2023):
 *
 *     J(u) - J(u₊) ≥ (1/2ρ) Σ_i u_i²(1 - β_i/‖Λu‖)²(2 - ηλ_i)²λ_i.
 *
 * J is a quadratic, for which this would be an equality, minus a norm, which is convex: the slack is what the norm lies
 * above its tangent, ‖Λu₊‖(1 - cos ∠(Λu, Λu₊)), and so is 0 where the step keeps the direction of Λu. That needs nothing
 * of λ, and for λ ≥ 0 the bound is at least 0. J is even, so that u may be w_t or -w_t. The decrease is a sum of differences of
 * squares, and not a difference of two values of J. O(d).
 *
 * @throws InvalidArgumentError unless λ is finite, of at least one entry and descending, η and ρ are positive and finite,
 * the point has the length of λ and Λu is finite and not 0 (there SAM makes no step), and when a result overflows
 * @example
 * const options = { eigenvalues: Float64Array.of(1), learningRate: 0.5, perturbationRadius: 1 };
 * bouncingDescent(options, Float64Array.of(2)); // { decrease: 4.125, bound: 3.125, slack: 1 }
 */
export function bouncingDescent(options: QuadraticSamOptions, point: Float64Array): BouncingDescent {
  const name = "bouncingDescent";
  requireQuadraticSam(name, options);
  const { eigenvalues, learningRate, perturbationRadius } = options;
  requireThat(perturbationRadius > 0, name, "perturbationRadius must be positive", perturbationRadius);
  requireThat(
    point.length === eigenvalues.length,
    name,
    `the point must have length ${eigenvalues.length}`,
    point.length,
  );
  const before = uncheckedNorm(point.map((u, i) => eigenvalues[i] * u));
  requireThat(before > 0 && before < Infinity, name, "Λu must be finite and not 0", `‖Λu‖ = ${before}`);

  /** ηλ(1 + ρλ/‖Λu‖): SAM multiplies u_i by 1 minus this, gradient descent on J by the same minus 1. */
  const pull = eigenvalues.map((lambda) => learningRate * lambda * (1 + (perturbationRadius * lambda) / before));
  const after = uncheckedNorm(point.map((u, i) => eigenvalues[i] * u * (1 - pull[i])));
  let [decrease, bound] = [0, 0];
  for (const [i, u] of point.entries()) {
    const lambda = eigenvalues[i];
    const curvature = (2 - learningRate * lambda) / learningRate / perturbationRadius;
    // u² - u₊² = u²·pull·(2 - pull), and ‖Λu‖ - ‖Λu₊‖ = (‖Λu‖² - ‖Λu₊‖²)/(‖Λu‖ + ‖Λu₊‖), coordinate by coordinate.
    const squareDifference = u * pull[i] * ((2 - pull[i]) * u);
    decrease += squareDifference * (curvature / 2 - lambda * (lambda / (before + after)));
    // (1 - β_i/‖Λu‖)(2 - ηλ_i) = 2 - pull: no threshold has to be formed.
    bound += ((lambda / perturbationRadius) * ((2 - pull[i]) * u) ** 2) / 2;
  }
  requireFiniteNumber(name, "the decrease", decrease);
  requireFiniteNumber(name, "the bound", bound);
  return { decrease, bound, slack: requireFiniteNumber(name, "the slack", decrease - bound) };
}
