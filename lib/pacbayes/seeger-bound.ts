import { upperBinaryKlInverse } from "./binary-kl-inverse";
import { maurerConfidenceTerm, type PacBayesInputs, requireBoundInputs } from "./bound-inputs";

/**
 * Seeger's bound: with probability 1 − δ, for all posteriors Q at once, kl(L̂(Q)‖L(Q)) ≤ (KL(Q‖P) + log(2√n/δ))/n, and
 * hence L(Q) ≤ max{p : kl(L̂(Q)‖p) ≤ (KL(Q‖P) + log(2√n/δ))/n}. Here kl is the divergence of two coins, in nats.
 *
 * Never above `maurerBound`, and far below it where L̂(Q) is near 0; never above 1. One inversion.
 * Source: Seeger 2002, with the constant of Maurer 2004, theorem 5.
 *
 * @throws InvalidArgumentError when L̂(Q) is outside [0, 1], KL < 0 or not finite, n no positive integer, δ outside (0, 1)
 *
 * @example
 * // At L̂ = 0 the bound is 1 − e^{−c} for c = (KL + log(2√n/δ))/n, here log 2.
 * seegerBound({ empiricalRisk: 0, klToDataFreePrior: 0, sampleCount: 4, failureProbability: 0.25 }); // 0.5
 */
export function seegerBound(inputs: PacBayesInputs): number {
  requireBoundInputs("seegerBound", inputs);
  const { empiricalRisk, klToDataFreePrior, sampleCount, failureProbability } = inputs;
  const price = klToDataFreePrior + maurerConfidenceTerm(sampleCount, failureProbability);
  return upperBinaryKlInverse(empiricalRisk, price / sampleCount);
}
