import { DivergenceError, type Matrix, requireThat } from "../core";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite, requireSize } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import { requireBatch } from "../models/finite-sum";
import { meanHessian } from "../models/hessians";
import { type BatchRule, enumerateBatches } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";

/** One of the pieces of a loss that is smooth only in pieces. All is seen from θ*: u = θ - θ*. */
export interface SwitchingMode {
  /** Whether u (d) lies in the mode's region S_m. It must leave u as it is. */
  readonly contains: (offset: Float64Array) => boolean;
  /** The samples' Hessians at θ*, H_1, …, H_n (each d×d, symmetric), of this piece. */
  readonly hessians: readonly Matrix[];
  /** The samples' gradients at θ*, g_1, …, g_n (each d), of this piece. Default 0: every sample is fitted. */
  readonly gradients?: readonly Float64Array[];
}

/** What a switching system needs. */
export interface SwitchingSystemOptions extends BatchRule {
  /** The pieces, each with the same n samples; where two contain a point (on a border), the first counts. */
  readonly modes: readonly SwitchingMode[];
  readonly learningRate: number;
}

/** SGD near a minimum that is not differentiable; made by {@link switchingSystem}. */
export interface SwitchingSystem {
  /** d. */
  readonly dimension: number;
  /** n. */
  readonly sampleCount: number;
  /** The index of the first mode that contains u (d). */
  readonly modeOf: (offset: Float64Array) => number;
  /** One step with the batch that lists these samples, repeats counted; it does not look for infinities. */
  readonly step: (offset: Float64Array, batch: readonly number[]) => Float64Array;
  /** E‖u_t‖ for t = 0, …, steps from u_0 = start (d), exactly: the mean over all sequences of batches. */
  readonly meanDistances: (start: Float64Array, steps: number) => Float64Array;
}

/** No more paths than this are followed (a few seconds). */
const MAXIMUM_PATHS = 1e6;

/**
 * Linearised SGD near a minimum θ* at which the loss has a kink, as ReLU makes them: a switching system. Space falls into
 * regions S_m, in each of which every sample's loss is a quadratic of its own; a step uses that of the region where the
 * iterate is,
 *
 *   u₊ = u - η(g_I^m + H_I^m u),   u = θ - θ* ∈ S_m,
 *
 * g_I^m and H_I^m the means over a random batch I (Rao 2021, after Mulayoff, Michaeli and Soudry 2021). θ* is ε-linearly
 * stable when limsup_t E‖u_t‖ ≤ ε for every start with ‖u_0‖ ≤ ε, and strongly so when sup_t E‖u_t‖ ≤ ε.
 *
 * The mean distance has no recursion: which mode comes next depends on the path. `meanDistances` therefore follows every
 * path, (number of batches)^steps of them; gradient descent (B = n without replacement) has but one.
 *
 * @throws InvalidArgumentError unless there is a mode, all Hessians are symmetric, finite and of one size, all gradients
 *   fit them and are finite, the modes have equally many samples, η is positive and the batch possible. The system's
 *   functions throw it on an offset of another length, not finite or in no mode's region, on a sample index outside
 *   0, …, n-1, on steps that are no non-negative integer, and over a million paths.
 * @throws DivergenceError from `meanDistances` when a path leaves the finite numbers.
 *
 * @example
 * const kink = switchingSystem({
 *   modes: [
 *     { contains: ([u]) => u >= 0, hessians: [matrix([[3]])] },
 *     { contains: ([u]) => u < 0, hessians: [matrix([[1]])] },
 *   ],
 *   learningRate: 1, batchSize: 1, sampling: "without replacement",
 * });
 * kink.meanDistances(Float64Array.of(0.5), 2); // [0.5, 1, 0]: up by |1 - 3|, then to the minimum by 1 - 1
 */
export function switchingSystem(options: SwitchingSystemOptions): SwitchingSystem {
  const { modes, learningRate, batchSize, sampling } = options;
  requireThat(modes.length > 0, "switchingSystem", "there must be at least one mode", modes.length);
  modes.forEach(requireMode);
  const dimension = modes[0].hessians[0].rows;
  const sampleCount = modes[0].hessians.length;
  for (const { hessians } of modes) {
    requireThat(
      hessians.length === sampleCount && hessians[0].rows === dimension,
      "switchingSystem",
      `every mode must have ${sampleCount} Hessians of size ${dimension}×${dimension}`,
      `${hessians.length} of size ${hessians[0].rows}×${hessians[0].rows}`,
    );
  }
  requireLearningRate("switchingSystem", learningRate);
  const batches = enumerateBatches({ sampleCount, batchSize, sampling });
  const pieces = modes.slice();

  const requireOffset = (offset: Float64Array): void => {
    if (offset.length !== dimension) {
      requireThat(false, "switchingSystem", `the offset must have length ${dimension}`, offset.length);
    }
    requireFinite("switchingSystem", "the offset", offset);
  };
  const modeOf = (offset: Float64Array): number => {
    requireOffset(offset);
    const found = pieces.findIndex(({ contains }) => contains(offset));
    if (found === -1) requireThat(false, "switchingSystem", "some mode must contain the offset", offset);
    return found;
  };
  /** u - (η/B) Σ_{i ∈ I} (g_i + H_i u), with the mode that contains u. */
  const stepIn = ({ hessians, gradients }: SwitchingMode, offset: Float64Array, batch: readonly number[]) => {
    const next = offset.slice();
    for (const sample of batch) {
      const image = uncheckedMultiplyVector(hessians[sample], offset);
      const gradient = gradients?.[sample];
      for (let k = 0; k < dimension; k++) {
        next[k] -= (learningRate / batch.length) * (image[k] + (gradient?.[k] ?? 0));
      }
    }
    return next;
  };

  return {
    dimension,
    sampleCount,
    modeOf,
    step: (offset, batch) => {
      requireBatch("switchingSystem", batch, sampleCount);
      return stepIn(pieces[modeOf(offset)], offset, batch);
    },
    meanDistances: (start, steps) => {
      requireOffset(start);
      requireSize("switchingSystem", "steps", steps, 0);
      const paths = batches.length ** steps;
      requireThat(
        paths <= MAXIMUM_PATHS,
        "switchingSystem",
        `the number of paths must be at most ${MAXIMUM_PATHS}`,
        `${paths} (${batches.length} batches, ${steps} steps)`,
      );
      const distances = new Float64Array(steps + 1);
      let ends: Float64Array[] = [start];
      for (let t = 0; ; t++) {
        for (const end of ends) distances[t] += uncheckedNorm(end) / ends.length;
        if (!Number.isFinite(distances[t]))
          throw new DivergenceError("switchingSystem", t, "the distance is not finite");
        if (t === steps) return distances;
        ends = ends.flatMap((end) => {
          const mode = pieces[modeOf(end)];
          return batches.map((batch) => stepIn(mode, end, batch));
        });
      }
    },
  };
}

function requireMode({ hessians, gradients }: SwitchingMode): void {
  const { rows } = meanHessian("switchingSystem", hessians);
  if (gradients === undefined) return;
  const count = hessians.length;
  requireThat(gradients.length === count, "switchingSystem", `a mode must have ${count} gradients`, gradients.length);
  for (const g of gradients) {
    requireThat(g.length === rows, "switchingSystem", `every gradient must have length ${rows}`, g.length);
    requireFinite("switchingSystem", "every gradient", g);
  }
}
