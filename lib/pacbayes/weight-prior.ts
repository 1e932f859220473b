import { type RandomStream, requireThat } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import { crossEntropyLoss, empiricalRisk, logisticLoss, type Network } from "../models";
import { runTrajectory, stochasticAdam } from "../optimizers";
import type { CertificateSamples } from "./certificate-samples";
import { type ClassifiedSamples, requireClassifiedSamples } from "./classified-samples";

/** A Gaussian prior N(μ_P, σ_P² I) over the parameters of a network, and what it was learned on. */
export interface WeightPrior {
  /** μ_P (p). */
  readonly mean: Float64Array;
  /** σ_P > 0. */
  readonly standardDeviation: number;
  /** The samples that μ_P depends on; undefined for a prior that was chosen before any sample was seen. */
  readonly learnedFrom: ClassifiedSamples | undefined;
}

/**
 * The prior N(μ_P, σ_P² I) for a μ_P and a σ_P that no sample has touched, a random initialisation for example. That is
 * a promise which nobody can check: with a μ_P that was trained on the certificate's own samples the certificate is not
 * valid. For a trained μ_P there is {@link learnedPrior}.
 *
 * @throws InvalidArgumentError unless μ_P is finite and not empty, and σ_P (default 1, tuned) positive and finite
 *
 * @example
 * dataFreePrior({ mean: Float64Array.of(1, 2), standardDeviation: 0.5 }).learnedFrom; // undefined
 */
export function dataFreePrior(options: {
  readonly mean: Float64Array;
  readonly standardDeviation?: number;
}): WeightPrior {
  const { mean, standardDeviation = 1 } = options;
  requireSize("dataFreePrior", "the number of parameters", mean.length);
  requireFinite("dataFreePrior", "mean", mean);
  requireDeviation("dataFreePrior", standardDeviation);
  return { mean: mean.slice(), standardDeviation, learnedFrom: undefined };
}

/**
 * The prior N(μ_P, σ_P² I) with μ_P trained on the split's samples for the prior: Adam on the mean cross entropy (the
 * logistic loss for one output) of batches. The same bits on every machine.
 *
 * @param options the start θ₀ (p), which no sample has touched; σ_P (default 0.1, tuned); steps (default 1000),
 *   batchSize (default 100 or all) and learningRate (default 0.01): tuned
 * @throws InvalidArgumentError when the split has no samples for a prior, they do not fit the network, θ₀ has another
 *   length than p or is not finite, or a number is out of its range; DivergenceError where the training diverges
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021).
 *
 * @example
 * const network = linearNetwork({ inputCount: 1 });
 * const inputs = matrix([[1], [2], [3]]);
 * const samples = splitForCertificate({ inputs: inputs, targets: Float64Array.of(1, 1, -1), priorSampleCount: 2 });
 * const start = Float64Array.of(0);
 * const prior = await learnedPrior({ network, samples, start, steps: 1, stream: randomStream(1) });
 * prior.mean[0]; // 0.00999999…: the first step of Adam is the learning rate, but for 1e-8 of it
 */
export async function learnedPrior(options: {
  readonly network: Network;
  readonly samples: CertificateSamples;
  readonly start: Float64Array;
  readonly standardDeviation?: number;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly stream: RandomStream;
}): Promise<WeightPrior> {
  const { network, samples, start, stream, standardDeviation = 0.1 } = options;
  const { forPrior } = samples;
  requireThat(forPrior !== undefined, "learnedPrior", "the split must have samples for the prior", forPrior);
  requireClassifiedSamples("learnedPrior", network, forPrior);
  const { rows } = forPrior.inputs;
  const { steps = 1000, batchSize = Math.min(100, rows), learningRate = 0.01 } = options;
  const requirement = `start must have length ${network.parameterCount}`;
  requireThat(start.length === network.parameterCount, "learnedPrior", requirement, start.length);
  requireFinite("learnedPrior", "start", start);
  requireDeviation("learnedPrior", standardDeviation);
  requireSize("learnedPrior", "steps", steps);
  const loss = network.outputCount === 1 ? logisticLoss : crossEntropyLoss;
  const risk = empiricalRisk({ network, loss, ...forPrior });
  const step = stochasticAdam({ ...risk, batchSize, sampling: "without replacement", learningRate, stream });
  const { parameters } = await runTrajectory(step, start, { steps, every: steps, observe: () => 0 });
  return { mean: parameters.slice(), standardDeviation, learnedFrom: forPrior };
}

/**
 * Refuses a prior that does not fit the network, and one that was learned on other samples than this split keeps for
 * it: those might be the certificate's.
 */
export function requireIndependentPrior(
  functionName: string,
  { parameterCount }: Network,
  { mean, standardDeviation, learnedFrom }: WeightPrior,
  { forPrior }: CertificateSamples,
): void {
  const requirement = `the prior's mean must have length ${parameterCount}`;
  requireThat(mean.length === parameterCount, functionName, requirement, mean.length);
  requireFinite(functionName, "the prior's mean", mean);
  requireDeviation(functionName, standardDeviation);
  requireThat(
    learnedFrom === undefined || learnedFrom === forPrior,
    functionName,
    "the prior must be learned on no sample or on this split's samples for the prior",
    "a prior learned on other samples",
  );
}

function requireDeviation(functionName: string, standardDeviation: number): void {
  const valid = standardDeviation > 0 && standardDeviation < Infinity;
  requireThat(valid, functionName, "the prior's standardDeviation must be positive and finite", standardDeviation);
}
