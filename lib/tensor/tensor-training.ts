import { breathe, DivergenceError, InterruptedError, progressBar, type RandomStream, requireThat } from "../core";
import { allFinite } from "../core/finite";
import { requireSize } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { requireParameters } from "../models/finite-sum";
import { type BatchRule, type BatchScheme, drawBatch } from "../optimizers";
import { requireBatchScheme } from "../optimizers/batches";
import { displaced, requireLearningRate, requireNonNegative } from "../optimizers/update-map";
import { fitsSinglePrecision, singlePrecision } from "./single-precision";
import type { TensorRisk, TensorRiskEvaluation } from "./tensor-risk";

/** From where a run can go on. The parameters are a plain array, which `writeNpy` writes and `readNpy` reads. */
export interface TensorCheckpoint {
  /** The number t of steps that have been made. */
  readonly step: number;
  /** θ_t (p). */
  readonly parameters: Float64Array;
}

/** How to train. */
export interface TensorTrainingOptions<Observation = never> {
  /** T: the run ends at θ_T, also one that goes on from a checkpoint. */
  readonly steps: number;
  /** η > 0. */
  readonly learningRate: number;
  /**
   * SGD: how each step's batch is drawn, and from which stream, which must be fresh, as at step 0, also when a run goes
   * on from a checkpoint. Without it all samples are taken: gradient descent.
   */
  readonly batch?: BatchRule & { readonly stream: RandomStream };
  /** ρ ≥ 0 (default 0): SAM, with the gradient at θ + ρ∇L_I(θ)/‖∇L_I(θ)‖, both of the same batch. */
  readonly perturbationRadius?: number;
  /** Call `observe` at the steps that are multiples of this (default 1: every step). */
  readonly every?: number;
  /** What to keep of θ_t, which is to be copied if it is kept, at the steps from the start's to T; a promise is waited for. */
  readonly observe?: (checkpoint: TensorCheckpoint) => Observation | Promise<Observation>;
  /** Saves θ_t, a copy, at the steps t > 0 that are multiples of `every`, and at T; a promise is waited for. */
  readonly checkpoints?: {
    readonly every: number;
    readonly save: (checkpoint: TensorCheckpoint) => void | Promise<void>;
  };
  /** The label of a progress bar; without one there is no bar. */
  readonly progress?: string;
}

/** What a run leaves behind. */
export interface TensorTraining<Observation = never> extends TensorCheckpoint {
  /** L_I(θ_t) on the batch of each step that this run made, before the step. */
  readonly batchLosses: number[];
  /** The steps at which something was observed. */
  readonly steps: number[];
  /** What was observed there. */
  readonly observations: Observation[];
}

/** A DivergenceError or InterruptedError of {@link trainTensorNetwork}, with what had been done. */
export interface StoppedTensorTrainingError<Observation = never> extends Error {
  /** What there is up to the last θ_t that was finite: also a checkpoint, from which a run can go on. */
  readonly training: TensorTraining<Observation>;
}

/**
 * Trains a network of tensors by gradient descent, SGD or SAM: θ_{t+1} = θ_t − η g_t for t < T, with g_t = ∇L_I(θ_t), or
 * ∇L_I(θ_t + ρ∇L_I(θ_t)/‖∇L_I(θ_t)‖) for SAM (Foret et al. 2021), where I is all samples or a batch that `drawBatch`
 * draws at each step. Where the gradient is 0, so is SAM's perturbation.
 *
 * The gradients come in single precision; θ and the sums are kept in double precision, so that steps below 6e-8 |θ| are
 * not lost, and the steps of `stochasticGradientDescent` and `stochasticSam` from the same stream have the same batches.
 *
 * A run goes on from a checkpoint as if it had not been stopped: the batches of the steps that were made are drawn again
 * and left out. Between steps, and between chunks of samples, it breathes; no tensor lives longer than a gradient.
 *
 * A step costs one gradient, or two for SAM, and some 10 ns a parameter for moving it between the backend and here.
 *
 * @param start θ_0 (p), or the checkpoint to go on from
 * @throws InvalidArgumentError when a rate, radius, number of steps or batch makes no sense, the start has another length
 *   than the network's parameters, is not finite in single precision, or lies behind the last step
 * @throws DivergenceError naming the step at which the loss, its gradient or a parameter left the finite numbers, and the
 *   learning rate
 * @throws InterruptedError when the notebook's interrupt button was pressed. Both errors carry what was done, as
 *   `error.training` ({@link StoppedTensorTrainingError})
 *
 * @example
 * const network = vgg({ imageShape: [2, 2, 1], widths: [1], depth: 1, outputCount: 1 });
 * const [inputs, targets] = [matrix([[0, 0, 0, 0]]), matrix([[1]])];
 * const risk = tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets }); // on a black image ½(b − 1)²
 * await tensorBackend("wasm");
 * const run = await trainTensorNetwork(risk, new Float64Array(12), { steps: 2, learningRate: 0.5 });
 * run.batchLosses; // [0.5, 0.125]
 * run.parameters[11]; // 0.75
 */
