import type { IterativeResult } from "../core";
import { requireDataFreeLambda, requireDataFreeLambdas } from "./bound-inputs";
import { maximizeConvexDifference } from "./convex-difference-maximum";
import { type FiniteHypotheses, requireHypotheses, requireRisks } from "./finite-hypotheses";
import { logMeanOfTilt, tiltedPosterior } from "./tilted-prior";

/**
 * The posterior that violates a bound most, on one sample. `value` is the supremum over *all* posteriors of how many nats
 * the bound lacks: some posterior violates the bound at δ if, and only if, log(1/δ) < value.
 */
export interface WorstPosterior extends IterativeResult {
  /** Q(h): a Gibbs measure of the prior. It attains `value`, or comes within `residual` of it. */
  readonly posterior: Float64Array;
}

/** Nats; tuned: far below what a bound at a given δ notices, and above the rounding of n Δ² for n up to 10⁶. */
export function nats(sampleCount: number): number {
  return 1e-10 * Math.max(1, sampleCount / 1000);
}

/**
 * The worst posterior for `printedMcAllesterBound` on finitely many hypotheses, Δ(h) = L(h) − L̂(h):
 * φ = sup_Q 2n max(0, E_Q Δ)² − KL(Q‖P) = max_{λ≥0} log E_P e^{λΔ} − λ²/8n.
 *
 * Why: a posterior violates the bound at δ iff E_Q Δ > 0 and 2n(E_Q Δ)² − KL(Q‖P) > log(1/δ). The square is
 * 2nx² = max_λ λx − λ²/8n, and by Donsker–Varadhan sup_Q λE_Q Δ − KL(Q‖P) = log E_P e^{λΔ}, attained by Q ∝ P e^{λΔ}.
 * The function of λ is a difference of convex ones and may have several maxima; the best has λ = 4n E_Q Δ ≤ 4n max Δ, and is
 * found by branch and bound to 10⁻¹⁰ nats. At most some hundred evaluations of K exponentials each are usual.
 *
 * @param hypotheses L, P and n
 * @param empiricalRisks L̂(h) on the sample
 * @throws InvalidArgumentError when a risk is outside [0, 1], the lists differ in length or are empty, the prior is negative
 *   or does not add up to 1, or n is no positive integer
 *
 * @example
 * const problem = twoPointCounterexample();
 * worstMcAllesterPosterior(problem, [0, 1]).value; // 0.0177…
 * worstMcAllesterPosterior(problem, [1, 0]).value; // 0.0510…
 */
export function worstMcAllesterPosterior(
  hypotheses: FiniteHypotheses,
  empiricalRisks: ArrayLike<number>,
): WorstPosterior {
  const gaps = requireSample("worstMcAllesterPosterior", hypotheses, empiricalRisks);
  const { dataFreePrior, sampleCount: n } = hypotheses;
  const most = gaps.reduce((largest, gap, h) => (dataFreePrior[h] > 0 ? Math.max(largest, gap) : largest), 0);
  const { argument, ...found } = maximizeConvexDifference(
    {
      low: [0],
      high: [4 * n * most],
      convex: (lambda) => logMeanOfTilt(dataFreePrior, lambda, [gaps]),
      subtracted: (lambda, gradient) => {
        gradient[0] = lambda[0] / (4 * n);
        return lambda[0] ** 2 / (8 * n);
      },
    },
    nats(n),
  );
  return { ...found, posterior: tiltedPosterior(dataFreePrior, argument, [gaps]) };
}

/**
 * The worst posterior for `maurerBound`: that for `printedMcAllesterBound`, and log(2√n) nats fewer.
 *
 * @param hypotheses L, P and n
 * @param empiricalRisks L̂(h) on the sample
 * @throws InvalidArgumentError when a risk is outside [0, 1], the lists differ in length or are empty, the prior is negative
 *   or does not add up to 1, or n is no positive integer
 *
 * @example
 * worstMaurerPosterior(twoPointCounterexample(), [1, 0]).value < 0; // true, so that no δ in (0, 1) is violated
 */
