import { dot, eigh, type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireSize } from "../core/requirements";
import { products } from "../models/products";
import { requireLearningRate } from "../optimizers/update-map";

/** How fast gradient descent lowers the training loss L; made by {@link trainingRate}. */
export interface TrainingRate {
  /** log(2)/n: a network that has a label wrong has L ≥ log(2)/n, so that L below it certifies all signs. */
  readonly fittedLoss: number;
  /** n/(λ_max(K)(‖a‖²/4 + max_j|a_j|/8)): with α up to this, every step from anywhere lowers L by ≥ ½α‖∇L‖². */
  readonly descentLearningRate: number;
  /**
   * The loss from which on the rate is guaranteed: log(2)/n, or the smaller of this and 1/(2αR²(‖a‖² + max_j|a_j|/8)),
   * R = max_i‖x_i‖, if α is above `descentLearningRate`.
   */
  readonly rateLoss: number;
  /**
   * Every step made at L ≤ `rateLoss` raises 1/L by at least this: αγ²‖a‖²λ_min(K)/(2n(2 log 2)²), γ = ½; 0 if K is
   * singular.
   */
  readonly leastGain: number;
  /** c = α‖a‖²R²: no step multiplies 1/L by more than e^{cL}, which raises it by c in the limit L → 0. */
  readonly limitingGain: number;
}

/**
 * Bounds for gradient descent on the first layer of f(x) = Σ_j a_j φ(w_j·x), φ the smooth leaky ReLU (γ = ½ < φ' < 1,
 * |φ''| ≤ 1/8), on the mean logistic loss L: the descent of `gramSpaceDescent`. From L ≤ `rateLoss`, T steps lead to
 * L ≤ 1/(1/`rateLoss` + T·`leastGain`), and 1/L cannot grow faster than linearly either: if K = XXᵀ is invertible, the
 * number of steps until L ≤ ε is of order 1/(αε), neither more nor less.
 *
 * Why, with g_i = −ℓ'(y_i f(x_i)) > 0:
 * - ‖∇L‖² ≥ γ²‖a‖²(λ_min(K)/n)(mean g)², since neuron j's gradient is (a_j/n)Xᵀ(g_i y_i φ'_ji)_i, and for L ≤ log(2)/n
 *   no loss is above log 2, where g = 1 − e^{−ℓ} ≥ ℓ/(2 log 2). A descent by ½α‖∇L‖² then raises 1/L by `leastGain`.
 * - L has second derivatives of at most (λ_max(K)/n)(‖a‖²/4 + max|a_j|/8), since ℓ'' ≤ ¼ and g ≤ 1; hence
 *   `descentLearningRate`. Where L is small they are small, too, since ℓ'' ≤ g ≤ ℓ: at most LR²(‖a‖² + max|a_j|/8), up
 *   to a factor e^{cL} ≤ √e along a step. That is below 1/α for L ≤ `rateLoss`, whatever α.
 * - A step changes each margin by at most cL, and log(1 + e^{−z−δ}) ≥ e^{−δ} log(1 + e^{−z}).
 *
 * With K = pI and ‖a‖ = 1 `leastGain` is αγ²p/(2n(2 log 2)²). Frei, Chatterji and Bartlett (2022) state order ε⁻² for
 * nearly orthogonal samples; the bounds above, for any K, are derived here.
 * Rounding is counted against the guarantee. Cost 2n²p + 9n³ operations.
 *
 * @throws InvalidArgumentError when there are no samples or no neurons, an entry is not finite, the inputs or the
 *   output weights vanish, XXᵀ overflows, or the learning rate is not positive and finite.
 *
 * @example
 * const inputs = matrix([[1, 0], [0, 1]]);
 * const rate = trainingRate({ inputs, outputWeights: Float64Array.of(1), learningRate: 0.5 });
 * rate.descentLearningRate; // 5.333…, 2/(¼ + ⅛)
 */
export function trainingRate(options: {
  /** X (n×p), the samples in its rows. */
  readonly inputs: Matrix;
  /** a (m). */
  readonly outputWeights: Float64Array;
  /** α > 0. */
  readonly learningRate: number;
}): TrainingRate {
  const { inputs: X, outputWeights: a, learningRate } = options;
  requireSize(NAME, "the number of samples", X.rows);
  requireFiniteEntries(NAME, X, "the inputs must be finite");
  requireSize(NAME, "the number of neurons", a.length);
  requireFinite(NAME, "outputWeights", a);
  requireLearningRate(NAME, learningRate);
  const n = X.rows;
  const K = products(true).gram(X);
  requireFiniteEntries(NAME, K, "XXᵀ must not overflow");
  const { values } = eigh(K);
  const largest = values[n - 1];
  requireThat(largest > 0, NAME, "the inputs must not vanish, nor their squares underflow", largest);
  const square = dot(a, a); // ‖a‖²
  requireThat(square > 0, NAME, "the output weights must not vanish, nor their squares underflow", square);

  const rounding = Math.max(n, X.cols) * Number.EPSILON * largest;
  const smallest = Math.max(0, values[0] - rounding);
  const curvature = Math.max(...a.map(Math.abs)) / 8; // of f along a neuron's weights, over ‖x‖²
  const longest = Math.max(...Array.from({ length: n }, (_, i) => K.data[i * n + i])); // R²
  const fittedLoss = Math.LN2 / n;
  const descentLearningRate = n / (largest * (square / 4 + curvature));
  const selfBounded = 1 / (2 * learningRate * longest * (square + curvature));
  return {
    fittedLoss,
    descentLearningRate,
    rateLoss: learningRate <= descentLearningRate ? fittedLoss : Math.min(fittedLoss, selfBounded),
    leastGain: (learningRate * SLOPE ** 2 * square * smallest) / (2 * n * (2 * Math.LN2) ** 2),
    limitingGain: learningRate * square * longest,
  };
}

const NAME = "trainingRate";

/** γ, below the slope of the smooth leaky ReLU. */
const SLOPE = 0.5;
