import { breathe, DivergenceError, type Matrix, requireThat } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import { requireLearningRate } from "../optimizers/update-map";

/** A run of gradient descent on a univariate ReLU network. */
export interface UnivariateReluRun {
  /** θ = (w, b, v, c₀) after the last step (3m + 1). */
  readonly parameters: Float64Array;
  /** (1/2n) Σ_i (f(x_i) − y_i)² there. */
  readonly loss: number;
  /** The last step. */
  readonly step: number;
  /** Whether the last step changed no bit of θ: then no later one would, and none was made. */
  readonly atRest: boolean;
}

/** What is trained, and how long. */
export interface UnivariateReluTraining {
  /** x (n×1). */
  readonly inputs: Matrix;
  /** y (n). */
  readonly targets: Float64Array;
  /** θ_0 (3m + 1). */
  readonly start: Float64Array;
  readonly learningRate: number;
  readonly steps: number;
}

const BETWEEN_BREATHS = 1000;

/**
 * Gradient descent on the loss (1/2n) Σ_i (f(x_i) − y_i)² of `univariateRelu`, f(x) = Σ_j v_j max(w_j x + b_j, 0) + c₀:
 * what `gradientDescent` does, with loops made for this one network (some µs a step at n = 6, m = 100). Every sum has a
 * fixed order and no function of the machine is called: the same bits everywhere, also of a run continued from where
 * another stopped. Cost O(nm) a step.
 *
 * @throws InvalidArgumentError unless the inputs are n×1, there is one target for each, all numbers are finite, θ_0 has
 *   3m + 1 entries, η is positive and `steps` is an integer of at least 0.
 * @throws DivergenceError at the first step whose loss is not finite.
 *
 * @example
 * const training = { inputs: matrix([[1]]), targets: Float64Array.of(2), start: Float64Array.of(1, 0, 1, 0) };
 * const run = await trainUnivariateRelu({ ...training, learningRate: 0.1, steps: 1 });
 * run.parameters; // [1.1, 0.1, 1.1, 0.1]: the residual is −1 and the gradient (1, 1, 1, 1)
 */
export async function trainUnivariateRelu(training: UnivariateReluTraining): Promise<UnivariateReluRun> {
  const { inputs, targets, start, learningRate, steps } = training;
  const name = "trainUnivariateRelu";
  const m = (start.length - 1) / 3;
  const n = inputs.rows;
  requireThat(Number.isInteger(m) && m >= 1, name, "the start must have 3m + 1 entries, m ≥ 1", start.length);
  requireThat(inputs.cols === 1 && n >= 1 && inputs.data.length === n, name, "the inputs must be n×1", inputs);
  requireThat(targets.length === n, name, `targets must have length ${n}`, targets.length);
  requireFinite(name, "the inputs", inputs.data);
  requireFinite(name, "the targets", targets);
  requireFinite(name, "the start", start);
  requireLearningRate(name, learningRate);
  requireSize(name, "steps", steps, 0);
  const theta = start.slice();
  const x = inputs.data.slice();
  const residuals = new Float64Array(n);
  const activations = new Float64Array(n * m);
  const rate = learningRate / n;
  for (let step = 0, moved = true; ; step++) {
    const loss = forward(theta, x, targets, activations, residuals) / (2 * n);
    if (!Number.isFinite(loss)) throw new DivergenceError(name, step, `the loss is ${loss}`);
    if (step === steps || !moved) return { parameters: theta, loss, step, atRest: !moved };
    moved = descend(theta, x, activations, residuals, rate);
    if (step % BETWEEN_BREATHS === 0) await breathe();
  }
}

/** Σ_i (f(x_i) − y_i)²; leaves max(w_j x_i + b_j, 0) and f(x_i) − y_i. */
function forward(
  theta: Float64Array,
  x: Float64Array,
  y: Float64Array,
  activations: Float64Array,
  residuals: Float64Array,
): number {
  const m = (theta.length - 1) / 3;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    const input = x[i];
    let sum = 0;
    for (let j = 0; j < m; j++) {
      const z = theta[j] * input + theta[m + j];
      const activation = z > 0 ? z : 0;
      activations[i * m + j] = activation;
      sum += theta[2 * m + j] * activation;
    }
    const residual = sum + theta[3 * m] - y[i];
    residuals[i] = residual;
    squares += residual * residual;
  }
  return squares;
}

/** One step, in place; whether a bit of θ changed. */
function descend(
  theta: Float64Array,
  x: Float64Array,
  activations: Float64Array,
  residuals: Float64Array,
  rate: number,
): boolean {
  const m = (theta.length - 1) / 3;
  const n = x.length;
  let moved = false;
  for (let j = 0; j < m; j++) {
    let byWeight = 0;
    let byBias = 0;
    let byOutputWeight = 0;
    for (let i = 0, k = j; i < n; i++, k += m) {
      const activation = activations[k];
      if (activation > 0) {
        byWeight += residuals[i] * x[i];
        byBias += residuals[i];
        byOutputWeight += residuals[i] * activation;
      }
    }
    const w = theta[j];
    const b = theta[m + j];
    const v = theta[2 * m + j];
    theta[j] = w - rate * (v * byWeight);
    theta[m + j] = b - rate * (v * byBias);
    theta[2 * m + j] = v - rate * byOutputWeight;
    if (theta[j] !== w || theta[m + j] !== b || theta[2 * m + j] !== v) moved = true;
  }
  let total = 0;
  for (let i = 0; i < n; i++) total += residuals[i];
  const offset = theta[3 * m];
  theta[3 * m] = offset - rate * total;
  return moved || theta[3 * m] !== offset;
}
