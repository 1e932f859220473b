import { requireThat, zeros } from "../core";
import { sigmoid, softplus, tanh } from "../core/kernels/elementary";
import { requireFinite } from "../core/requirements";
import type { Evaluation, Network } from "../models";
import { copyRows, requireBatch } from "../models/finite-sum";
import { requireLeastProbability, uncheckedBoundedCrossEntropy } from "./bounded-cross-entropy";
import {
  type CertificateObjectiveKind,
  requireObjective,
  uncheckedCertificateObjective,
} from "./certificate-objective";
import type { CertificateSamples } from "./certificate-samples";
import { requireClassifiedSamples } from "./classified-samples";
import { reproducibleLogarithm } from "./reproducible-logarithm";
import { requireIndependentPrior, type WeightPrior } from "./weight-prior";

/** What a posterior is trained on. */
export interface CertificateProblem {
  readonly network: Network;
  readonly prior: WeightPrior;
  readonly samples: CertificateSamples;
  /** By default fquad. */
  readonly objective?: CertificateObjectiveKind;
  /** δ in the objective, by default 0.025 as in the source's code. */
  readonly failureProbability?: number;
  /**
   * p_min of the bounded cross entropy; by default 0.3 divided by the number of classes (tuned: with the 1e-4 of the
   * source's code guessing costs so little for two classes that the posterior stays at the prior).
   */
  readonly leastProbability?: number;
  /** λ in (0, 2) of `flamb`, held through the training, by default 1; the best λ gives fquad. */
  readonly tradeOff?: number;
}

/** The objective at one draw, and its gradient. */
export interface CertificateStep {
  /** f(L̂, KL). */
  readonly objective: number;
  /** L̂, the bounded cross entropy of the batch at the drawn parameters. */
  readonly surrogateRisk: number;
  /** KL(Q‖P), of the whole posterior. */
  readonly klDivergence: number;
  /** By (μ, ρ) (2p). */
  readonly gradient: Float64Array;
}

/** The objective of a posterior (μ, ρ), at a draw and a batch. */
export interface CertificateGradient {
  /** n, the number of samples for the certificate. */
  readonly sampleCount: number;
  /** The prior as a posterior: (μ_P, ρ_P) (2p), where the training begins. */
  readonly start: Float64Array;
  /** At (μ, ρ) (2p), on a batch of samples (indices from 0 to n − 1), with θ = μ + σ∘ε for the given ε (p). */
  readonly at: (posterior: Float64Array, batch: readonly number[], noise: Float64Array) => CertificateStep;
}

/**
 * The gradient of a certificate's objective, by reparametrisation. The posterior is Q = N(μ, diag σ²) with
 * σ = log(1 + e^ρ); for ε ~ N(0, I_p) and a batch of samples L̂ = L̂_batch(μ + σ∘ε), and the gradient of
 * f(L̂, KL(Q‖P)) is taken with ε held:
 *
 * - by μ: ∂f/∂L̂ g + ∂f/∂KL (μ − μ_P)/σ_P²,
 * - by ρ: [∂f/∂L̂ g∘ε + ∂f/∂KL (σ/σ_P² − 1/σ)] ∘ 1/(1 + e^{−ρ}),
 *
 * with g = ∇L̂_batch(μ + σ∘ε) and KL = Σ_k [log(σ_P/σ_k) + (σ_k² + (μ_k − μ_P,k)²)/2σ_P² − ½]. For f linear in L̂
 * (flamb, fclassic, bbb) its mean over ε and the batch is the gradient of f(E_Q L̂, KL); for fquad it is that of an
 * average which is at most as large, since fquad is concave in L̂.
 *
 * `at` gives the same bits on every machine. It costs a gradient of the network on the batch.
 *
 * @throws InvalidArgumentError unless the samples fit the network, the prior fits it and does not depend on the samples
 *   for the certificate, and δ, p_min and λ are in their ranges; `at` throws it on arrays of other lengths, on a
 *   posterior or ε that is not finite and on sample indices outside 0, …, n − 1
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021); Blundell et al. (2015).
 *
 * @example
 * const network = linearNetwork({ inputCount: 1 });
 * const samples = splitForCertificate({ inputs: matrix([[1]]), targets: Float64Array.of(1) });
 * const prior = dataFreePrior({ mean: Float64Array.of(0), standardDeviation: 1 });
 * const { at, start } = certificateGradient({ network, prior, samples, objective: "bbb", leastProbability: 0.25 });
 * at(start, [0], Float64Array.of(0)).objective; // 0.5, log 2/log 4: both classes are as likely
 */
