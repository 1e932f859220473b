import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { requireDistribution, requireProbability } from "./probabilities";

/** Finitely many hypotheses h of known risk, the prior over them, and how many samples their empirical risks are from. */
export interface FiniteHypotheses {
  /** L(h) in [0, 1]: K numbers. */
  readonly risks: ArrayLike<number>;
  /** P(h) ≥ 0 with sum 1, fixed without looking at the sample. */
  readonly dataFreePrior: ArrayLike<number>;
  /** n */
  readonly sampleCount: number;
}

/** What a sample may show, and how often. */
export interface SampleOutcome {
  /** > 0; all of them have sum 1. */
  readonly probability: number;
  /** L̂(h) in [0, 1]: K numbers. */
  readonly empiricalRisks: ArrayLike<number>;
}

/** Hypotheses with every sample that may come up: all that a bound's failure probability depends on. */
export interface FiniteLearningProblem extends FiniteHypotheses {
  readonly outcomes: readonly SampleOutcome[];
}

/** Tuned: above the rounding of binomial probabilities from logarithms, n log n eps for n ≤ 1000. */
const SUM_TOLERANCE = 1e-10;

/** Refuses hypotheses without risks, a prior of another length or sum, and a bad count. */
export function requireHypotheses(functionName: string, hypotheses: FiniteHypotheses): void {
  const { risks, dataFreePrior, sampleCount } = hypotheses;
  requireSize(functionName, "sampleCount", sampleCount);
  requireRisks(functionName, "the risks", risks);
  const sameCount = dataFreePrior.length === risks.length;
  requireThat(sameCount, functionName, `the prior must have ${risks.length} weights`, dataFreePrior.length);
  requireDistribution(functionName, "the prior", dataFreePrior);
}

/** Refuses risks that are none, not K, or outside [0, 1]. */
export function requireRisks(
  functionName: string,
  what: string,
  risks: ArrayLike<number>,
  count: number = risks.length,
): void {
  requireThat(risks.length > 0, functionName, `${what} must not be empty`, "none");
  requireThat(risks.length === count, functionName, `${what} must be ${count} numbers`, risks.length);
  for (let h = 0; h < risks.length; h++) requireProbability(functionName, what, risks[h]);
}

/** Refuses a problem with bad hypotheses, a bad outcome, or probabilities that do not add up to 1. */
export function requireLearningProblem(functionName: string, problem: FiniteLearningProblem): void {
  requireHypotheses(functionName, problem);
  for (const { probability, empiricalRisks } of problem.outcomes) {
    requireThat(probability > 0, functionName, "an outcome's probability must be positive", probability);
    requireRisks(functionName, "an outcome's empirical risks", empiricalRisks, problem.risks.length);
  }
  const sum = problem.outcomes.reduce((total, { probability }) => total + probability, 0);
  const proper = Math.abs(sum - 1) <= SUM_TOLERANCE;
  requireThat(proper, functionName, "the outcomes' probabilities must add up to 1", sum);
}
