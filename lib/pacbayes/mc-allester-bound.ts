import { type PacBayesInputs, requireBoundInputs } from "./bound-inputs";

/**
 * McAllester's bound as a lecture prints it, REFUTED as a bound for all posteriors: L̂(Q) + √((KL(Q‖P) + log(1/δ))/2n).
 *
 * It holds with probability 1 − δ for one Q that was fixed before the sample (Hoeffding's inequality, even without the
 * KL term). For all Q at once it is false: `twoPointCounterexample` has a violating Q on every sample. The derivation
 * minimises over λ although KL(Q‖P), and with it the best λ, depends on the sample. `maurerBound` is the repair.
 * O(1). Source: Wu, lecture "Implicit bias/regularization I"; refuted here.
 *
 * @throws InvalidArgumentError when L̂(Q) is outside [0, 1], KL < 0 or not finite, n no positive integer, δ outside (0, 1)
 *
 * @example
 * printedMcAllesterBound({
 *   empiricalRisk: 0.1,
 *   klToDataFreePrior: 0,
 *   sampleCount: 50,
 *   failureProbability: Math.exp(-1),
 * }); // 0.2
 */
export function printedMcAllesterBound(inputs: PacBayesInputs): number {
  requireBoundInputs("printedMcAllesterBound", inputs);
  const { empiricalRisk, klToDataFreePrior, sampleCount, failureProbability } = inputs;
  return empiricalRisk + Math.sqrt((klToDataFreePrior - Math.log(failureProbability)) / (2 * sampleCount));
}
