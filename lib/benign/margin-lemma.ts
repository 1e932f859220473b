import { mean, requireThat } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import type { FreshOutputs } from "./fresh-outputs";

/** What a network's margin says about its test error, beside the error itself; made by {@link marginLemma}. */
export interface MarginLemma {
  /** E[ỹf]/‖W‖_F, the mean of the two clusters' margins. */
  readonly margin: number;
  /** E[ỹf | ỹ]/‖W‖_F for ỹ = 1 and ỹ = −1. */
  readonly clusterMargins: readonly [number, number];
  /** P(ỹ ≠ sgn f | ỹ) for ỹ = 1 and ỹ = −1, by their frequencies; f = 0 is an error. */
  readonly clusterErrors: readonly [number, number];
  /** P(ỹ ≠ sgn f), the mean of the two. */
  readonly cleanError: number;
  /** P(y ≠ sgn f) = η + (1 − 2η)P(ỹ ≠ sgn f), exact given the clean error, since the flips are independent of x. */
  readonly testError: number;
  /** η + (1 − 2η)·½ Σ_± exp(−M_±²/2), with the clusters' margins M_±. */
  readonly bound: number;
  /** bound − testError. */
  readonly slack: number;
}

/**
 * The margin lemma for Gaussian clusters: with margins M_± = E[ỹf | ỹ = ±1]/‖W‖_F ≥ 0,
 *
 *   P(y ≠ sgn f) ≤ η + (1 − 2η)·½ Σ_± exp(−M_±²/2).
 *
 * For ‖a‖ = 1 and |φ'| ≤ 1 the output f = Σ_j a_j φ(w_j·x) is Lipschitz with constant ‖W‖_F, and a function of N(0, I)
 * with Lipschitz constant L falls t below its mean with probability at most exp(−t²/(2L²)) (Cirel'son, Ibragimov and
 * Sudakov 1976). That holds within a cluster, where P(ỹ ≠ sgn f | ỹ) ≤ exp(−M_ỹ²/2); the mean over both is not enough, since one cluster's margin can make up
 * for a negative one of the other (Frei, Chatterji and Bartlett 2022 ask for E[ỹf] ≥ 0). The expectations are means
 * over the fresh outputs. Cost O(N).
 *
 * @throws InvalidArgumentError when there are no outputs of a cluster, an entry is not finite, a cluster is neither 1
 *   nor −1, ‖W‖_F is not positive and finite, η is not in [0, ½], or a cluster's margin is negative, where the lemma
 *   says nothing.
 *
 * @example
 * const fresh = { outputs: Float64Array.of(2, -1, -3), clusters: Float64Array.of(1, 1, -1) };
 * marginLemma(fresh, { weightNorm: 1, noiseRate: 0 }).clusterMargins; // [0.5, 3]
 */
export function marginLemma(
  fresh: FreshOutputs,
  options: { readonly weightNorm: number; readonly noiseRate: number },
): MarginLemma {
  const { outputs, clusters } = fresh;
  const { weightNorm, noiseRate } = options;
  const positive = weightNorm > 0 && Number.isFinite(weightNorm);
  requireThat(positive, NAME, "weightNorm must be positive and finite", weightNorm);
  requireThat(noiseRate >= 0 && noiseRate <= 0.5, NAME, "noiseRate must be from 0 to ½", noiseRate);
  const count = outputs.length;
  requireThat(clusters.length === count, NAME, `clusters must have length ${count}`, clusters.length);
  requireFinite(NAME, "outputs", outputs);
  for (const cluster of clusters) {
    if (Math.abs(cluster) !== 1) requireThat(false, NAME, "the clusters must be 1 or -1", cluster);
  }

  const inCluster = ([1, -1] as const).map((cluster) => {
    const correct = outputs.filter((_, i) => clusters[i] === cluster).map((f) => (cluster * f) / weightNorm); // ỹf/‖W‖
    requireThat(correct.length > 0, NAME, `there must be outputs of the cluster ${cluster}`, 0);
    const margin = mean(correct);
    requireThat(margin >= 0, NAME, `E[ỹf | ỹ = ${cluster}] must be at least 0`, margin * weightNorm);
    return { margin, error: correct.filter((value) => !(value > 0)).length / correct.length };
  });
  const [above, below] = inCluster;
  const cleanError = (above.error + below.error) / 2;
  const excess = (Math.exp(-(above.margin ** 2) / 2) + Math.exp(-(below.margin ** 2) / 2)) / 2;
  const testError = noiseRate + (1 - 2 * noiseRate) * cleanError;
  const bound = noiseRate + (1 - 2 * noiseRate) * excess;
  return {
    margin: (above.margin + below.margin) / 2,
    clusterMargins: [above.margin, below.margin],
    clusterErrors: [above.error, below.error],
    cleanError,
    testError,
    bound,
    slack: bound - testError,
  };
}

const NAME = "marginLemma";

/**
 * The exponent n p^{1/3} of the theorem on benign overfitting (Frei, Chatterji and Bartlett 2022) for clusters at
 * distance ‖μ‖ of order p^{1/3}: after training the test error is at most η + 2 exp(−c n p^{1/3}) and the margin
 * E[ỹf]/‖W‖_F at least of order √(n p^{1/3}), for p ≥ n³ up to a constant, here taken as 1.
 *
 * @throws InvalidArgumentError unless n is a positive integer and p an integer of at least n³.
 *
 * @example
 * benignExponent({ sampleCount: 20, dimension: 8000 }); // 400
 */
export function benignExponent(options: { readonly sampleCount: number; readonly dimension: number }): number {
  const { sampleCount: n, dimension: p } = options;
  requireSize("benignExponent", "sampleCount", n);
  const excluded = "dimension must be an integer of at least n³";
  requireThat(Number.isSafeInteger(p) && p >= n ** 3, "benignExponent", `${excluded} = ${n ** 3}`, p);
  return n * Math.cbrt(p);
}
