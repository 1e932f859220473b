import { requireThat } from "../core";
import { type ConvexDifference, maximizeConvexDifference } from "./convex-difference-maximum";
import { type FiniteHypotheses, requireHypotheses, requireRisks } from "./finite-hypotheses";
import { logMeanOfTilt, tiltedPosterior } from "./tilted-prior";
import { nats, type WorstPosterior } from "./worst-posterior";

/** e^{−40} is below the rounding of anything that is added to it here. */
const LARGEST_TILT = 40;

/**
 * The worst posterior for `seegerBound` on finitely many hypotheses:
 * sup_Q n kl⁺(L̂(Q)‖L(Q)) − KL(Q‖P) − log(2√n), with kl⁺(q‖p) = kl(q‖p) for q < p and 0 for q ≥ p.
 *
 * Why it is one of a two-parameter family: kl⁺ is convex in (q, p) and increases in p, decreases in q. So it is the
 * largest of linear functions, n kl⁺(q‖p) = max_{α,β≥0} βp − αq − c(α, β), where
 * c = max_{q,p} βp − αq − n kl(q‖p) is convex, with w = β/(n(1 − e^{−α/n})): c = 0 for w ≤ 1, n(w − 1 − log w) for
 * 1 ≤ w ≤ e^{α/n}, and β − α beyond. By Donsker–Varadhan the supremum is max_{α,β≥0} log E_P e^{βL − αL̂} − c(α, β),
 * attained by Q ∝ P e^{βL − αL̂}: a difference of convex functions, maximised by branch and bound to 10⁻¹⁰ nats. The
 * maximum has β ≤ n/(1 − max L); α is cut at 40n, which costs e^{−40} n max L/(1 − max L) nats. Where all L(h) are one
 * p, L(Q) is known and c(α) = n log(1 − p + p e^{−α/n}) is left, with one parameter.
 *
 * Some hundred evaluations of K exponentials each are usual with one parameter, ten thousand with two.
 *
 * @param hypotheses L, P and n; L below 1
 * @param empiricalRisks L̂(h) on the sample
 * @throws InvalidArgumentError when a risk is 1 or outside [0, 1], the lists differ in length or are empty, the prior is
 *   negative or does not add up to 1, or n is no positive integer
 *
 * @example
 * // One fair coin that fell right 4 times of 4: 4 kl(0‖½) − log 4.
 * const { value } = worstSeegerPosterior({ risks: [0.5], dataFreePrior: [1], sampleCount: 4 }, [0]);
 * Math.abs(value - Math.log(4)) < 1e-9; // true
 */
export function worstSeegerPosterior(hypotheses: FiniteHypotheses, empiricalRisks: ArrayLike<number>): WorstPosterior {
  const name = "worstSeegerPosterior";
  requireHypotheses(name, hypotheses);
  const { risks, dataFreePrior, sampleCount: n } = hypotheses;
  requireRisks(name, "the empirical risks", empiricalRisks, risks.length);
  const largestRisk = Math.max(...Array.from(risks));
  requireThat(largestRisk < 1, name, "the risks must be below 1", largestRisk);

  const minusEmpirical = Float64Array.from(empiricalRisks, (risk) => -risk);
  const oneRisk = Array.from(risks).every((risk) => risk === largestRisk);
  const statistics = oneRisk ? [minusEmpirical] : [minusEmpirical, Float64Array.from(risks)];
  const tilts: ConvexDifference = {
    low: statistics.map(() => 0),
    high: oneRisk ? [LARGEST_TILT * n] : [LARGEST_TILT * n, n / (1 - largestRisk)],
    convex: (x) => logMeanOfTilt(dataFreePrior, x, statistics),
    subtracted: (x, gradient) => (oneRisk ? conjugateAtRisk(n, largestRisk, x, gradient) : conjugate(n, x, gradient)),
  };
  const { argument, ...found } = maximizeConvexDifference(tilts, nats(n));
  return {
    ...found,
    value: found.value - Math.log(2 * Math.sqrt(n)),
    posterior: tiltedPosterior(dataFreePrior, argument, statistics),
  };
}

/** max_q −αq − n kl(q‖p) = n log(1 − p + p e^{−α/n}), and its derivative −q. */
function conjugateAtRisk(n: number, p: number, x: Float64Array, gradient: Float64Array): number {
  const e = Math.exp(-x[0] / n);
  gradient[0] = (-p * e) / (1 - p + p * e);
  return n * Math.log1p(p * Math.expm1(-x[0] / n));
}

/** max_{q,p} βp − αq − n kl(q‖p), and its gradient (−q, p). */
function conjugate(n: number, [alpha, beta]: Float64Array, gradient: Float64Array): number {
  const e = Math.exp(-alpha / n);
  const share = -Math.expm1(-alpha / n);
  if (beta <= n * share) {
    gradient.fill(0);
    return 0;
  }
  // w ≥ e^{α/n}, without a division by 0 at α = 0.
  if (beta * e >= n * share) {
    gradient[0] = -1;
    gradient[1] = 1;
    return beta - alpha;
  }
  const w = beta / n / share;
  gradient[0] = (-(w - 1) * e) / share;
  gradient[1] = (1 - 1 / w) / share;
  return n * (w - 1 - Math.log(w));
}
