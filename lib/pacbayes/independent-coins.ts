import { requireThat } from "../core";
import { requireSize } from "../core/requirements";
import { requireRisks, type FiniteLearningProblem, type SampleOutcome } from "./finite-hypotheses";

/** 10⁶ outcomes take some 200 MB. */
const MOST_OUTCOMES = 1_000_000;

/**
 * K hypotheses that err independently of each other, h with probability L(h) on each of n samples, under the uniform
 * prior, with all (n + 1)^K outcomes: L̂(h) = (errors of h)/n, of probability Π_h C(n, n L̂) L^{n L̂} (1 − L)^{n(1 − L̂)}.
 * Outcomes of probability 0 are left out. Fair coins, L = ½, are the hypotheses among which overfitting is easiest.
 * O(K (n + 1)^K).
 *
 * @throws InvalidArgumentError when there are no risks, a risk is outside [0, 1], n is no positive integer, or there are
 *   more than 10⁶ outcomes
 *
 * @example
 * const { outcomes } = independentCoins({ risks: [0.5, 0.5], sampleCount: 1 });
 * outcomes.map(({ probability }) => probability); // [0.25, 0.25, 0.25, 0.25]
 */
export function independentCoins({
  risks,
  sampleCount,
}: {
  readonly risks: ArrayLike<number>;
  readonly sampleCount: number;
}): FiniteLearningProblem {
  requireRisks("independentCoins", "the risks", risks);
  requireSize("independentCoins", "sampleCount", sampleCount);
  const count = (sampleCount + 1) ** risks.length;
  requireThat(count <= MOST_OUTCOMES, "independentCoins", `there must be at most ${MOST_OUTCOMES} outcomes`, count);
  let outcomes: SampleOutcome[] = [{ probability: 1, empiricalRisks: [] }];
  for (const risk of Array.from(risks)) {
    const coin = binomialProbabilities(sampleCount, risk);
    outcomes = outcomes.flatMap(({ probability, empiricalRisks }) =>
      coin.map((chance, errors) => ({
        probability: probability * chance,
        empiricalRisks: [...Array.from(empiricalRisks), errors / sampleCount],
      })),
    );
    outcomes = outcomes.filter(({ probability }) => probability > 0);
  }
  return {
    risks: Array.from(risks),
    dataFreePrior: Array.from(risks, () => 1 / risks.length),
    sampleCount,
    outcomes,
  };
}

/** C(n, k) p^k (1 − p)^{n−k} for k = 0, …, n, by logarithms where the powers would underflow. */
function binomialProbabilities(n: number, p: number): number[] {
  let logChoices = 0;
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) logChoices += Math.log((n - k + 1) / k);
    const logHits = k === 0 ? 0 : k * Math.log(p);
    const logMisses = k === n ? 0 : (n - k) * Math.log1p(-p);
    return Math.exp(logChoices + logHits + logMisses);
  });
}
