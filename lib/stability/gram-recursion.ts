import {
  breathe,
  DivergenceError,
  type Matrix,
  multiply,
  multiplyVector,
  requireThat,
  transpose,
  zeros,
} from "../core";
import { batchNoiseFactor, type BatchRule } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import { type GramSpectrum, gramSpectrum } from "./gram-spectrum";

/** A run of gradient descent on the squared loss of a (linearised) model. */
export interface GramRun {
  /** K_ij = ∇f(x_i)·∇f(x_j) (n×n), not divided by n. */
  readonly gram: Matrix;
  /** e_0 = f(x_i) - y_i at the start (n). */
  readonly residual: Float64Array;
  readonly learningRate: number;
  /** The number of steps. */
  readonly steps: number;
}

/** The same for stochastic gradient descent. */
export interface StochasticGramRun extends GramRun, BatchRule {}

/**
 * The loss L_t = (1/2n)‖e_t‖² of gradient descent for t = 0, …, steps, in closed form: e_t = (I - ηK/n)^t e_0. Exact
 * for models that are linear in their parameters, the linearisation of all others. Cost O(n³ + steps n).
 *
 * @throws InvalidArgumentError unless K is a Gram matrix (symmetric, no eigenvalue below -n·eps·λ_max, not 0), e_0 has
 * its length and is finite, η is positive, and `steps` is a non-negative integer.
 * @throws DivergenceError when the loss overflows.
 *
 * @example
 * gradientDescentLossTrajectory({ gram: matrix([[1]]), residual: Float64Array.of(2), learningRate: 0.5, steps: 1 });
 * // [2, 0.5]
 */
export function gradientDescentLossTrajectory(run: GramRun): Float64Array {
  const { values, components, count } = decompose("gradientDescentLossTrajectory", run);
  return Float64Array.from({ length: run.steps + 1 }, (_, t) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += ((1 - (run.learningRate * values[k]) / count) ** t * components[k]) ** 2;
    return requireFiniteLoss("gradientDescentLossTrajectory", sum / (2 * count), t);
  });
}

/**
 * The mean loss E L_t of SGD over all its batches, for t = 0, …, steps, exactly and without sampling, by the recursion of
 * the residuals' second moment M = E eeᵀ:
 * M₊ = (I - ηK/n) M (I - ηK/n) + η² p_B [K diag(M) K/n - K M K/n²], E L = tr M/2n, p_B of `batchNoiseFactor`.
 * Exact for models that are linear in their parameters, the linearisation of all others.
 *
 * In the eigenbasis of K all but the term with diag(M) acts entry by entry, so a step costs two n×n products (one to
 * read diag(M), one to bring the noise back); nothing of the size of the parameters is formed. K may be singular.
 * Without noise (B = n without replacement) it is `gradientDescentLossTrajectory`. Yields to the event loop.
 *
 * @throws InvalidArgumentError as `gradientDescentLossTrajectory`, and on an impossible batch.
 * @throws DivergenceError when the loss or the moments behind it overflow.
 * @throws InterruptedError when the notebook's interrupt button was pressed.
 *
 * @example
 * await expectedLossTrajectory({
 *   gram: matrix([[1, 0], [0, 1]]), residual: Float64Array.of(1, 1), learningRate: 1, steps: 1,
 *   batchSize: 1, sampling: "with replacement",
 * }); // [0.5, 0.25]: one of the two residuals is set to zero
 */
export async function expectedLossTrajectory(run: StochasticGramRun): Promise<Float64Array> {
  const { learningRate, steps, batchSize, sampling } = run;
  const noise = batchNoiseFactor({ sampleCount: run.gram.rows, batchSize, sampling });
  if (noise === 0) return gradientDescentLossTrajectory(run);
  const { values, vectors, components, count } = decompose("expectedLossTrajectory", run);

  /** Entry (k, l): what a step makes of M_kl in the eigenbasis, the term with diag(M) left out. */
  const decay = zeros(count, count);
  const moment = zeros(count, count);
  /** (η² p_B/n)^½ diag(λ) Qᵀ, whose columns are the samples' noise directions. */
  const directions = transpose(vectors);
  for (let k = 0; k < count; k++) {
    for (let l = 0; l < count; l++) {
      const [a, b] = [(learningRate * values[k]) / count, (learningRate * values[l]) / count];
      decay.data[k * count + l] = (1 - a) * (1 - b) - noise * a * b;
      moment.data[k * count + l] = components[k] * components[l];
      directions.data[k * count + l] *= values[k] * learningRate * Math.sqrt(noise / count);
    }
  }
  const directionsTransposed = transpose(directions);
  /** No number in a step exceeds this multiple of tr M: entries of M, and of d with Σ_i d_i = tr M, are at most tr M. */
  const growth = count * Math.max(1, count * largest(directions) ** 2, largest(decay));

  const losses = new Float64Array(steps + 1);
  for (let t = 0; ; t++) {
    let traceOfMoment = 0;
    for (let k = 0; k < count; k++) traceOfMoment += moment.data[k * count + k];
    losses[t] = requireFiniteLoss("expectedLossTrajectory", traceOfMoment / (2 * count), t);
    if (t === steps) return losses;
    if (!Number.isFinite(growth * traceOfMoment)) {
      throw new DivergenceError("expectedLossTrajectory", t + 1, "the moments overflow");
    }
    await breathe();

    const halfRotated = multiply(vectors, moment);
    const weighted = zeros(count, count);
    for (let i = 0; i < count; i++) {
      let meanSquare = 0; // E e_i², entry i of diag(M)
      for (let k = 0; k < count; k++) meanSquare += halfRotated.data[i * count + k] * vectors.data[i * count + k];
      for (let k = 0; k < count; k++) {
        weighted.data[i * count + k] = meanSquare * directionsTransposed.data[i * count + k];
      }
    }
    const injected = multiply(directions, weighted);
    for (let index = 0; index < moment.data.length; index++) {
      moment.data[index] = decay.data[index] * moment.data[index] + injected.data[index];
    }
  }
}

/** The checked spectrum of K and the start's components Qᵀe_0. */
function decompose(
  functionName: string,
  { gram, residual, learningRate, steps }: GramRun,
): GramSpectrum & { readonly components: Float64Array; readonly count: number } {
  const count = gram.rows;
  requireThat(residual.length === count, functionName, `residual must have length ${count}`, residual.length);
  requireThat(residual.every(Number.isFinite), functionName, "residual must be finite", residual);
  requireLearningRate(functionName, learningRate);
  requireThat(Number.isInteger(steps) && steps >= 0, functionName, "steps must be a non-negative integer", steps);
  const spectrum = gramSpectrum(functionName, gram);
  return { ...spectrum, components: multiplyVector(transpose(spectrum.vectors), residual), count };
}

function largest({ data }: Matrix): number {
  return data.reduce((bound, value) => Math.max(bound, Math.abs(value)), 0);
}

function requireFiniteLoss(functionName: string, loss: number, step: number): number {
  if (!Number.isFinite(loss)) throw new DivergenceError(functionName, step, `the loss is ${loss}`);
  return loss;
}
