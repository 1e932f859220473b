import { requireThat } from "../core";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { relativeEntropyTerm } from "./relative-entropy-term";

/** A Gaussian distribution on ℝ^k with independent coordinates, N(μ, diag(σ²)). */
export interface DiagonalGaussian {
  /** μ (k). */
  readonly mean: ArrayLike<number>;
  /** σ², not σ: one number for all coordinates, or one for each (k). Positive. */
  readonly variance: number | ArrayLike<number>;
}

/**
 * The Kullback–Leibler divergence of Gaussians with independent coordinates, in nats,
 *
 *   KL(N(μ, diag σ²)‖N(μ_P, diag s²)) = ½ Σ_i [σ_i²/s_i² − 1 − log(σ_i²/s_i²) + (μ_P,i − μ_i)²/s_i²],
 *
 * each term at least 0 and computed without cancellation, also for σ² near s². O(k).
 *
 * @param posterior N(μ, diag σ²)
 * @param prior N(μ_P, diag s²)
 * @throws InvalidArgumentError unless both have k finite means and finite positive variances, one or k of them; and when
 *   the divergence overflows
 *
 * @example
 * diagonalGaussianKl({ mean: [3, 4], variance: 1 }, { mean: [0, 0], variance: [1, 1] }); // 12.5
 */
export function diagonalGaussianKl(posterior: DiagonalGaussian, prior: DiagonalGaussian): number {
  const from = requireDiagonal("diagonalGaussianKl", "the posterior", posterior);
  const to = requireDiagonal("diagonalGaussianKl", "the prior", prior);
  const k = to.mean.length;
  const lengths = `${from.mean.length} and ${k}`;
  requireThat(from.mean.length === k, "diagonalGaussianKl", "the dimensions must be equal", lengths);
  let sum = 0;
  for (let i = 0; i < k; i++) {
    const [variance, priorVariance] = [from.variance[i], to.variance[i]];
    // Homogeneous: the term of the two variances over s² is that of 1 and σ²/s², without the rounding of the quotient.
    const spread = relativeEntropyTerm(priorVariance, variance, variance - priorVariance) / priorVariance;
    const distance = (to.mean[i] - from.mean[i]) / Math.sqrt(priorVariance);
    sum += spread + distance ** 2;
  }
  return requireFiniteNumber("diagonalGaussianKl", "the divergence", sum / 2);
}

/** The isotropic prior N(μ_P, σ_P² I) that is nearest to a posterior. */
export interface OptimalPriorVariance {
  /** σ_P². */
  readonly variance: number;
  /** KL(N(θ, σ² I)‖N(μ_P, σ_P² I)) with it, in nats. */
  readonly divergence: number;
}

/**
 * The variance of an isotropic prior N(μ_P, σ_P² I) that is nearest to the posterior N(θ, σ² I) on ℝ^k, and how near:
 *
 *   σ_P² = σ² + ‖μ_P − θ‖²/k,   KL = ½ k log(1 + ‖μ_P − θ‖²/(kσ²)),
 *
 * where the derivative k/σ_P² − (kσ² + ‖μ_P − θ‖²)/σ_P⁴ of 2 KL by σ_P² vanishes. Not a prior yet: θ depends on the
 * sample, and so does this variance. A bound has to pay for it by a union over a grid of variances that was fixed
 * before (Langford and Caruana 2002; Dziugaite and Roy 2017; Foret et al. 2021). O(k).
 *
 * @param posterior N(θ, σ² I), one variance
 * @param priorMean μ_P (k)
 * @throws InvalidArgumentError unless both means have k finite entries and σ² is finite and positive; and when
 *   ‖μ_P − θ‖², σ_P² or ‖μ_P − θ‖²/(kσ²) overflows
 *
 * @example
 * optimalPriorVariance({ mean: [1, 1], variance: 1 }, [0, 0]); // { variance: 2, divergence: 0.693147180559945… }
 */
export function optimalPriorVariance(
  posterior: DiagonalGaussian & { readonly variance: number },
  priorMean: ArrayLike<number>,
): OptimalPriorVariance {
  const { variance } = posterior;
  requireThat(typeof variance === "number", "optimalPriorVariance", "the variance must be one number", variance);
  const { mean } = requireDiagonal("optimalPriorVariance", "the posterior", posterior);
  const k = mean.length;
  const target = Float64Array.from(priorMean);
  requireThat(target.length === k, "optimalPriorVariance", `the prior's mean must have ${k} entries`, target.length);
  requireFinite("optimalPriorVariance", "the prior's mean", target);
  const excess = mean.reduce((sum, value, i) => sum + (target[i] - value) ** 2, 0) / k;
  requireFiniteNumber("optimalPriorVariance", "the prior's variance", variance + excess);
  requireFiniteNumber("optimalPriorVariance", "the squared distance over kσ²", excess / variance);
  return { variance: variance + excess, divergence: (k / 2) * Math.log1p(excess / variance) };
}

function requireDiagonal(
  functionName: string,
  what: string,
  { mean, variance }: DiagonalGaussian,
): { mean: Float64Array; variance: Float64Array } {
  const k = mean.length;
  requireThat(k > 0, functionName, `${what} must have at least one dimension`, mean);
  const center = Float64Array.from(mean);
  requireFinite(functionName, `${what}'s mean`, center);
  const one = typeof variance === "number";
  const fits = one || variance.length === k;
  requireThat(fits, functionName, `${what} must have one variance or ${k}`, variance);
  const spread = one ? new Float64Array(k).fill(variance) : Float64Array.from(variance);
  const bad = spread.findIndex((value) => !(value > 0 && value < Infinity));
  requireThat(bad === -1, functionName, `${what}'s variance must be positive and finite`, spread[bad]);
  return { mean: center, variance: spread };
}
