import { type Matrix, multiplyVector, type RandomStream, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireSize } from "../core/requirements";
import { activated } from "../models/activated";
import { products } from "../models/products";
import { covarianceFactor } from "../optimizers/covariance-factor";

/** A network's outputs at fresh samples of two clusters; made by {@link freshOutputs}. */
export interface FreshOutputs {
  /** f(x_i) (N). */
  readonly outputs: Float64Array;
  /** ỹ_i (N), the cluster of x_i, 1 or −1: the label before it may be flipped. */
  readonly clusters: Float64Array;
}

/**
 * The outputs f(x) = Σ_j a_j φ(w_j·x), φ the smooth leaky ReLU, at N fresh samples x = ỹμ + ξ of two Gaussian clusters,
 * ξ from N(0, I_p): N/2 of each cluster, which come first +1, then −1.
 *
 * No sample is drawn in p dimensions: Wx is exactly distributed as ỹWμ + Fg with FFᵀ = WWᵀ and g from N(0, I_r), where
 * r ≤ m is the rank of W. Cost 2m²p + m²r + 2Nmr operations, instead of 2Nmp. The same bits on every machine.
 *
 * @throws InvalidArgumentError when the shapes do not fit, an entry is not finite, N is no positive even integer or WWᵀ
 *   overflows.
 *
 * @example
 * const { clusters } = freshOutputs({
 *   weights: matrix([[2, 0]]), outputWeights: Float64Array.of(1), mean: Float64Array.of(3, 0),
 *   sampleCount: 4, stream: randomStream(1),
 * });
 * clusters; // Float64Array [1, 1, -1, -1]
 */
export function freshOutputs(options: {
  /** W (m×p). */
  readonly weights: Matrix;
  /** a (m). */
  readonly outputWeights: Float64Array;
  /** μ (p). */
  readonly mean: Float64Array;
  /** N, even. */
  readonly sampleCount: number;
  readonly stream: RandomStream;
}): FreshOutputs {
  const { weights: W, outputWeights: a, mean: mu, sampleCount, stream } = options;
  requireFiniteEntries(NAME, W, "the weights must be finite");
  const [m, p] = [W.rows, W.cols];
  requireSize(NAME, "the number of neurons", m);
  requireThat(a.length === m, NAME, `outputWeights must have length ${m}`, a.length);
  requireFinite(NAME, "outputWeights", a);
  requireThat(mu.length === p, NAME, `the mean must have length ${p}`, mu.length);
  requireFinite(NAME, "the mean", mu);
  const even = Number.isSafeInteger(sampleCount) && sampleCount > 0 && sampleCount % 2 === 0;
  requireThat(even, NAME, "sampleCount must be a positive even integer", sampleCount);

  const by = products(true);
  const center = multiplyVector(W, mu);
  const F = covarianceFactor(NAME, by.gram(W));
  const clusters = new Float64Array(sampleCount).fill(1).fill(-1, sampleCount / 2);
  const outputs = new Float64Array(sampleCount);
  for (let start = 0; start < sampleCount; start += BLOCK) {
    const rows = Math.min(BLOCK, sampleCount - start);
    const Z = by.multiplyTransposedB({ rows, cols: F.cols, data: stream.normals(rows * F.cols) }, F); // Wξ, rows×m
    for (let i = 0; i < rows; i++) for (let j = 0; j < m; j++) Z.data[i * m + j] += clusters[start + i] * center[j];
    const values = activated("smooth leaky relu", Z).values.data;
    for (let i = 0; i < rows; i++) for (let j = 0; j < m; j++) outputs[start + i] += a[j] * values[i * m + j];
  }
  return { outputs, clusters };
}

const NAME = "freshOutputs";

/** So many samples at a time: their pre-activations fit the kernels' workspace for m up to 1000 or so. */
const BLOCK = 1024;
