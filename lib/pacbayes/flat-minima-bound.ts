import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { maurerConfidenceTerm, requireFailureProbability } from "./bound-inputs";
import { gridPriorFor } from "./prior-variance-grid";
import { requireProbability } from "./probabilities";

/** What the bounds for a flat minimum θ are computed from. The loss lies in [0, 1]. */
export interface FlatMinimumInputs {
  /** max over ‖ε‖ ≤ ρ of L̂(θ + ε), in [0, 1]: the empirical risk at θ plus its sharpness. */
  readonly largestEmpiricalRiskInBall: number;
  /** ρ > 0, chosen before the sample (a grid of radii would cost a further union bound). */
  readonly dataFreeRadius: number;
  /** ‖θ − μ_P‖² ≥ 0; the prior's mean μ_P (0, or the initialisation) is fixed without looking at the sample. */
  readonly squaredDistanceToDataFreePriorMean: number;
  /** k, the number of parameters. */
  readonly dimension: number;
  /** n, the number of independent samples behind L̂. */
  readonly sampleCount: number;
  /** δ in (0, 1) */
  readonly failureProbability: number;
}

/** The corrected bound with each of its terms. */
export interface FlatMinimumBound {
  /** The bound on L(θ): the next three added. Vacuous above 1. */
  readonly value: number;
  /** max over ‖ε‖ ≤ ρ of L̂(θ + ε). */
  readonly largestEmpiricalRiskInBall: number;
  /** n^{−½}: the posterior's mass outside the ball is at most this, and the loss there at most 1. */
  readonly massOutsideBall: number;
  /** √((the four terms below)/2n). */
  readonly complexity: number;
  /** ½ k log(1 + ‖θ − μ_P‖²(1 + √(log n/k))²/ρ²), in nats: KL to the best Gaussian prior. */
  readonly klToBestPrior: number;
  /** ½ k (e^r − 1 − r), in nats: for a prior whose variance is on the grid. */
  readonly rounding: number;
  /** 2 log(j + 1) + log(π²/6), in nats: for choosing it after the sample. */
  readonly choice: number;
  /** log(2√n/δ), in nats: for all posteriors at once, with probability 1 − δ. */
  readonly confidence: number;
}

/**
 * The PAC-Bayes bound for flat minima, corrected and with all its constants. If L(θ) ≤ E L(θ + ε) for ε ~ N(0, σ²I_k),
 * σ = ρ/(√k + √log n), then with probability 1 − δ
 * L(θ) ≤ max_{‖ε‖≤ρ} L̂(θ + ε) + n^{−½} + √((½k log(1 + ‖θ−μ_P‖²(1+√(log n/k))²/ρ²) + ½k(e^r−1−r) + 2 log(j+1)
 * + log(π²/6) + log(2√n/δ))/2n).
 *
 * Why: `maurerBound` for Q = N(θ, σ²I), with the prior from `priorFromVarianceGrid`; Q leaves the ball with probability at
 * most n^{−½}, as ‖ε‖ is a 1-Lipschitz function of normals with mean at most σ√k. The condition on L is an assumption on
 * the population: it says that θ is no sharp *maximum* of L on the scale σ. O(1).
 * Source: Foret et al. 2021, theorem 2, in Wu's lecture "Implicit bias/regularization I"; corrected here.
 *
 * @throws InvalidArgumentError when the largest empirical risk is outside [0, 1], ρ not positive and finite, ‖θ − μ_P‖²
 *   negative or not finite, k or n no positive integer, δ outside (0, 1), or ‖θ − μ_P‖²/ρ² overflows
 *
 * @example
 * const bound = flatMinimumBound({
 *   largestEmpiricalRiskInBall: 0.25,
 *   dataFreeRadius: 1,
 *   squaredDistanceToDataFreePriorMean: 0,
 *   dimension: 10,
 *   sampleCount: 100,
 *   failureProbability: 0.05,
 * });
 * bound.massOutsideBall; // 0.1
 * bound.klToBestPrior; // 0
 * bound.confidence; // 5.99146454710798, log 400
 */
