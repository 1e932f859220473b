import { requireThat } from "../core";
import { type QuadraticSamOptions, requireQuadraticSam } from "./quadratic-sam";
import { twoCycleRadius } from "./quadratic-sam-thresholds";

/** A two-cycle of SAM on a quadratic; made by {@link quadraticSamTwoCycle}. */
export interface QuadraticSamTwoCycle {
  /** r = β_i/λ_i = ηρλ_i/(2 − ηλ_i): the cycle is r e_i, −r e_i, r e_i, …. */
  readonly radius: number;
  /**
   * The eigenvalues (d) of the derivative of one SAM step, the same at both points of the cycle: that of e_j has the
   * index j. Those of the map u ↦ u₊ for u_t = (−1)^t w_t are their negatives, and those of two steps their squares.
   */
  readonly multipliers: Float64Array;
  /** The modulus of the largest of them in modulus: a small distance from a stable cycle ends up falling by it a step. */
  readonly slowest: number;
  /** Whether all are below 1 in modulus, so that SAM returns to the cycle from all points near by. */
  readonly stable: boolean;
}

/**
 * The two-cycle ±r e_i of SAM on the quadratic ½wᵀΛw, with r = ηρλ_i/(2 − ηλ_i), and its multipliers
 *
 *   1 − ηλ_i along e_i,   1 − ηλ_j − (2 − ηλ_i)λ_j²/λ_i² along every other e_j.
 *
 * At r e_i, ‖Λw‖ = β_i = ηρλ_i²/(2 − ηλ_i). A coordinate of w at right angles changes ‖Λw‖ in second order only, so that
 * its factor is 1 − ηλ_j − ηρλ_j²/β_i; along e_i the term of ρ is ηρλ_i sign(w_i), a constant. Hence, where all
 * eigenvalues are at least 0, the multipliers are below 1 in modulus if and only if all eigenvalues are positive and λ_i
 * exceeds all others: an equal one has the multiplier −1, a larger one less than −1, and 0 has 1. The cycles are those
 * of Bartlett, Long and Bousquet (2023, section 3); their theorem asks for η < 1/(2λ₁), the cycle for ηλ_i < 2 alone.
 *
 * O(d). λ_j²/λ_i² may be infinite where λ_i is next to nothing beside λ_j.
 *
 * @param options λ, η and ρ
 * @param index i, counted from 0: by default 0, the cycle along the largest eigenvalue
 * @throws InvalidArgumentError unless λ is finite, of at least one entry, descending and of no negative entry, η positive
 * and finite, ρ positive and finite, i an index of λ, λ_i > 0 and ηλ_i < 2, without which there is no such cycle
 * @example
 * const cycle = quadraticSamTwoCycle({
 *   eigenvalues: Float64Array.of(2, 1), learningRate: 0.5, perturbationRadius: 3,
 * });
 * cycle.radius; // 3
 * cycle.multipliers; // [0, 0.25]
 */
export function quadraticSamTwoCycle(options: QuadraticSamOptions, index: number = 0): QuadraticSamTwoCycle {
  const name = "quadraticSamTwoCycle";
  requireTwoCycle(name, options, index);
  const { eigenvalues } = options;
  const own = eigenvalues[index];
  const multipliers = eigenvalues.map((_, j) => 1 - lossOfCoordinate(options, index, j));
  return {
    radius: twoCycleRadius(options, own),
    multipliers,
    slowest: multipliers.reduce((most, multiplier) => Math.max(most, Math.abs(multiplier)), 0),
    // By the eigenvalues, not by `slowest`: 1 − ηλ_d may round to 1.
    stable: eigenvalues.every((eigenvalue, j) => j === index || (eigenvalue > 0 && eigenvalue < own)),
  };
}

/** 1 minus the multiplier along e_j, to its own relative precision: ηλ_j + (2 − ηλ_i)λ_j²/λ_i², or ηλ_i for j = i. */
export function lossOfCoordinate({ eigenvalues, learningRate }: QuadraticSamOptions, index: number, j: number): number {
  const own = eigenvalues[index];
  const ofDescent = learningRate * eigenvalues[j];
  return j === index ? ofDescent : ofDescent + (2 - learningRate * own) * (eigenvalues[j] / own) ** 2;
}

/** Refuses what has no two-cycle along the eigenvector of the given index. */
export function requireTwoCycle(functionName: string, options: QuadraticSamOptions, index: number): void {
  requireQuadraticSam(functionName, options);
  const { eigenvalues, learningRate, perturbationRadius } = options;
  const size = eigenvalues.length;
  requireThat(
    perturbationRadius > 0,
    functionName,
    "a two-cycle needs a positive perturbationRadius",
    perturbationRadius,
  );
  const smallest = eigenvalues[size - 1];
  requireThat(smallest >= 0, functionName, "the eigenvalues must be at least 0", smallest);
  const known = Number.isInteger(index) && index >= 0 && index < size;
  requireThat(known, functionName, `the index must be an integer from 0 to ${size - 1}`, index);
  requireThat(eigenvalues[index] > 0, functionName, "a two-cycle needs a positive eigenvalue", eigenvalues[index]);
  const product = learningRate * eigenvalues[index];
  requireThat(product < 2, functionName, "a two-cycle needs learningRate × eigenvalue below 2", product);
}
