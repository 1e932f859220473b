import { DivergenceError, dot, type Matrix, mean, requireThat, zeros } from "../core";
import { allFinite } from "../core/finite";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireSize } from "../core/requirements";
import { logisticLoss } from "../models";
import { activated } from "../models/activated";
import { sum } from "../models/entrywise";
import { products } from "../models/products";
import { requireLearningRate } from "../optimizers/update-map";

/** What {@link gramSpaceDescent} starts from; n samples in p dimensions, m neurons. */
export interface GramSpaceDescentOptions {
  /** X (n×p), the samples in its rows. */
  readonly inputs: Matrix;
  /** y (n), each 1 or −1. */
  readonly targets: Float64Array;
  /** a (m), which is not trained; ±1/√m in the theory of benign overfitting. */
  readonly outputWeights: Float64Array;
  /** W₀ (m×p). */
  readonly initialWeights: Matrix;
  /** α > 0. */
  readonly learningRate: number;
}

/** Gradient descent on the first layer, somewhere on its way; made by {@link gramSpaceDescent}. Results are copies. */
export interface GramSpaceDescent {
  /** How many steps have been made, t. */
  readonly step: number;
  /** Makes so many steps (a positive integer); a DivergenceError names the step and the learning rate. */
  advance(steps: number): void;
  /** The training loss (1/n) Σ_i log(1 + e^{−y_i f(x_i)}). */
  loss(): number;
  /** y_i f(x_i) (n). */
  margins(): Float64Array;
  /** ‖W‖_F. */
  weightNorm(): number;
  /** A (m×n), with W = W₀ + AX. */
  coefficients(): Matrix;
  /** f at the rows of a matrix (N×p): (N). Np(m + n) multiplications. */
  outputsAt(points: Matrix): Float64Array;
  /** W = W₀ + AX (m×p). */
  weights(): Matrix;
}

/**
 * Full-batch gradient descent on the first layer W (m×p) of f(x) = Σ_j a_j φ(w_j·x) with the smooth leaky ReLU
 * φ(z) = ½z + ½ log((1 + e^z)/2), for which φ(0) = 0, ½ < φ' < 1 and |φ''| ≤ 1/8, on the mean logistic loss
 * (1/n) Σ_i log(1 + e^{−y_i f(x_i)}) (Frei, Chatterji and Bartlett 2022).
 *
 * All gradients lie in the span of the samples, so W = W₀ + AX with A (m×n), and the pre-activations on the samples are
 * WXᵀ = W₀Xᵀ + A(XXᵀ): after XXᵀ and W₀Xᵀ, which cost 2np(n + m) operations once, a step costs 2mn² whatever p, where
 * one in the space of the weights costs 4mnp. The same bits on every machine.
 *
 * @throws InvalidArgumentError when the shapes do not fit, an entry is not finite, a target is neither 1 nor −1 or the
 *   learning rate is not positive and finite; `advance` throws it for a count that is no positive integer, `outputsAt`
 *   for points of another dimension. A DivergenceError where a product overflows.
 *
 * @example
 * const descent = gramSpaceDescent({
 *   inputs: matrix([[1, 0], [0, 1]]), targets: Float64Array.of(1, -1), outputWeights: Float64Array.of(1),
 *   initialWeights: zeros(1, 2), learningRate: 8,
 * });
 * descent.advance(1);
 * descent.coefficients(); // matrix([[1.5, -1.5]]), which is (α/n)·a·φ'(0)·½·y = 8/2·¾·½·y
 */
