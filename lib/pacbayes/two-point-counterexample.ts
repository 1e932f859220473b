import type { FiniteLearningProblem } from "./finite-hypotheses";

/**
 * Two hypotheses and one sample that refute the printed McAllester bound. The sample is rare with probability ¼; h₀ errs
 * on the rare one only, h₁ on the other only; the prior is (⅔, ⅓). Then L = (¼, ¾), and L̂ is (0, 1) with probability ¾
 * and (1, 0) with probability ¼.
 *
 * With φ = max_λ log E_P e^{λΔ} − λ²/8 (`worstMcAllesterPosterior`), *both* outcomes have a posterior that violates
 * `printedMcAllesterBound` at every δ > δ* = max e^{−φ} = 0.982424…: it fails with probability 1 > δ. O(1).
 * Source: ours.
 *
 * @example
 * const { risks, outcomes } = twoPointCounterexample();
 * risks; // [0.25, 0.75]
 * outcomes.map(({ probability }) => probability); // [0.75, 0.25]
 */
export function twoPointCounterexample(): FiniteLearningProblem {
  return {
    risks: [0.25, 0.75],
    dataFreePrior: [2 / 3, 1 / 3],
    sampleCount: 1,
    outcomes: [
      { probability: 0.75, empiricalRisks: [0, 1] },
      { probability: 0.25, empiricalRisks: [1, 0] },
    ],
  };
}
