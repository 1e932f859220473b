import { add, DivergenceError, type Matrix, multiplyVector, norm, outer, requireThat, scale } from "../core";
import { requireFinite, requireSize } from "../core/requirements";
import { meanHessian } from "../models/hessians";
import { batchNoiseFactor } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import { type LinearizedSgd, secondMomentOperator } from "./second-moment-operator";

/** A run of linearised SGD near a minimum θ* at which the samples need not agree. */
export interface LinearizedMomentsOptions extends LinearizedSgd {
  /** g_1, …, g_n (each d), the samples' gradients at θ*: their sum is 0, since θ* is critical. */
  readonly gradients: readonly Float64Array[];
  /** θ_0 - θ* (d). */
  readonly start: Float64Array;
  /** The number of steps. */
  readonly steps: number;
}

/** The first two moments of u_t = θ_t - θ* for t = 0, …, steps. */
export interface LinearizedMoments {
  /** E u_t (each d). */
  readonly means: readonly Float64Array[];
  /** E u_t u_tᵀ (each d×d), of trace E‖u_t‖²: ‖E u_t‖² ≤ (E‖u_t‖)² ≤ E‖u_t‖². */
  readonly secondMoments: readonly Matrix[];
}

/**
 * The mean and the second moment of linearised SGD near a minimum at which the gradients of single samples do not
 * vanish, u₊ = u - η(g_I + H_I u) with u = θ - θ*, Σ_i g_i = 0 and I a random batch, exactly and without sampling:
 *
 *   E u₊ = (I - ηH) E u,
 *   M₊ = T(M) + η² p_B (1/n) Σ_i [g_i g_iᵀ + H_i (E u) g_iᵀ + g_i (E u)ᵀ H_i],   M = E uuᵀ,
 *
 * T the `secondMomentOperator`, p_B of `batchNoiseFactor`: batch means of H_i u + g_i have the mean Hu and p_B times
 * the variance of one sample, for every batch size and both samplings. The noise of the gradients drops out of the
 * mean, which is why λ_max(H) ≤ 2/η stays necessary (Mulayoff, Michaeli and Soudry 2021); it stays in the second moment.
 *
 * Cost a step: 2n + 4 products of d×d matrices. Holds steps + 1 of them.
 *
 * @throws InvalidArgumentError unless the Hessians are symmetric, finite and of one size, the gradients as many, finite
 *   and of sum 0 (but for rounding), the start finite, η positive, the batch possible, `steps` a non-negative integer.
 * @throws DivergenceError when a moment overflows, or so nearly that a number on the way to it might.
 *
 * @example
 * const { means, secondMoments } = linearizedMoments({
 *   hessians: [matrix([[1]]), matrix([[3]])], gradients: [Float64Array.of(1), Float64Array.of(-1)],
 *   start: Float64Array.of(1), learningRate: 0.5, batchSize: 1, sampling: "with replacement", steps: 1,
 * });
 * means; // [[1], [0]]
 * secondMoments[1].data; // [0]: either sample leads to 0, by 1 - (1 + 1)/2 and by 1 - (3 - 1)/2
 */
export function linearizedMoments(options: LinearizedMomentsOptions): LinearizedMoments {
  const functionName = "linearizedMoments";
  const { hessians, gradients, start, learningRate, batchSize, sampling, steps } = options;
  const mean = meanHessian(functionName, hessians);
  const size = mean.rows;
  const count = hessians.length;
  requireThat(gradients.length === count, functionName, `there must be ${count} gradients`, gradients.length);
  const total = new Float64Array(size);
  let magnitude = 0;
  for (const g of gradients) {
    requireThat(g.length === size, functionName, `every gradient must have length ${size}`, g.length);
    requireFinite(functionName, "every gradient", g);
    for (let k = 0; k < size; k++) total[k] += g[k];
    magnitude += norm(g);
  }
  // Each of the n additions rounds by at most eps of what has been summed; so may each of the given numbers.
  const rounding = 2 * count * Number.EPSILON * magnitude;
  requireThat(norm(total) <= rounding, functionName, "the gradients must sum to 0", `the sum ${total.join(", ")}`);
  requireThat(start.length === size, functionName, `start must have length ${size}`, start.length);
  requireFinite(functionName, "start", start);
  requireLearningRate(functionName, learningRate);
  requireSize(functionName, "steps", steps, 0);
  const noise = batchNoiseFactor({ sampleCount: count, batchSize, sampling });
  const { apply } = secondMomentOperator({ hessians, learningRate, batchSize, sampling });

  const [curvature, slope] = [largest(hessians.map(({ data }) => data)), largest(gradients)];

  const means = [start.slice()];
  const secondMoments = [outer(start, start)];
  if (!Number.isFinite(largest([secondMoments[0].data]))) {
    throw new DivergenceError(functionName, 0, "the moments overflow");
  }
  for (let t = 1; t <= steps; t++) {
    const before = means[t - 1];
    // No number in the step exceeds this: entries of (1 + ηHᵢ)M(1 + ηHᵢ), and of (η(Hᵢu + gᵢ))², with d² products each.
    const growth = size ** 2 * (1 + learningRate * curvature) ** 2 * largest([secondMoments[t - 1].data]);
    const push = size ** 2 * (Math.max(1, learningRate) * (curvature * largest([before]) + slope)) ** 2;
    if (!Number.isFinite(count * (growth + push))) throw new DivergenceError(functionName, t, "the moments overflow");

    const drift = multiplyVector(mean, before);
    const next = before.map((value, k) => value - learningRate * drift[k]);
    let injected = outer(new Float64Array(size), before);
    hessians.forEach((H, i) => {
      const image = multiplyVector(H, before);
      const moved = image.map((value, k) => value + gradients[i][k] / 2);
      // g(H u + g/2)ᵀ and its transpose: together g gᵀ + g uᵀH + H u gᵀ.
      injected = add(injected, add(outer(gradients[i], moved), outer(moved, gradients[i])));
    });
    const moment = add(apply(secondMoments[t - 1]), scale(injected, (learningRate ** 2 * noise) / count));
    means.push(next);
    secondMoments.push(moment);
  }
  return { means, secondMoments };
}

function largest(lists: readonly Float64Array[]): number {
  return lists.reduce((top, list) => list.reduce((bound, value) => Math.max(bound, Math.abs(value)), top), 0);
}
