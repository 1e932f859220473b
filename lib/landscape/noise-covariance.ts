import { gram, type Matrix, requireThat, scale, transpose } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { batchNoiseFactor, type BatchRule } from "../optimizers";
import { requireBatchScheme } from "../optimizers/batches";

/**
 * The covariance of a mini-batch gradient (1/B) Σ_{i ∈ I} g_i round the full gradient g = (1/n) Σ_i g_i, which is its
 * mean: p_B Σ with Σ = (1/n) Σ_i (g_i − g)(g_i − g)ᵀ, a mean over the n samples (not n − 1), and the noise factor
 * p_B = 1/B with replacement, (n − B)/(B(n − 1)) without. The learning rate is not in it.
 *
 * Exact, not estimated: with replacement the B draws are independent; without, two different draws have the covariance
 * −Σ/(n − 1), since all n deviations add up to 0 (Cochran 1977, theorem 2.2). Cost O(np²).
 *
 * @param sampleGradients g_i in row i (n×p), as `sampleGradients()` of a risk at θ gives them
 * @param rule the size B of a batch and how its samples are chosen
 * @returns p_B Σ (p×p), exactly symmetric
 * @throws InvalidArgumentError when an entry is not finite, there is no sample, the batch is impossible or a product
 *   overflows
 *
 * @example
 * const rule = { batchSize: 2, sampling: "with replacement" } as const;
 * gradientNoiseCovariance(matrix([[1, 0], [-1, 0]]), rule); // matrix([[0.5, 0], [0, 0]])
 */
export function gradientNoiseCovariance(sampleGradients: Matrix, rule: BatchRule): Matrix {
  const { rows: n, cols: p } = sampleGradients;
  requireFiniteEntries("gradientNoiseCovariance", sampleGradients, "sampleGradients must be finite");
  requireThat(n > 0 && p > 0, "gradientNoiseCovariance", "sampleGradients must not be empty", sampleGradients);
  const scheme = { sampleCount: n, batchSize: rule.batchSize, sampling: rule.sampling };
  requireBatchScheme("gradientNoiseCovariance", scheme);

  const gradient = new Float64Array(p);
  for (let k = 0; k < n * p; k++) gradient[k % p] += sampleGradients.data[k] / n;
  const deviations = sampleGradients.data.map((value, k) => value - gradient[k % p]);
  requireFinite("gradientNoiseCovariance", "the deviations from the mean", deviations);
  const sum = gram(transpose({ rows: n, cols: p, data: deviations }));
  return scale(sum, batchNoiseFactor(scheme) / n);
}
