import { type IterativeResult, requireThat } from "../core";
import { iterationOutcome } from "../core/iterative-result";
import { requireFinite } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { requireSpectrum } from "./quadratic-sam";

/** The quadratic in its eigenbasis, and the ball. */
export interface WorstQuadraticPerturbationOptions {
  /** λ (d), from the largest to the smallest, λ_d ≥ 0. */
  readonly eigenvalues: Float64Array;
  /** ρ > 0: ‖ε‖ ≤ ρ. */
  readonly radius: number;
}

/** The largest loss in the ball; the residual is |‖ε‖ − ρ|/ρ. */
export interface WorstQuadraticPerturbation extends IterativeResult {
  /** ε (d). In the hard case the one with ε₁ ≥ 0, where −ε₁ is as good. */
  readonly perturbation: Float64Array;
}

/** Newton's steps are half a dozen; a hundred bisections reach the last bit of any double. Tuned. */
const MOST_ITERATIONS = 200;
/** Tuned: a few bits above rounding. */
const TOLERANCE = 64 * Number.EPSILON;

/**
 * The largest loss in a ball, max over ‖ε‖ ≤ ρ of ½(w + ε)ᵀΛ(w + ε), and where it is: the inner maximum of the problem
 * from which SAM comes (Foret et al. 2021), solved exactly.
 *
 * A trust-region problem (Moré and Sorensen 1983). With g = Λw the maximum is on the sphere, at (μI − Λ)ε = g with
 * μ ≥ λ₁. Where g has a part in the top eigenspace, or the rest of it is large, μ = λ₁ + s with the only s > 0 for which
 * ∑ g_j²/(s + λ₁ − λ_j)² = ρ²: Newton's method on 1/‖ε(s)‖ = 1/ρ between two bounds of s. Else, in the hard case, s = 0,
 * and what the other coordinates leave of ρ² goes to e₁, with either sign: the maximum has several maximisers. So it is
 * at w = 0, where the value is ½λ₁ρ².
 *
 * O(d) an iteration.
 *
 * @param options λ and ρ
 * @param point w (d), in the eigenbasis
 * @throws InvalidArgumentError unless λ is finite, of at least one entry, descending and of no negative entry, ρ positive
 * and finite, w finite and as long as λ, and Λw/ρ of a finite length
 * @example
 * const ball = { eigenvalues: Float64Array.of(2, 1), radius: 0.5 };
 * worstQuadraticPerturbation(ball, Float64Array.of(1, 0)).value; // 2.25
 * worstQuadraticPerturbation(ball, Float64Array.of(0, 0)).value; // 0.25
 */
export function worstQuadraticPerturbation(
  { eigenvalues, radius }: WorstQuadraticPerturbationOptions,
  point: Float64Array,
): WorstQuadraticPerturbation {
  const name = "worstQuadraticPerturbation";
  const size = eigenvalues.length;
  requireSpectrum(name, eigenvalues);
  requireThat(eigenvalues[size - 1] >= 0, name, "the eigenvalues must be at least 0", eigenvalues[size - 1]);
  requireThat(radius > 0 && Number.isFinite(radius), name, "radius must be positive and finite", radius);
  requireThat(point.length === size, name, `the point must have length ${size}`, point.length);
  requireFinite(name, "the point", point);

  // In units of ρ, so that the ball is of radius 1.
  const slope = point.map((value, j) => (eigenvalues[j] * value) / radius);
  const steepness = scaledNorm(slope);
  requireThat(Number.isFinite(steepness), name, "Λw/ρ must have a finite length", steepness);
  const below = eigenvalues.map((eigenvalue) => eigenvalues[0] - eigenvalue);
  /** ε(s)/ρ. A coordinate without slope stays at rest, also where its denominator is 0. */
  const at = (s: number): Float64Array => slope.map((g, j) => (g === 0 ? 0 : g / (s + below[j])));

  const topSlope = scaledNorm(slope.filter((_, j) => below[j] === 0));
  let direction = at(0);
  let iterations = 0;
  if (topSlope === 0 && uncheckedNorm(direction) <= 1) {
    // The hard case: the top eigenvector has the rest of the length.
    const length = uncheckedNorm(direction);
    direction[0] = Math.sqrt((1 - length) * (1 + length));
  } else {
    // The top coordinates alone are longer than 1 below `low`, and all together are shorter above `high`.
    let low = topSlope;
    let high = steepness;
    let s = low > 0 ? low : high / 2;
    for (; iterations < MOST_ITERATIONS; iterations++) {
      if (iterations > 0 && !(s > low && s < high)) s = low + (high - low) / 2;
      direction = at(s);
      const length = uncheckedNorm(direction);
      if (Math.abs(length - 1) <= TOLERANCE / 16 || (iterations > 0 && (s === low || s === high))) break;
      if (length > 1) low = s;
      else high = s;
      const sum = direction.reduce((total, e, j) => (e === 0 ? total : total + (e * e) / (s + below[j])), 0);
      s += (length * length * (length - 1)) / sum;
    }
  }
  const perturbation = direction.map((value) => radius * value);
  const worst = point.map((value, j) => eigenvalues[j] * (value + perturbation[j]) ** 2);
  return {
    ...iterationOutcome(Math.abs(uncheckedNorm(direction) - 1), iterations, TOLERANCE, "scale w, Λ or ρ towards 1"),
    value: worst.reduce((sum, term) => sum + term, 0) / 2,
    perturbation,
  };
}

/** ‖x‖, also where squares would underflow. */
function scaledNorm(x: Float64Array): number {
  const largest = x.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
  if (largest === 0 || largest === Infinity) return largest;
  return largest * uncheckedNorm(x.map((entry) => entry / largest));
}
