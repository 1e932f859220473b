import { requireThat } from "../core";
import { lyapunovExponent, requireMultipliers } from "./lyapunov";

/** A multiplicative random walk inside an interval round its fixed point 0. */
export interface MultiplicativeWalk {
  /** m_1, …, m_k. */
  readonly multipliers: ArrayLike<number>;
  /** Their probabilities, by default all 1/k. */
  readonly probabilities?: ArrayLike<number>;
  /** x_0, not 0, inside the interval. */
  readonly start: number;
  /** The walk is inside while low < x < high; low < 0 < high, either may be infinite. */
  readonly low: number;
  readonly high: number;
  /** The number of steps to follow. */
  readonly steps: number;
}

/** The law of the time T = min{t : x_t ≤ low or x_t ≥ high}. */
export interface FirstPassageLaw {
  /** P(T > t) for t = 0, …, steps. */
  readonly survival: Float64Array;
  /** P(T = t and x_T ≤ low) for t = 0, …, steps. */
  readonly exitLow: Float64Array;
  /** P(T = t and x_T ≥ high) for t = 0, …, steps. */
  readonly exitHigh: Float64Array;
  /** The smallest t with P(T ≤ t) ≥ ½, or undefined when that lies beyond `steps`. */
  readonly median: number | undefined;
  /** Σ_{t < steps} P(T > t), that is E min(T, steps): E T from below. */
  readonly mean: number;
  /** E T lies between `mean` and `mean + meanTailBound`; infinite when the Lyapunov exponent is not positive. */
  readonly meanTailBound: number;
  /** How many states were on an end of the interval to within rounding, and counted as having left. */
  readonly ties: number;
}

/** All ways to have used the multipliers that are still inside at one time. */
interface Layer {
  readonly counts: readonly (readonly number[])[];
  readonly probabilities: readonly number[];
}

/**
 * The exact law of the first time that x_{t+1} = m_I x_t, I independent of the past, leaves an interval round 0: how
 * long SGD lingers at an unstable minimum, as long as its steps are linear.
 *
 * Multiplication commutes, so x_t depends only on how often each multiplier was used. The states at time t are these
 * counts, C(t+k-1, k-1) of them instead of k^t paths, and each passes its probability on to k successors while it is
 * inside. Nothing is sampled; the only errors are of rounding. Cost O(k² C(steps+k-1, k)): for two multipliers
 * quadratic in the steps.
 *
 * Ties: a state is compared through log|x_t| = log|x_0| + Σ_i n_i log|m_i| (which cannot overflow), and counts as
 * having reached an end that it misses by less than the rounding of that sum. `ties` tells how often that was needed.
 *
 * The tail of the mean: once |x| ≥ R = max(|low|, high) the walk is certainly out, and log|x_t| - Λt is a martingale,
 * so from a state x it takes at most (log(R/|x|) + max_i log|m_i|)/Λ more steps in the mean (Wald's identity; the
 * last step overshoots by at most max_i log|m_i|).
 *
 * @throws InvalidArgumentError on multipliers or probabilities as `lyapunovExponent`, unless low < 0 < high, the start
 * is inside and not 0, and `steps` is a positive integer.
 * @example
 * firstPassageLaw({ multipliers: [2], start: 1, low: -4, high: 4, steps: 3 }).exitHigh; // [0, 0, 1, 0]
 */
