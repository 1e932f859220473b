import { type PacBayesInputs, requireBoundInputs, requireDataFreeLambda } from "./bound-inputs";

/** What the bound for one λ is computed from. */
export interface FixedLambdaInputs extends PacBayesInputs {
  /** λ > 0, chosen before the sample: minimising the bound over λ afterwards makes it false. */
  readonly dataFreeLambda: number;
}

/**
 * The bound for one λ that was chosen before the sample: with probability 1 − δ, for all posteriors Q at once,
 * L(Q) ≤ L̂(Q) + (KL(Q‖P) + log(1/δ))/λ + λ/8n.
 *
 * Why: Donsker–Varadhan, Markov's inequality for E_P e^{λΔ − λ²/8n}, and Hoeffding's lemma. Least at
 * λ = √(8n(KL + log(1/δ))), where it would be the printed bound, if only KL were known in advance. O(1).
 * Source: Catoni 2003; Alquier 2021, theorem 2.1.
 *
 * @throws InvalidArgumentError when L̂(Q) is outside [0, 1], KL < 0 or not finite, n no positive integer, δ outside (0, 1),
 *   or λ not positive and finite
 *
 * @example
 * fixedLambdaBound({
 *   empiricalRisk: 0.1,
 *   klToDataFreePrior: 1,
 *   sampleCount: 100,
 *   failureProbability: Math.exp(-1),
 *   dataFreeLambda: 40,
 * }); // 0.2
 */
export function fixedLambdaBound(inputs: FixedLambdaInputs): number {
  requireBoundInputs("fixedLambdaBound", inputs);
  requireDataFreeLambda("fixedLambdaBound", inputs.dataFreeLambda);
  const { empiricalRisk, klToDataFreePrior, sampleCount, failureProbability, dataFreeLambda } = inputs;
  const price = klToDataFreePrior - Math.log(failureProbability);
  return empiricalRisk + price / dataFreeLambda + dataFreeLambda / (8 * sampleCount);
}
