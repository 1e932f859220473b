import { requireSize } from "../core/requirements";
import { requireKl } from "./bound-inputs";

/** What the bound in expectation is computed from. */
export interface ExpectationBoundInputs {
  /** E_S KL(Q_S‖P) ≥ 0 in nats, the mean over samples S of size n; the prior P is fixed without looking at S. */
  readonly expectedKlToDataFreePrior: number;
  /** n */
  readonly sampleCount: number;
}

/**
 * The bound on the mean generalization gap over samples, for a loss in [0, 1] and a posterior Q_S chosen from the sample:
 * E_S[L(Q_S) − L̂(Q_S)] ≤ √(E_S KL(Q_S‖P)/2n).
 *
 * Why: for a fixed λ, λ E gap ≤ E KL + log E_P E_S e^{λΔ} ≤ E KL + λ²/8n; then λ = √(8n E KL), which is no random
 * number. That is why neither δ nor log n appears, and why the mean must be taken before the root: E√(KL/2n) is no
 * bound. With P = E_S Q_S the mean of KL is the mutual information of S and Q_S's draw. O(1).
 * Source: Xu and Raginsky 2017, theorem 1; Wu, lecture "Implicit bias/regularization I", left there to the reader.
 *
 * @throws InvalidArgumentError when the mean of KL is negative or not finite, or n no positive integer
 *
 * @example
 * expectationBound({ expectedKlToDataFreePrior: 2, sampleCount: 100 }); // 0.1
 */
export function expectationBound({ expectedKlToDataFreePrior, sampleCount }: ExpectationBoundInputs): number {
  requireKl("expectationBound", expectedKlToDataFreePrior);
  requireSize("expectationBound", "sampleCount", sampleCount);
  return Math.sqrt(expectedKlToDataFreePrior / (2 * sampleCount));
}
