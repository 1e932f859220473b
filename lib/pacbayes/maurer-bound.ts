import { maurerConfidenceTerm, type PacBayesInputs, requireBoundInputs } from "./bound-inputs";

/**
 * McAllester's bound with Maurer's constant: with probability 1 − δ, for all posteriors Q at once,
 * L(Q) ≤ L̂(Q) + √((KL(Q‖P) + log(2√n/δ))/2n).
 *
 * The repair of `printedMcAllesterBound`; it follows from `seegerBound` by Pinsker's inequality 2(p − q)² ≤ kl(q‖p). O(1).
 * Source: Maurer 2004, theorem 5 (n ≥ 8; for n < 8 Σ_k C(n,k)(k/n)^k(1−k/n)^{n−k} ≤ 2√n is checked case by case).
 *
 * @throws InvalidArgumentError when L̂(Q) is outside [0, 1], KL < 0 or not finite, n no positive integer, δ outside (0, 1)
 *
 * @example
 * maurerBound({ empiricalRisk: 0.1, klToDataFreePrior: 4, sampleCount: 100, failureProbability: 20 * Math.exp(-4) });
 * // 0.3
 */
export function maurerBound(inputs: PacBayesInputs): number {
  requireBoundInputs("maurerBound", inputs);
  const { empiricalRisk, klToDataFreePrior, sampleCount, failureProbability } = inputs;
  const price = klToDataFreePrior + maurerConfidenceTerm(sampleCount, failureProbability);
  return empiricalRisk + Math.sqrt(price / (2 * sampleCount));
}
