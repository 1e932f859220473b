import { breathe, requireThat } from "../core";
import { requireFailureProbability } from "./bound-inputs";
import { type FiniteHypotheses, type FiniteLearningProblem, requireLearningProblem } from "./finite-hypotheses";

/** How often a bound fails, exactly. */
export interface ExactCoverage {
  /** For each δ: the probability that *some* posterior violates the bound. A valid bound has at most δ. */
  readonly violationProbabilities: Float64Array;
  /** For each outcome: the supremum over all posteriors of what the bound lacks, in nats; violated iff log(1/δ) is less. */
  readonly worstValues: Float64Array;
}

/**
 * The probability over the sample that some posterior violates a bound, by enumerating all outcomes: the sum of the
 * probabilities of those whose worst posterior lacks more than log(1/δ) nats. Exact up to the accuracy of `worst`
 * (10⁻¹⁰ nats): an outcome that lies nearer to log(1/δ) could be counted wrongly. One call of `worst` an outcome, and
 * one sum a δ. Source: ours.
 *
 * @param problem hypotheses and all outcomes
 * @param worst what `worstMcAllesterPosterior` and its kin compute, or `(h, sample) => worstFixedLambdaPosterior(h, sample, λ)`
 * @param failureProbabilities the δs, each in (0, 1)
 * @throws InvalidArgumentError when the problem's risks, prior, probabilities or n are not in order, a δ is outside (0, 1),
 *   or `worst` returns NaN
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const problem = twoPointCounterexample();
 * const { violationProbabilities } = await exactCoverage(problem, worstMcAllesterPosterior, [0.98, 0.99]);
 * violationProbabilities; // [0.25, 1], the second above 0.99
 */
export async function exactCoverage(
  problem: FiniteLearningProblem,
  worst: (hypotheses: FiniteHypotheses, empiricalRisks: ArrayLike<number>) => { readonly value: number },
  failureProbabilities: ArrayLike<number>,
): Promise<ExactCoverage> {
  requireLearningProblem("exactCoverage", problem);
  const levels = Float64Array.from(failureProbabilities);
  levels.forEach((delta) => requireFailureProbability("exactCoverage", delta));
  const { outcomes, ...hypotheses } = problem;
  const worstValues = new Float64Array(outcomes.length);
  for (let k = 0; k < outcomes.length; k++) {
    await breathe();
    worstValues[k] = worst(hypotheses, outcomes[k].empiricalRisks).value;
    requireThat(!Number.isNaN(worstValues[k]), "exactCoverage", "the worst value must not be NaN", worstValues[k]);
  }
  const violationProbabilities = levels.map((delta) =>
    outcomes.reduce((sum, { probability }, k) => (worstValues[k] > -Math.log(delta) ? sum + probability : sum), 0),
  );
  return { violationProbabilities, worstValues };
}
