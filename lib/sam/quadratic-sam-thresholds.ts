import { requireThat } from "../core";
import { type QuadraticSamOptions, requireQuadraticSam } from "./quadratic-sam";

/**
 * The values of ‖v‖ = ‖Λw‖ at which SAM on a quadratic changes its behaviour; made by {@link quadraticSamThresholds}. The
 * lists go by the eigenvalues.
 */
export interface QuadraticSamThresholds {
  /** β_i = ηρλ_i²/(2 - ηλ_i): v_i² falls if and only if ‖v‖ > β_i. */
  readonly growth: Float64Array;
  /** α_i = ηρ(λ₁² + λ_i²)/(2 - η(λ₁ + λ_i)): the leading coordinate gains on v_i if and only if ‖v‖ < α_i; α₁ = γ₁. */
  readonly lead: Float64Array;
  /** γ_i = ηρλ_i²/(1 - ηλ_i): v_i changes its sign if and only if ‖v‖ < γ_i. */
  readonly sign: Float64Array;
  /** b = (1 - ηλ₁)γ₁ = ηρλ₁²: the ball ‖v‖ ≤ b is left by no step. */
  readonly invariantRadius: number;
  /** β₁/λ₁ = ηρλ₁/(2 - ηλ₁), the distance from the minimum in w at which SAM ends up bouncing. */
  readonly cycleRadius: number;
}

/**
 * The thresholds of SAM on the quadratic ½wᵀΛw (Bartlett, Long and Bousquet 2023, section 3), in the space v = Λw:
 * 0 ≤ β_d ≤ … ≤ β₁ < α_d ≤ … ≤ α₁ = γ₁, where β₁ < α_d needs λ_d > 0 and λ₁ > 0. The statements about α_i are about
 * λ_i < λ₁, those about γ_i and β_i about λ_i > 0: a coordinate with λ_i = 0 stays as it is.
 *
 * O(d). Thresholds that overflow are infinite.
 *
 * @throws InvalidArgumentError unless λ is finite, of at least one entry, descending, λ_d ≥ 0 and λ₁ > 0, η positive with
 * ηλ₁ < 1, and ρ positive and finite: the premises of the theory. The dynamics, `quadraticSam`, run without them.
 * @example
 * quadraticSamThresholds({
 *   eigenvalues: Float64Array.of(2, 1), learningRate: 0.25, perturbationRadius: 3,
 * }).growth; // [2, 0.42857142857142855]
 */
export function quadraticSamThresholds(options: QuadraticSamOptions): QuadraticSamThresholds {
  const name = "quadraticSamThresholds";
  requireQuadraticSam(name, options);
  const { eigenvalues, learningRate, perturbationRadius } = options;
  const [largest, smallest] = [eigenvalues[0], eigenvalues[eigenvalues.length - 1]];
  requireThat(perturbationRadius > 0, name, "the theory wants a positive perturbationRadius", perturbationRadius);
  requireThat(smallest >= 0, name, "the theory wants eigenvalues of at least 0", smallest);
  requireThat(largest > 0, name, "the theory wants a positive largest eigenvalue", largest);
  const most = learningRate * largest;
  requireThat(most < 1, name, "the theory wants learningRate × largest eigenvalue below 1", most);
  // ηρλ²: (ηλ)λ first, since λ² may overflow where the threshold does not.
  const push = (eigenvalue: number): number => learningRate * eigenvalue * eigenvalue * perturbationRadius;
  return {
    growth: eigenvalues.map((eigenvalue) => push(eigenvalue) / (2 - learningRate * eigenvalue)),
    lead: eigenvalues.map((eigenvalue) => {
      // Each 1 - ηλ by itself, so that α₁ = γ₁ to the last bit.
      return (push(largest) + push(eigenvalue)) / (1 - most + (1 - learningRate * eigenvalue));
    }),
    sign: eigenvalues.map((eigenvalue) => push(eigenvalue) / (1 - learningRate * eigenvalue)),
    invariantRadius: push(largest),
    cycleRadius: twoCycleRadius(options, largest),
  };
}

/** ηρλ/(2 − ηλ), half the way that SAM bounces along an eigenvector of the eigenvalue λ. */
export function twoCycleRadius({ learningRate, perturbationRadius }: QuadraticSamOptions, eigenvalue: number): number {
  return (learningRate * eigenvalue * perturbationRadius) / (2 - learningRate * eigenvalue);
}
