import { type RandomStream } from "../core";
import { softplus } from "../core/kernels/elementary";
import { requireSize } from "../core/requirements";
import { runTrajectory, stochasticAdam } from "../optimizers";
import { type CertificateProblem, type CertificateStep, gradientOf, inverseSoftplus } from "./certificate-gradient";
import { requireStochasticNetwork, type StochasticNetwork } from "./stochastic-network";

/** What a posterior is trained on, and how. */
export interface CertificateTrainingOptions extends CertificateProblem {
  /** The number of steps of Adam, by default 6,000 (tuned). */
  readonly steps?: number;
  /** B, by default 100, or all samples where there are fewer (tuned). */
  readonly batchSize?: number;
  /** α of Adam, by default 0.01 (tuned). */
  readonly learningRate?: number;
  /** Keep what a step saw at the steps that are multiples of this, by default 100. */
  readonly every?: number;
  /**
   * Where Q starts; by default the prior. It may depend on the sample: from the trained network's weights the training
   * ends far better than from the prior where that is a random initialisation (Dziugaite and Roy 2017 start there).
   */
  readonly start?: Pick<StochasticNetwork, "mean" | "standardDeviation">;
  readonly stream: RandomStream;
}

/** A trained posterior and how its training went. */
export interface CertificateTraining {
  readonly posterior: StochasticNetwork;
  /** What single steps saw, on their own draw and batch: noisy, and no certificate. */
  readonly history: readonly (Omit<CertificateStep, "gradient"> & { readonly step: number })[];
}

/**
 * Trains a Gaussian posterior Q = N(μ, diag σ²), σ = log(1 + e^ρ), for a small certificate: Adam on (μ, ρ) from the
 * prior, each step with one draw ε ~ N(0, I) and one batch of the samples for the certificate (without replacement),
 * along the gradient of {@link certificateGradient}. What it returns is certified by {@link riskCertificate}: the
 * objective itself is only an estimate from a draw.
 *
 * The same bits on every machine. A step costs p normals and a gradient on the batch.
 *
 * @throws InvalidArgumentError as `certificateGradient`, and when steps, batchSize, learningRate or every is out of its
 *   range; DivergenceError naming the step at which the posterior left the finite numbers
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021), with Adam for their SGD with momentum;
 * Dziugaite and Roy (2017).
 *
 * @example
 * const network = linearNetwork({ inputCount: 1 });
 * const samples = splitForCertificate({ inputs: matrix([[1], [2]]), targets: Float64Array.of(1, 1) });
 * const prior = dataFreePrior({ mean: Float64Array.of(0) });
 * const { posterior } = await trainCertificate({ network, prior, samples, steps: 5, stream: randomStream(1) });
 * posterior.mean[0] > 0; // true: it learns that the class is 1
 */
export async function trainCertificate(options: CertificateTrainingOptions): Promise<CertificateTraining> {
  const { network, start } = options;
  const { at, start: prior, sampleCount } = gradientOf("trainCertificate", options);
  if (start) requireStochasticNetwork("trainCertificate", { network, ...start });
  const { steps = 6000, batchSize = Math.min(100, sampleCount), learningRate = 0.01, every = 100, stream } = options;
  requireSize("trainCertificate", "steps", steps);
  requireSize("trainCertificate", "every", every);
  const p = network.parameterCount;
  const noiseStream = stream.split("draws of the parameters");
  const noise = new Float64Array(p);
  const history: (Omit<CertificateStep, "gradient"> & { step: number })[] = [];
  let made = 0;
  const batchGradient = (posterior: Float64Array, batch: readonly number[]): Float64Array => {
    for (let k = 0; k < p; k++) noise[k] = noiseStream.normal();
    const { gradient, ...seen } = at(posterior, batch, noise);
    if (made % every === 0) history.push({ step: made, ...seen });
    made++;
    return gradient;
  };
  const step = stochasticAdam({
    batchGradient,
    sampleCount,
    batchSize,
    sampling: "without replacement",
    learningRate,
    stream: stream.split("batches"),
  });
  const first = start ? Float64Array.of(...start.mean, ...start.standardDeviation.map(inverseSoftplus)) : prior;
  const { parameters } = await runTrajectory(step, first, { steps, every: steps, observe: () => 0 });
  const standardDeviation = Float64Array.from(parameters.subarray(p), softplus);
  return { posterior: { network, mean: parameters.slice(0, p), standardDeviation }, history };
}