export function firstPassageLaw(walk: MultiplicativeWalk): FirstPassageLaw {
  const { start, low, high, steps } = walk;
  const weights = requireMultipliers("firstPassageLaw", walk.multipliers, walk.probabilities);
  requireThat(low < 0 && high > 0, "firstPassageLaw", "low < 0 < high must hold", [low, high]);
  requireThat(start > low && start < high, "firstPassageLaw", `start must be inside (${low}, ${high})`, start);
  requireThat(start !== 0, "firstPassageLaw", "start must not be 0, where the walk stays", start);
  requireThat(Number.isInteger(steps) && steps >= 1, "firstPassageLaw", "steps must be a positive integer", steps);

  const possible = Array.from(weights.keys()).filter((i) => weights[i] > 0);
  const multipliers = possible.map((i) => walk.multipliers[i]);
  const probabilities = possible.map((i) => weights[i]);
  const logs = multipliers.map((m) => Math.log(Math.abs(m)));

  /** log|x| for these counts, a bound on its rounding, and the sign of x. */
  const locate = (counts: readonly number[]): { log: number; rounding: number; negative: boolean } => {
    let log = Math.log(Math.abs(start));
    let magnitude = 1 + Math.abs(log);
    let negative = start < 0;
    counts.forEach((count, i) => {
      if (count === 0) return; // 0 · log 0 stands for a multiplier that was not used
      log += count * logs[i];
      if (multipliers[i] !== 0) magnitude += count * Math.abs(logs[i]); // x = 0 is exact
      if (multipliers[i] < 0 && count % 2 === 1) negative = !negative;
    });
    // eps of the largest partial sum for each of the k products, k sums, and the logarithms of start and end.
    return { log, rounding: (2 * counts.length + 2) * Number.EPSILON * magnitude, negative };
  };

  const survival = new Float64Array(steps + 1);
  const exitLow = new Float64Array(steps + 1);
  const exitHigh = new Float64Array(steps + 1);
  survival[0] = 1;
  let ties = 0;
  let inside: Layer = { counts: [multipliers.map(() => 0)], probabilities: [1] };
  for (let t = 1; t <= steps; t++) {
    const reached = successors(inside, probabilities, steps + 1);
    const staying: { counts: (readonly number[])[]; probabilities: number[] } = { counts: [], probabilities: [] };
    reached.counts.forEach((counts, k) => {
      const probability = reached.probabilities[k];
      const { log, rounding, negative } = locate(counts);
      const excess = log - Math.log(negative ? -low : high);
      if (Math.abs(excess) <= rounding) ties++;
      if (excess >= -rounding) (negative ? exitLow : exitHigh)[t] += probability;
      else if (probability > 0) {
        staying.counts.push(counts);
        staying.probabilities.push(probability);
        survival[t] += probability;
      }
    });
    inside = staying;
  }

  const median = survival.findIndex((probability) => probability <= 0.5);
  const drift = lyapunovExponent(multipliers, probabilities);
  const certainlyOut = Math.log(Math.max(-low, high)) + Math.max(0, ...logs);
  const meanTailBound = inside.probabilities.reduce(
    (sum, probability, k) =>
      sum + (drift > 0 ? (probability * (certainlyOut - locate(inside.counts[k]).log)) / drift : Infinity),
    0,
  );
  return {
    survival,
    exitLow,
    exitHigh,
    median: median === -1 ? undefined : median,
    mean: survival.subarray(0, steps).reduce((sum, probability) => sum + probability, 0),
    meanTailBound,
    ties,
  };
}

/** One step from every state; the states that several of them lead to are merged. */
function successors({ counts, probabilities }: Layer, chances: readonly number[], base: number): Layer {
  const index = new Map<number, number>();
  const nextCounts: number[][] = [];
  const nextProbabilities: number[] = [];
  counts.forEach((from, k) => {
    chances.forEach((chance, i) => {
      const to = from.slice();
      to[i]++;
      // The last count follows from the time, so the others, as digits, name the state.
      const name = to.slice(0, -1).reduce((digits, count) => digits * base + count, 0);
      const known = index.get(name);
      if (known === undefined) {
        index.set(name, nextCounts.length);
        nextCounts.push(to);
        nextProbabilities.push(probabilities[k] * chance);
      } else nextProbabilities[known] += probabilities[k] * chance;
    });
  });
  return { counts: nextCounts, probabilities: nextProbabilities };
}