export function certificateGradient(problem: CertificateProblem): CertificateGradient {
  return gradientOf("certificateGradient", problem);
}

/** The objective and its gradient for a caller whose name the errors carry. */
export function gradientOf(functionName: string, problem: CertificateProblem): CertificateGradient {
  const { network, prior, samples } = problem;
  const { objective = "fquad", failureProbability = 0.025, tradeOff = 1 } = problem;
  const { leastProbability = 0.3 / Math.max(2, network.outputCount) } = problem;
  const { inputs, targets } = samples.forCertificate;
  const [sampleCount, p, deviation] = [inputs.rows, network.parameterCount, prior.standardDeviation];
  requireClassifiedSamples(functionName, network, samples.forCertificate);
  requireIndependentPrior(functionName, network, prior, samples);
  requireObjective(functionName, { objective, sampleCount, failureProbability, tradeOff });
  requireLeastProbability(functionName, leastProbability);

  let batchInputs = zeros(1, inputs.cols);
  let batchTargets = zeros(1, targets.cols);
  let recycle: Evaluation | undefined;
  const riskAt = (theta: Float64Array, batch: readonly number[]): { risk: number; gradient: Float64Array } => {
    if (batchInputs.rows !== batch.length) {
      batchInputs = zeros(batch.length, inputs.cols);
      batchTargets = zeros(batch.length, targets.cols);
    }
    copyRows(inputs, batch, batchInputs);
    copyRows(targets, batch, batchTargets);
    recycle = network.evaluate(theta, batchInputs, { reproducible: true, recycle });
    const { values, derivative } = uncheckedBoundedCrossEntropy(recycle.outputs, batchTargets, leastProbability);
    for (let k = 0; k < derivative.data.length; k++) derivative.data[k] /= batch.length;
    return {
      risk: values.reduce((sum, value) => sum + value, 0) / batch.length,
      gradient: recycle.pullback(derivative),
    };
  };

  return {
    sampleCount,
    start: Float64Array.from({ length: 2 * p }, (_, k) => (k < p ? prior.mean[k] : inverseSoftplus(deviation))),
    at: (posterior, batch, noise) => {
      requireDraw(functionName, posterior, batch, noise, { p, sampleCount });
      const theta = new Float64Array(p);
      let klDivergence = 0;
      for (let k = 0; k < p; k++) {
        const sigma = softplus(posterior[p + k]);
        theta[k] = posterior[k] + sigma * noise[k];
        const [shift, ratio] = [(posterior[k] - prior.mean[k]) / deviation, sigma / deviation];
        klDivergence += 0.5 * (shift * shift + ratio * ratio - 1) - reproducibleLogarithm(ratio);
      }
      // At the prior the sum is 0 up to rounding.
      klDivergence = Math.max(0, klDivergence);
      const { risk: empiricalRisk, gradient: g } = riskAt(theta, batch);
      const { value, byEmpiricalRisk, byKlDivergence } = uncheckedCertificateObjective({
        ...{ objective, empiricalRisk, klDivergence, sampleCount, failureProbability, tradeOff },
      });
      const gradient = new Float64Array(2 * p);
      const variance = deviation * deviation;
      for (let k = 0; k < p; k++) {
        const rho = posterior[p + k];
        const sigma = softplus(rho);
        const risk = byEmpiricalRisk * g[k];
        gradient[k] = risk + (byKlDivergence * (posterior[k] - prior.mean[k])) / variance;
        gradient[p + k] = (risk * noise[k] + byKlDivergence * (sigma / variance - 1 / sigma)) * sigmoid(rho);
      }
      return { objective: value, surrogateRisk: empiricalRisk, klDivergence, gradient };
    },
  };
}

/** ρ with log(1 + e^ρ) = σ: log(e^σ − 1), the difference taken without cancellation. */
export function inverseSoftplus(sigma: number): number {
  if (sigma > 40) return sigma; // e^{−40} is below eps
  const t = tanh(sigma / 2);
  return reproducibleLogarithm((2 * t) / (1 - t));
}

function requireDraw(
  functionName: string,
  posterior: Float64Array,
  batch: readonly number[],
  noise: Float64Array,
  { p, sampleCount }: { p: number; sampleCount: number },
): void {
  const length = posterior.length;
  if (length !== 2 * p) requireThat(false, functionName, `the posterior must have length ${2 * p}`, length);
  if (noise.length !== p) requireThat(false, functionName, `the noise must have length ${p}`, noise.length);
  requireFinite(functionName, "the posterior", posterior);
  requireFinite(functionName, "the noise", noise);
  requireBatch(functionName, batch, sampleCount);
}