export async function trainTensorNetwork<Observation = never>(
  risk: TensorRisk,
  start: Float64Array | TensorCheckpoint,
  options: TensorTrainingOptions<Observation>,
): Promise<TensorTraining<Observation>> {
  const name = "trainTensorNetwork";
  const { steps, learningRate, batch, perturbationRadius = 0, every = 1, observe, checkpoints } = options;
  const from = start instanceof Float64Array ? { step: 0, parameters: start } : start;
  requireSize(name, "steps", steps, 0);
  requireLearningRate(name, learningRate);
  requireNonNegative(name, "perturbationRadius", perturbationRadius);
  requireSize(name, "every", every);
  if (checkpoints) requireSize(name, "checkpoints.every", checkpoints.every);
  const scheme: BatchScheme | undefined = batch && { ...batch, sampleCount: risk.sampleCount };
  if (scheme) requireBatchScheme(name, scheme);
  requireSize(name, "the start's step", from.step, 0);
  requireThat(from.step <= steps, name, `the start's step must be at most steps = ${steps}`, from.step);
  requireParameters(name, from.parameters, risk.parameterCount);
  singlePrecision(name, "the start", from.parameters);

  const draw = scheme && (() => drawBatch(batch!.stream, scheme));
  if (draw) for (let t = 0; t < from.step; t++) draw();

  let { step } = from;
  let parameters: Float64Array = from.parameters.slice();
  const batchLosses: number[] = [];
  const observed: { steps: number[]; observations: Observation[] } = { steps: [], observations: [] };
  const training = (): TensorTraining<Observation> => ({ step, parameters, batchLosses, ...observed });

  /** The loss and its gradient, which must be finite. */
  const evaluated = async (theta: Float64Array, samples?: readonly number[]): Promise<TensorRiskEvaluation> => {
    if (!fitsSinglePrecision(theta)) throw diverged(step, "a parameter is not finite in single precision");
    const evaluation = await risk.evaluate(theta, samples);
    if (!Number.isFinite(evaluation.loss)) throw diverged(step, `the loss is ${evaluation.loss}`);
    if (!allFinite(evaluation.gradient)) throw diverged(step, "the gradient is not finite");
    return evaluation;
  };
  const diverged = (at: number, what: string): DivergenceError =>
    new DivergenceError(name, at, `${what} (learning rate ${learningRate})`);

  const bar = options.progress !== undefined && steps > step ? progressBar(options.progress, steps - step) : undefined;
  try {
    for (;;) {
      if (observe && step % every === 0) {
        observed.observations.push(await observe({ step, parameters }));
        observed.steps.push(step);
      }
      const due = checkpoints && step > from.step && (step % checkpoints.every === 0 || step === steps);
      if (due) await checkpoints.save({ step, parameters: parameters.slice() });
      if (step === steps) break;

      const samples = draw?.();
      const { loss, gradient } = await evaluated(parameters, samples);
      let direction = gradient;
      const length = uncheckedNorm(gradient);
      if (perturbationRadius > 0 && length > 0) {
        const perturbed = displaced(parameters, perturbationRadius / length, gradient);
        direction = (await evaluated(perturbed, samples)).gradient;
      }
      const next = displaced(parameters, -learningRate, direction);
      if (!fitsSinglePrecision(next)) throw diverged(step + 1, "a parameter is not finite in single precision");
      batchLosses.push(loss);
      parameters = next;
      step++;
      await (bar ? bar.advance() : breathe());
    }
  } catch (error) {
    if (!(error instanceof InterruptedError || error instanceof DivergenceError)) throw error;
    throw Object.assign(error, { training: training() });
  }
  bar?.finish();
  return training();
}