export function gramSpaceDescent(options: GramSpaceDescentOptions): GramSpaceDescent {
  requireOptions(options);
  const { learningRate } = options;
  const X = copyOf(options.inputs);
  const W0 = copyOf(options.initialWeights);
  const a = options.outputWeights.slice();
  const y = { rows: X.rows, cols: 1, data: options.targets.slice() };
  const [n, m] = [X.rows, W0.rows];
  const by = products(true);
  const K = by.gram(X);
  const Z0 = by.multiplyTransposedB(W0, X);
  for (const product of [K, Z0]) requireFiniteEntries(NAME, product, "XXᵀ and W₀Xᵀ must not overflow");
  const initialSquare = dot(W0.data, W0.data);
  const A = zeros(m, n);
  let step = 0;
  let Z = Z0; // WXᵀ
  let hidden = activated(ACTIVATION, Z);
  let outputs = readOut(a, hidden.values);

  const makeStep = (): void => {
    const slopes = hidden.slopes().data;
    const { derivative } = logisticLoss.evaluate(outputs, y);
    for (let j = 0; j < m; j++) {
      const factor = (learningRate / n) * a[j];
      for (let i = 0; i < n; i++) A.data[j * n + i] -= factor * derivative.data[i] * slopes[j * n + i];
    }
    Z = sum(Z0, by.multiply(A, K));
    hidden = activated(ACTIVATION, Z);
    outputs = readOut(a, hidden.values);
    step++;
    if (!allFinite(Z.data) || !allFinite(outputs.data)) {
      throw new DivergenceError(NAME, step, `an output is not finite; the learning rate is ${learningRate}`);
    }
  };

  return {
    get step() {
      return step;
    },
    advance(steps) {
      requireSize(NAME, "steps", steps);
      for (let k = 0; k < steps; k++) makeStep();
    },
    loss: () => mean(logisticLoss.evaluate(outputs, y).values),
    margins: () => outputs.data.map((f, i) => y.data[i] * f),
    // ‖W₀ + AX‖² = ‖W₀‖² + 2⟨A, W₀Xᵀ⟩ + ⟨A, AXXᵀ⟩, and W₀Xᵀ + AXXᵀ = Z.
    weightNorm: () => Math.sqrt(Math.max(0, initialSquare + dot(A.data, Z0.data) + dot(A.data, Z.data))),
    coefficients: () => copyOf(A),
    outputsAt(points) {
      requireFiniteEntries(NAME, points);
      requireThat(points.cols === X.cols, NAME, `the points must have ${X.cols} columns`, points);
      const ofStart = by.multiplyTransposedB(W0, points);
      const ofSamples = by.multiply(A, by.multiplyTransposedB(X, points));
      return readOut(a, activated(ACTIVATION, sum(ofStart, ofSamples)).values).data;
    },
    weights: () => sum(W0, by.multiply(A, X)),
  };
}

const NAME = "gramSpaceDescent";
const ACTIVATION = "smooth leaky relu";

/** f (n×1) from the hidden layer's values (m×n): Σ_j a_j φ_ji, from the first neuron to the last. */
function readOut(a: Float64Array, { rows, cols, data }: Matrix): Matrix {
  const f = new Float64Array(cols);
  for (let j = 0; j < rows; j++) for (let i = 0; i < cols; i++) f[i] += a[j] * data[j * cols + i];
  return { rows: cols, cols: 1, data: f };
}

function copyOf({ rows, cols, data }: Matrix): Matrix {
  return { rows, cols, data: data.slice() };
}

function requireOptions(options: GramSpaceDescentOptions): void {
  const { inputs, targets, outputWeights, initialWeights, learningRate } = options;
  requireSize(NAME, "the number of samples", inputs.rows);
  requireSize(NAME, "the number of neurons", initialWeights.rows);
  requireFiniteEntries(NAME, inputs, "the inputs must be finite");
  requireFiniteEntries(NAME, initialWeights, "the initial weights must be finite");
  const [n, p] = [inputs.rows, inputs.cols];
  requireThat(initialWeights.cols === p, NAME, `the initial weights must have ${p} columns`, initialWeights);
  requireThat(targets.length === n, NAME, `targets must have length ${n}`, targets.length);
  logisticLoss.check(NAME, { rows: n, cols: 1, data: targets }, 1);
  const m = initialWeights.rows;
  requireThat(outputWeights.length === m, NAME, `outputWeights must have length ${m}`, outputWeights.length);
  requireFinite(NAME, "outputWeights", outputWeights);
  requireLearningRate(NAME, learningRate);
}
