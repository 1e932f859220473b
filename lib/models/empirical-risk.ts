import { type Matrix, requireThat, zeros } from "../core";
import { requireEntryCount } from "../core/matrix";
import { copyRows, type FiniteSum, requireBatch, requireParameters } from "./finite-sum";
import type { Loss } from "./losses";
import type { Evaluation, Network } from "./network";
import { evaluateRisk, type RiskEvaluation } from "./empirical-risk-evaluation";

/** A network's mean loss over n samples; made by {@link empiricalRisk}. */
export interface EmpiricalRisk extends FiniteSum {
  /** The number p of parameters. */
  readonly parameterCount: number;
  /** L(θ) and ∇L(θ) (p), from one pass. */
  readonly lossAndGradient: (
    parameters: Float64Array,
    into?: Float64Array,
  ) => { readonly loss: number; readonly gradient: Float64Array };
  /**
   * L at θ with all that one pass at θ gives, second derivatives among it; it keeps the pass. Its memory is that of
   * `recycle`, where a network can use it: an earlier evaluation by `at` that nobody needs any more, whose functions
   * are refused from then on. That saves the allocations of a loop.
   */
  readonly at: (parameters: Float64Array, options?: { readonly recycle?: RiskEvaluation }) => RiskEvaluation;
}

/**
 * The training loss L(θ) = (1/n) Σ_i ℓ(f(x_i; θ), y_i): the mean over the samples, for any network and loss; a ½ is
 * the loss's own. The gradient costs an evaluation and a pullback of the network.
 *
 * `batchGradient` is reproducible: the same bits on every machine. `loss` and `gradient` use the engine's products,
 * whose last bits are the machine's. Where a network overflows, they return what is not finite, which training loops
 * name; `at` refuses it.
 *
 * @param inputs X (n×d), one sample in each row; copied
 * @param targets y (n×c), or y (n) when there is one output; copied
 * @throws InvalidArgumentError when there is no sample, the shapes do not fit, an input is not finite, or the loss has no meaning for a
 *   target; its functions throw it on parameters of another length than p or not finite, on an empty batch and on
 *   sample indices outside 0, …, n-1; `at` also when the loss overflows.
 *
 * @example
 * const network = multilayerPerceptron({ widths: [1, 1], activation: "linear" });
 * const inputs = matrix([[1], [3]]);
 * const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets: Float64Array.of(0, 1) });
 * risk.lossAndGradient(Float64Array.of(1, 0)); // { loss: 1.25, gradient: [3.5, 1.5] }
 */
export function empiricalRisk(options: {
  readonly network: Network;
  readonly loss: Loss;
  readonly inputs: Matrix;
  readonly targets: Matrix | Float64Array;
}): EmpiricalRisk {
  const { network, loss } = options;
  const { parameterCount, inputCount, outputCount } = network;
  const samples = checkedSamples(options);
  const sampleCount = samples.inputs.rows;
  /** All the samples, whose evaluation at the last θ nobody else sees, and whose memory the next takes. */
  const all: Slot = { ...samples, evaluation: undefined };
  /** The same for batches, by their size. */
  const slots = new Map<number, Slot>();

  const slotOfSize = (size: number): Slot => {
    const known = slots.get(size);
    if (known) return known;
    for (const oldest of slots.keys()) {
      if (slots.size < KEPT_BATCH_SIZES) break;
      slots.delete(oldest);
    }
    const slot = { inputs: zeros(size, inputCount), targets: zeros(size, outputCount), evaluation: undefined };
    slots.set(size, slot);
    return slot;
  };

  const evaluate = (parameters: Float64Array, slot: Slot, reproducible: boolean): Evaluation => {
    requireParameters("empiricalRisk", parameters, parameterCount);
    slot.evaluation = network.evaluate(parameters, slot.inputs, { reproducible, recycle: slot.evaluation });
    return slot.evaluation;
  };

  const lossAndGradient: EmpiricalRisk["lossAndGradient"] = (parameters, into) => {
    const evaluation = evaluate(parameters, all, false);
    const { values, derivative } = loss.evaluate(evaluation.outputs, all.targets);
    return { loss: mean(values), gradient: evaluation.pullback(divided(derivative, sampleCount), into) };
  };

  return {
    sampleCount,
    parameterCount,
    loss: (parameters) => mean(loss.evaluate(evaluate(parameters, all, false).outputs, all.targets).values),
    gradient: (parameters, into) => lossAndGradient(parameters, into).gradient,
    lossAndGradient,
    batchGradient: (parameters, batch, into) => {
      requireBatch("empiricalRisk", batch, sampleCount);
      const slot = slotOfSize(batch.length);
      copyRows(samples.inputs, batch, slot.inputs);
      copyRows(samples.targets, batch, slot.targets);
      const evaluation = evaluate(parameters, slot, true);
      const { derivative } = loss.evaluate(evaluation.outputs, slot.targets);
      return evaluation.pullback(divided(derivative, batch.length), into);
    },
    at: (parameters, { recycle } = {}) => {
      requireParameters("empiricalRisk", parameters, parameterCount);
      return evaluateRisk(network, loss, samples, parameters, recycle);
    },
  };
}

/** An epoch has batches of at most two sizes. More are forgotten, since each holds a network's memory. */
const KEPT_BATCH_SIZES = 2;

interface Slot {
  readonly inputs: Matrix;
  readonly targets: Matrix;
  evaluation: Evaluation | undefined;
}

function checkedSamples({ network, loss, inputs, targets }: Parameters<typeof empiricalRisk>[0]): {
  inputs: Matrix;
  targets: Matrix;
} {
  const { inputCount, outputCount } = network;
  requireThat(inputs.cols === inputCount, "empiricalRisk", `inputs must have ${inputCount} columns`, inputs);
  requireThat(inputs.rows > 0, "empiricalRisk", "there must be a sample", inputs);
  requireEntryCount("empiricalRisk", inputs);
  requireThat(inputs.data.every(Number.isFinite), "empiricalRisk", "inputs must be finite", inputs);
  const y = targets instanceof Float64Array ? { rows: targets.length, cols: 1, data: targets } : targets;
  requireThat(y.rows === inputs.rows, "empiricalRisk", `targets must have ${inputs.rows} rows, as inputs`, y);
  loss.check("empiricalRisk", y, outputCount);
  return { inputs: { ...inputs, data: inputs.data.slice() }, targets: { ...y, data: y.data.slice() } };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The matrix itself, each entry divided. */
function divided(A: Matrix, by: number): Matrix {
  for (let k = 0; k < A.data.length; k++) A.data[k] /= by;
  return A;
}