export function flatMinimumBound(inputs: FlatMinimumInputs): FlatMinimumBound {
  const squaredRatio = requireFlatMinimum("flatMinimumBound", inputs);
  const { largestEmpiricalRiskInBall, dimension: k, sampleCount: n, failureProbability } = inputs;
  const ratio = squaredRatio * (1 + Math.sqrt(Math.log(n) / k)) ** 2;
  requireThat(ratio < Infinity, "flatMinimumBound", "the squared distance over ρ² must not overflow", ratio);
  const { klToBestPrior, rounding, choice } = gridPriorFor(k, ratio, 1);
  const confidence = maurerConfidenceTerm(n, failureProbability);
  const complexity = Math.sqrt((klToBestPrior + rounding + choice + confidence) / (2 * n));
  const massOutsideBall = 1 / Math.sqrt(n);
  return {
    value: largestEmpiricalRiskInBall + massOutsideBall + complexity,
    largestEmpiricalRiskInBall,
    massOutsideBall,
    complexity,
    klToBestPrior,
    rounding,
    choice,
    confidence,
  };
}

/**
 * The bound for flat minima as a lecture prints it, REFUTED, with its Õ(1) set to 0:
 * max L̂(θ + ε) + √((k log(1 + ‖θ − μ_P‖²(1 + √(log n/k))/ρ²) + 4 log(n/δ))/n), the maximum over a ball of radius σ.
 *
 * A square is missing, a ball of radius σ holds next to none of N(0, σ²I_k) in many dimensions, and ρ is free of σ: for
 * labels that are independent of the inputs and ρ → ∞, the right side tends to the training loss + √(4 log(n/δ)/n), which
 * no interpolation of n labels by k > n parameters obeys. `flatMinimumBound` is the repair. O(1).
 *
 * @throws InvalidArgumentError when the largest empirical risk is outside [0, 1], ρ not positive and finite, ‖θ − μ_P‖²
 *   negative or not finite, k or n no positive integer, δ outside (0, 1), or ‖θ − μ_P‖²/ρ² overflows
 *
 * @example
 * printedFlatMinimumBound({
 *   largestEmpiricalRiskInBall: 0.25,
 *   dataFreeRadius: 1,
 *   squaredDistanceToDataFreePriorMean: 0,
 *   dimension: 10,
 *   sampleCount: 16,
 *   failureProbability: 16 * Math.exp(-4),
 * }); // 1.25
 */
export function printedFlatMinimumBound(inputs: FlatMinimumInputs): number {
  const squaredRatio = requireFlatMinimum("printedFlatMinimumBound", inputs);
  const { largestEmpiricalRiskInBall, dimension: k, sampleCount: n, failureProbability } = inputs;
  const ratio = squaredRatio * (1 + Math.sqrt(Math.log(n) / k));
  requireThat(ratio < Infinity, "printedFlatMinimumBound", "the squared distance over ρ² must not overflow", ratio);
  const price = k * Math.log1p(ratio) + 4 * (Math.log(n) - Math.log(failureProbability));
  return largestEmpiricalRiskInBall + Math.sqrt(price / n);
}

/** ‖θ − μ_P‖²/ρ² of inputs that are in order. */
function requireFlatMinimum(functionName: string, inputs: FlatMinimumInputs): number {
  const { dataFreeRadius: radius, squaredDistanceToDataFreePriorMean: squaredDistance } = inputs;
  requireProbability(functionName, "the largest empirical risk", inputs.largestEmpiricalRiskInBall);
  requireThat(radius > 0 && radius < Infinity, functionName, "the radius must be positive and finite", radius);
  const isSquare = squaredDistance >= 0 && squaredDistance < Infinity;
  requireThat(isSquare, functionName, "the squared distance must be at least 0 and finite", squaredDistance);
  requireSize(functionName, "dimension", inputs.dimension);
  requireSize(functionName, "sampleCount", inputs.sampleCount);
  requireFailureProbability(functionName, inputs.failureProbability);
  return squaredDistance / radius / radius;
}
