import binomialTest from "@stdlib/stats-binomial-test";
import { breathe, type RandomStream, requireThat } from "../core";
import { requireSize } from "../core/requirements";

/** How many samples are drawn, from where, and how sure the interval shall be. */
export interface MonteCarloCoverageOptions {
  readonly trials: number;
  readonly stream: RandomStream;
  /** The interval's, in (0, 1). Default 0.99 (tuned). */
  readonly confidence?: number;
}

/** How often a bound failed. */
export interface MonteCarloCoverage {
  readonly violations: number;
  readonly trials: number;
  /** violations/trials */
  readonly frequency: number;
  /** Contains the violation probability with at least the confidence asked for. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * How often a bound fails on random samples, with the two-sided Clopper–Pearson interval of its failure probability:
 * never too narrow, whatever the probability, and [0, 1 − (α/2)^{1/m}] for no failure in m trials, α = 1 − confidence.
 * One call of `violated` a trial. Source: Clopper and Pearson 1934.
 *
 * @param violated draws a sample from the stream and says whether the bound fails on it
 * @throws InvalidArgumentError when `trials` is no positive integer, the confidence outside (0, 1), or `violated` does not
 *   return true or false
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const stream = randomStream(1);
 * const coverage = await monteCarloCoverage((draws) => draws.uniform() < 0.05, { trials: 400, stream });
 * coverage.interval[0] < 0.05 && 0.05 < coverage.interval[1]; // true
 */
export async function monteCarloCoverage(
  violated: (stream: RandomStream) => boolean | Promise<boolean>,
  { trials, stream, confidence = 0.99 }: MonteCarloCoverageOptions,
): Promise<MonteCarloCoverage> {
  requireSize("monteCarloCoverage", "trials", trials);
  const proper = confidence > 0 && confidence < 1;
  requireThat(proper, "monteCarloCoverage", "the confidence must be in (0, 1)", confidence);
  let violations = 0;
  for (let trial = 0; trial < trials; trial++) {
    await breathe();
    const failed = await violated(stream);
    requireThat(typeof failed === "boolean", "monteCarloCoverage", "`violated` must return true or false", failed);
    if (failed) violations++;
  }
  const [low, high] = binomialTest(violations, trials, { alpha: 1 - confidence }).ci;
  return { violations, trials, frequency: violations / trials, interval: [low, high] };
}