export function worstMaurerPosterior(hypotheses: FiniteHypotheses, empiricalRisks: ArrayLike<number>): WorstPosterior {
  requireSample("worstMaurerPosterior", hypotheses, empiricalRisks);
  const printed = worstMcAllesterPosterior(hypotheses, empiricalRisks);
  return { ...printed, value: printed.value - Math.log(2 * Math.sqrt(hypotheses.sampleCount)) };
}

/**
 * The worst posterior for `fixedLambdaBound`: sup_Q λE_Q Δ − KL(Q‖P) − λ²/8n = log E_P e^{λΔ} − λ²/8n, attained by
 * Q ∝ P e^{λΔ} (Donsker–Varadhan). In closed form, O(K).
 *
 * @param hypotheses L, P and n
 * @param empiricalRisks L̂(h) on the sample
 * @param dataFreeLambda λ > 0
 * @throws InvalidArgumentError when a risk is outside [0, 1], the lists differ in length or are empty, the prior is negative
 *   or does not add up to 1, n is no positive integer, or λ not positive and finite
 *
 * @example
 * const hypotheses = { risks: [0.5], dataFreePrior: [1], sampleCount: 2 };
 * worstFixedLambdaPosterior(hypotheses, [0], 4).value; // 1
 */
export function worstFixedLambdaPosterior(
  hypotheses: FiniteHypotheses,
  empiricalRisks: ArrayLike<number>,
  dataFreeLambda: number,
): WorstPosterior {
  const gaps = requireSample("worstFixedLambdaPosterior", hypotheses, empiricalRisks);
  requireDataFreeLambda("worstFixedLambdaPosterior", dataFreeLambda);
  return worstForLambda(hypotheses, gaps, dataFreeLambda);
}

/**
 * The worst posterior for `lambdaGridBound`: the bound is violated when one of its m parts is, so that the supremum is
 * max_i log E_P e^{λ_i Δ} − λ_i²/8n − log m. In closed form, O(K m).
 *
 * @param hypotheses L, P and n
 * @param empiricalRisks L̂(h) on the sample
 * @param dataFreeLambdas λ_i > 0
 * @throws InvalidArgumentError when a risk is outside [0, 1], the lists differ in length or are empty, the prior is negative
 *   or does not add up to 1, n is no positive integer, the grid is empty, or a λ not positive and finite
 *
 * @example
 * const hypotheses = { risks: [0.5], dataFreePrior: [1], sampleCount: 2 };
 * worstLambdaGridPosterior(hypotheses, [0], [1, 4]).value; // 0.3068528194400547, 1 − log 2
 */
export function worstLambdaGridPosterior(
  hypotheses: FiniteHypotheses,
  empiricalRisks: ArrayLike<number>,
  dataFreeLambdas: ArrayLike<number>,
): WorstPosterior {
  const gaps = requireSample("worstLambdaGridPosterior", hypotheses, empiricalRisks);
  requireDataFreeLambdas("worstLambdaGridPosterior", dataFreeLambdas);
  const found = Array.from(dataFreeLambdas, (lambda) => worstForLambda(hypotheses, gaps, lambda));
  const worst = found.reduce((most, next) => (next.value > most.value ? next : most));
  return { ...worst, value: worst.value - Math.log(dataFreeLambdas.length) };
}

function worstForLambda(hypotheses: FiniteHypotheses, gaps: Float64Array, lambda: number): WorstPosterior {
  const { dataFreePrior, sampleCount } = hypotheses;
  const tilt = Float64Array.of(lambda);
  return {
    value: logMeanOfTilt(dataFreePrior, tilt, [gaps]) - (lambda / sampleCount) * (lambda / 8),
    posterior: tiltedPosterior(dataFreePrior, tilt, [gaps]),
    residual: 0,
    iterations: 0,
    converged: true,
    message: "converged: in closed form",
  };
}

/** Δ = L − L̂ of a sample that is in order. */
function requireSample(
  functionName: string,
  hypotheses: FiniteHypotheses,
  empiricalRisks: ArrayLike<number>,
): Float64Array {
  requireHypotheses(functionName, hypotheses);
  requireRisks(functionName, "the empirical risks", empiricalRisks, hypotheses.risks.length);
  return Float64Array.from(hypotheses.risks, (risk, h) => risk - empiricalRisks[h]);
}
