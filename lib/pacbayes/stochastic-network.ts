import { type Matrix, type RandomStream, requireThat, zeros } from "../core";
import { type Estimate, meanOf } from "../core/estimate";
import { requireFinite, requireSize } from "../core/requirements";
import type { Evaluation, Network } from "../models";
import { copyRows } from "../models/finite-sum";
import { drawBatch } from "../optimizers";
import { uncheckedClassificationError } from "./classification-error";
import { type ClassifiedSamples, requireClassifiedSamples } from "./classified-samples";

/**
 * A network whose parameters are drawn afresh for every prediction, θ ~ N(μ, diag σ²): the Gibbs predictor of a
 * Gaussian posterior.
 */
export interface StochasticNetwork {
  readonly network: Network;
  /** μ (p). */
  readonly mean: Float64Array;
  /** σ (p), each entry positive. */
  readonly standardDeviation: Float64Array;
}

/** How many random parameters an error is averaged over. */
export interface StochasticErrorOptions {
  /** The number m of parameters drawn, by default 10,000 (tuned: two seconds for 2,400 parameters). */
  readonly draws?: number;
  /**
   * How many samples, drawn without replacement, each parameter vector is tried on; by default 100, or all where there
   * are fewer (tuned: so many cost about as much as the drawing of the parameters).
   */
  readonly samplesPerDraw?: number;
  readonly stream: RandomStream;
}

/**
 * The network with parameters θ = μ + σ∘ε, ε ~ N(0, I_p), of independent entries.
 *
 * @throws InvalidArgumentError unless μ and σ have one entry for each parameter, all finite, and those of σ positive
 *
 * Source: Dziugaite and Roy (2017); Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021).
 *
 * @example
 * const network = linearNetwork({ inputCount: 2 });
 * const start = { network: network, mean: Float64Array.of(1, 0), standardDeviation: Float64Array.of(0.5, 2) };
 * stochasticNetwork(start).standardDeviation; // [0.5, 2]
 */
export function stochasticNetwork({ network, mean, standardDeviation }: StochasticNetwork): StochasticNetwork {
  requireStochasticNetwork("stochasticNetwork", { network, mean, standardDeviation });
  return { network, mean: mean.slice(), standardDeviation: standardDeviation.slice() };
}

/**
 * The expected 0-1 error of a stochastic network on n samples, E_θ (1/n) #{i : f(x_i; θ) is wrong}, estimated by m
 * independent draws: each draws θ and some of the samples and takes their share of errors (a tie is an error). Such a
 * share is in [0, 1] and its mean is the one sought, however few samples it is of: so bounds for means of m independent
 * numbers in [0, 1] hold. The same bits on every machine. Costs m times p normals and an evaluation on those samples.
 *
 * @throws InvalidArgumentError unless the samples fit the network and are classes, μ and σ are finite and σ > 0, there
 *   are at least two draws, and each is of at least one sample and at most n
 *
 * @example
 * const predictor = {
 *   network: linearNetwork({ inputCount: 1 }), mean: Float64Array.of(0), standardDeviation: Float64Array.of(1),
 * };
 * const samples = { inputs: matrix([[1], [1]]), targets: matrix([[1], [-1]]) };
 * await stochasticError(predictor, samples, { draws: 10, samplesPerDraw: 2, stream: randomStream(1) });
 * // { value: 0.5, standardError: 0, samples: 10 }
 */
export async function stochasticError(
  predictor: StochasticNetwork,
  samples: ClassifiedSamples,
  options: StochasticErrorOptions,
): Promise<Estimate> {
  requireStochasticNetwork("stochasticError", predictor);
  requireClassifiedSamples("stochasticError", predictor.network, samples);
  requireDraws("stochasticError", samples, options);
  return uncheckedStochasticError("stochasticError", predictor, samples, options);
}

/** The same for what is known to be right. */
export function uncheckedStochasticError(
  functionName: string,
  { network, mean, standardDeviation }: StochasticNetwork,
  { inputs, targets }: ClassifiedSamples,
  { draws = DRAWS, samplesPerDraw = samplesOf(inputs), stream }: StochasticErrorOptions,
): Promise<Estimate> {
  const batch = { inputs: zeros(samplesPerDraw, inputs.cols), targets: zeros(samplesPerDraw, targets.cols) };
  const theta = new Float64Array(mean.length);
  let recycle: Evaluation | undefined;
  return meanOf(functionName, draws, () => {
    for (let k = 0; k < theta.length; k++) theta[k] = mean[k] + standardDeviation[k] * stream.normal();
    const rows = drawBatch(stream, {
      sampleCount: inputs.rows,
      batchSize: samplesPerDraw,
      sampling: "without replacement",
    });
    copyRows(inputs, rows, batch.inputs);
    copyRows(targets, rows, batch.targets);
    recycle = network.evaluate(theta, batch.inputs, { reproducible: true, recycle });
    return uncheckedClassificationError(recycle.outputs, batch.targets);
  });
}

/** m by default. */
export const DRAWS = 10_000;

function samplesOf(inputs: Matrix): number {
  return Math.min(inputs.rows, 100);
}

export function requireStochasticNetwork(
  functionName: string,
  { network, mean, standardDeviation }: StochasticNetwork,
): void {
  const { parameterCount } = network;
  for (const [what, values] of Object.entries({ mean, standardDeviation })) {
    const requirement = `${what} must have length ${parameterCount}`;
    requireThat(values.length === parameterCount, functionName, requirement, values.length);
    requireFinite(functionName, what, values);
  }
  for (const sigma of standardDeviation) {
    if (!(sigma > 0)) requireThat(false, functionName, "standardDeviation must be positive", sigma);
  }
}

export function requireDraws(
  functionName: string,
  { inputs }: ClassifiedSamples,
  { draws = DRAWS, samplesPerDraw = samplesOf(inputs) }: StochasticErrorOptions,
): void {
  requireSize(functionName, "draws", draws, 2);
  requireSize(functionName, "samplesPerDraw", samplesPerDraw);
  const requirement = `samplesPerDraw must be at most the number ${inputs.rows} of samples`;
  requireThat(samplesPerDraw <= inputs.rows, functionName, requirement, samplesPerDraw);
}
