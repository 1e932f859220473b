import { dot, type Matrix, multiply, rowOf, transpose, zeros } from "../core";
import type { IterationOptions, IterativeResult } from "../core/iterative-result";
import { finishBreathing } from "../core/lanczos";
import { batchNoiseFactor, type BatchRule } from "../optimizers";
import { gramSpectrum } from "./gram-spectrum";
import { thresholdOfPencil } from "./mean-square-threshold";

/** What the threshold needs of a model: K_ij = ∇f(x_i)·∇f(x_j) (n×n), not divided by n, and the batches. */
export interface GramSetting extends BatchRule {
  readonly gram: Matrix;
}

/**
 * The largest learning rate η* at which SGD on the squared loss is linearly stable in mean square at an interpolating
 * solution, from the n×n Gram matrix K of the gradients alone, whatever the number of parameters: the
 * `meanSquareThresholdFromHessians` of H_i = ∇f(x_i)∇f(x_i)ᵀ, whose range has the basis in which H = diag(λ)/n and
 * ∇f(x_i) = (√λ_k Q_ik)_k, for K = Q diag(λ) Qᵀ.
 *
 * When K is singular, with r positive eigenvalues, everything happens in an r-dimensional space and the threshold is
 * that of this space (directions that no sample sees do not move). Eigenvalues within the rounding n·eps·λ_max of zero
 * are taken as zero; directions as flat as that contribute next to nothing to the threshold either way.
 *
 * Cost: two n×r×r products an iteration, some tens of iterations; yields to the event loop in between.
 *
 * @throws InvalidArgumentError when K is not symmetric, has an eigenvalue below -n·eps·λ_max, or vanishes, and on an
 * impossible batch.
 * @throws InterruptedError when the notebook's interrupt button was pressed.
 *
 * @example
 * (await meanSquareThresholdFromGram({
 *   gram: matrix([[1, 0], [0, 1]]), batchSize: 1, sampling: "with replacement",
 * })).value; // 2: for an orthonormal data set SGD of batch size one is as stable as one sample alone
 */
export async function meanSquareThresholdFromGram(
  { gram, batchSize, sampling }: GramSetting,
  options: IterationOptions = {},
): Promise<IterativeResult> {
  const count = gram.rows;
  const noise = batchNoiseFactor({ sampleCount: count, batchSize, sampling });
  const { values, vectors, rank } = gramSpectrum("meanSquareThresholdFromGram", gram);
  const positive = values.slice(count - rank);
  /** Row i is ∇f(x_i) in the eigenbasis of H. */
  const gradients = zeros(count, rank);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < rank; k++) {
      gradients.data[i * rank + k] = Math.sqrt(positive[k]) * vectors.data[i * count + (count - rank + k)];
    }
  }
  const gradientsTransposed = transpose(gradients);

  const applyD = (moment: Matrix): Float64Array => {
    const image = moment.data.map(
      (value, index) =>
        ((1 - noise) * positive[Math.floor(index / rank)] * positive[index % rank] * value) / count ** 2,
    );
    if (noise === 0) return image;
    // Σ_i g_i (g_iᵀ M g_i) g_iᵀ = Gᵀ diag(G M Gᵀ) G
    const weighted = multiply(gradients, moment);
    for (let i = 0; i < count; i++) {
      const weight = dot(rowOf(weighted, i), rowOf(gradients, i));
      rowOf(weighted, i).set(rowOf(gradients, i).map((value) => weight * value));
    }
    const noiseImage = multiply(gradientsTransposed, weighted).data;
    for (let index = 0; index < image.length; index++) image[index] += (noise / count) * noiseImage[index];
    return image;
  };
  const curvatures = positive.map((value) => value / count);
  return thresholdOfPencil("meanSquareThresholdFromGram", curvatures, applyD, options, finishBreathing);
}
