import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { requireProbability } from "./probabilities";

/** What a PAC-Bayes bound on the risk of a randomized classifier is computed from. The loss lies in [0, 1]. */
export interface PacBayesInputs {
  /** L̂(Q) = E_{h∼Q} L̂(h) in [0, 1], the mean over the n samples. */
  readonly empiricalRisk: number;
  /** KL(Q‖P) ≥ 0 in nats, to a prior P that was fixed without looking at the n samples: Q may depend on them, P not. */
  readonly klToDataFreePrior: number;
  /** n, the number of independent samples behind L̂. */
  readonly sampleCount: number;
  /** δ in (0, 1): the bound may fail on a set of samples of this probability. */
  readonly failureProbability: number;
}

/** Refuses what no bound can be computed from; the error carries the caller's name. */
export function requireBoundInputs(functionName: string, inputs: PacBayesInputs): void {
  requireProbability(functionName, "the empirical risk", inputs.empiricalRisk);
  requireKl(functionName, inputs.klToDataFreePrior);
  requireSize(functionName, "sampleCount", inputs.sampleCount);
  requireFailureProbability(functionName, inputs.failureProbability);
}

export function requireKl(functionName: string, kl: number): void {
  requireThat(kl >= 0 && kl < Infinity, functionName, "the KL divergence must be at least 0 and finite", kl);
}

export function requireFailureProbability(functionName: string, failureProbability: number): void {
  const proper = failureProbability > 0 && failureProbability < 1;
  requireThat(proper, functionName, "the failure probability must be in (0, 1)", failureProbability);
}

export function requireDataFreeLambda(functionName: string, lambda: number): void {
  requireThat(lambda > 0 && lambda < Infinity, functionName, "λ must be positive and finite", lambda);
}

/** Refuses an empty grid and a λ in it that is not positive. */
export function requireDataFreeLambdas(functionName: string, lambdas: ArrayLike<number>): void {
  requireThat(lambdas.length > 0, functionName, "there must be at least one λ", "none");
  for (let i = 0; i < lambdas.length; i++) requireDataFreeLambda(functionName, lambdas[i]);
}

/** log(2√n/δ), finite for every δ > 0: the cost of a bound that holds for all posteriors at once (Maurer 2004). */
export function maurerConfidenceTerm(sampleCount: number, failureProbability: number): number {
  return Math.log(2) + 0.5 * Math.log(sampleCount) - Math.log(failureProbability);
}
