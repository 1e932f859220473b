import { requireThat } from "../core";
import { requireSize } from "../core/requirements";

/** A Gaussian posterior N(θ, σ²I_k) and the mean of its prior. */
export interface IsotropicPosterior {
  /** k, the number of parameters. */
  readonly dimension: number;
  /** ‖θ − μ_P‖² ≥ 0; the prior's mean μ_P (0, or the initialisation) is fixed without looking at the sample. */
  readonly squaredDistanceToDataFreePriorMean: number;
  /** σ² > 0, fixed without looking at the sample: the grid of prior variances begins here. */
  readonly dataFreeVariance: number;
}

/** The prior of the grid that is nearest to the best one, and what it costs, in nats. */
export interface GridPrior {
  /** j = 0, 1, … */
  readonly index: number;
  /** σ² e^{2j/√k} */
  readonly variance: number;
  /** r = log(best variance / variance of the grid), at most 1/√k in modulus. */
  readonly logMisfit: number;
  /** ½ k log(1 + ‖θ − μ_P‖²/(kσ²)): KL to the best prior N(μ_P, (σ² + ‖θ − μ_P‖²/k)I), which depends on the sample. */
  readonly klToBestPrior: number;
  /** ½ k (e^r − 1 − r): what KL to the grid's prior is more. At most ½ k (e^{1/√k} − 1 − 1/√k): 0.36 at k = 1, → ¼. */
  readonly rounding: number;
  /** 2 log(j + 1) + log(π²/6): the log of 1 over the prior's weight. */
  readonly choice: number;
}

/**
 * The nearest of the priors N(μ_P, σ² e^{2j/√k} I), j = 0, 1, …, weighted 6/(π²(j+1)²), to the best prior for the
 * posterior N(θ, σ²I_k), and its price: a bound that holds for each prior of the grid at δ times its weight holds for
 * all of them at δ, so that j may be chosen after the sample for `rounding + choice` nats beside `klToBestPrior`.
 *
 * Nearest in log variance, which is the cheapest rounding up to O(k^{−½}) nats. O(1).
 * Source: the union bound that Wu's lecture "Implicit bias/regularization I" leaves as homework; the grid is ours, after
 * Langford and Caruana 2002, the weights after Dziugaite and Roy 2017.
 *
 * @throws InvalidArgumentError when k is no positive integer, ‖θ − μ_P‖² negative or not finite, σ² not positive and
 *   finite, or ‖θ − μ_P‖²/(kσ²) or the grid's variance overflows
 *
 * @example
 * const posterior = { dimension: 1, squaredDistanceToDataFreePriorMean: 1, dataFreeVariance: 1 };
 * const { index, klToBestPrior, rounding } = priorFromVarianceGrid(posterior);
 * [index, klToBestPrior, rounding]; // [0, 0.34657359027997264, 0.15342640972002736]
 */
export function priorFromVarianceGrid(posterior: IsotropicPosterior): GridPrior {
  const name = "priorFromVarianceGrid";
  const { dimension: k, squaredDistanceToDataFreePriorMean: squaredDistance, dataFreeVariance: variance } = posterior;
  requireSize(name, "dimension", k);
  const isSquare = squaredDistance >= 0 && squaredDistance < Infinity;
  requireThat(isSquare, name, "the squared distance must be at least 0 and finite", squaredDistance);
  requireThat(variance > 0 && variance < Infinity, name, "the variance must be positive and finite", variance);
  const ratio = squaredDistance / k / variance;
  requireThat(ratio < Infinity, name, "the squared distance over k σ² must not overflow", ratio);
  const prior = gridPriorFor(k, ratio, variance);
  requireThat(prior.variance < Infinity, name, "the grid's variance must not overflow", prior.variance);
  return prior;
}

/** The same from the ratio ‖θ − μ_P‖²/(kσ²). */
export function gridPriorFor(k: number, ratio: number, variance: number): GridPrior {
  const bestLogRatio = Math.log1p(ratio);
  const index = Math.round((Math.sqrt(k) / 2) * bestLogRatio);
  const gridLogRatio = (2 * index) / Math.sqrt(k);
  const logMisfit = bestLogRatio - gridLogRatio;
  return {
    index,
    variance: variance * Math.exp(gridLogRatio),
    logMisfit,
    klToBestPrior: 0.5 * k * bestLogRatio,
    // At r ~ 1/√k the difference loses the √k-th part of its digits, k eps nats at most.
    rounding: Math.max(0, 0.5 * k * (Math.expm1(logMisfit) - logMisfit)),
    choice: 2 * Math.log1p(index) + Math.log(Math.PI ** 2 / 6),
  };
}
