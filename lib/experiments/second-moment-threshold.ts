import { type Matrix, multiplyVector, outer, randomStream, requireThat, topEigenvalue, transpose } from "../core";
import type { BatchRule } from "../optimizers";
import { gradientDescentThreshold, meanSquareThresholdFromHessians, sufficientFactor, traceFactor } from "../stability";
import { hessianRange } from "../stability/hessian-range";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger } from "./requirements";

/** Linear regression on standard normal inputs, at a solution that interpolates: H_i = x_i x_iᵀ. */
export interface SecondMomentThresholdConfiguration extends BatchRule {
  /** n. */
  readonly sampleCount: number;
  /** d; with more than n, everything happens in the n dimensions that the samples span. */
  readonly dimension: number;
}

/** Learning rates up to which SGD is stable in mean square, by four conditions. */
export interface SecondMomentThresholdResult {
  /** Up to it the sufficient condition holds, λ_max{(I - ηH)² + η² p_B Σ_H} ≤ 1, on the range of H. */
  readonly sufficient: number;
  /** The exact threshold. */
  readonly exact: number;
  /** Up to it the necessary trace condition holds. */
  readonly trace: number;
  /** 2/λ_max(H), necessary as well. */
  readonly gradientDescent: number;
}

const NAME = "second-moment-threshold";

/** With a batch size of one both samplings are the same. */
const BATCHES: readonly BatchRule[] = [
  { batchSize: 1, sampling: "with replacement" },
  { batchSize: 4, sampling: "with replacement" },
  { batchSize: 4, sampling: "without replacement" },
];

/**
 * Claim W26/R3: sufficient ≤ exact ≤ min(trace, gradientDescent), and by how much they differ on random data.
 *
 * The eigenvalues come from the engine. The exact threshold carries at most the relative error 1e-10 at which its
 * iteration stops. The crossing of the sufficient factor, which along the flattest direction passes 1 with a slope of
 * about 2λ_min, carries about d·eps/(ηλ_min), below that for λ_min down to 1e-4 of λ_max and moderate d. (OpenBLAS and
 * plain TypeScript were seen to agree to 3e-15 on the whole grid.)
 */
export const secondMomentThreshold: Experiment<SecondMomentThresholdConfiguration, SecondMomentThresholdResult> = {
  name: NAME,
  description: "sufficient, exact and necessary learning rates of SGD on random regressions (W26/R3)",
  version: 1,
  tolerance: 2e-10,
  grid: [4, 8, 16].flatMap((sampleCount) =>
    [2, 6, 12].flatMap((dimension) =>
      BATCHES.filter(({ batchSize, sampling }) => sampling === "with replacement" || batchSize < sampleCount).map(
        (batches) => ({ configuration: { sampleCount, dimension, ...batches }, seeds: [0, 1, 2, 3, 4] }),
      ),
    ),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, ["sampleCount", "dimension", "batchSize", "sampling"]);
    const { sampleCount, dimension, batchSize, sampling } = configuration;
    // Up to this size the r(r+1)/2 dimensional eigenproblem takes seconds.
    requireInteger(functionName, "sampleCount", sampleCount, 1, 1000);
    requireInteger(functionName, "dimension", dimension, 1, 1000);
    const known = sampling === "with replacement" || sampling === "without replacement";
    requireThat(known, functionName, 'sampling must be "with replacement" or "without replacement"', sampling);
    const largest = sampling === "with replacement" ? 1e6 : sampleCount;
    requireInteger(functionName, "batchSize", batchSize, 1, largest);
    return { sampleCount, dimension, batchSize, sampling };
  },

  run({ sampleCount, dimension, batchSize, sampling }, seed) {
    const stream = randomStream(seed, NAME);
    const inputs = Array.from({ length: sampleCount }, () =>
      Float64Array.from({ length: dimension }, () => stream.normal()),
    );
    const hessians = inOwnRange(inputs);
    const batches = { batchSize, sampling };
    const exact = meanSquareThresholdFromHessians({ hessians, ...batches });
    if (!exact.converged) throw new Error(`${NAME}: ${exact.message}`);
    const { mean } = hessianRange(NAME, hessians);
    return {
      sufficient: crossing((learningRate) => sufficientFactor({ hessians, learningRate, ...batches })),
      exact: exact.value,
      trace: crossing((learningRate) => traceFactor({ hessians, learningRate, ...batches })),
      gradientDescent: gradientDescentThreshold(topEigenvalue(mean)),
    };
  },
};

/** The x_i x_iᵀ (r×r) in a basis of the r dimensions that the inputs span: where they vanish every factor is 1. */
function inOwnRange(inputs: readonly Float64Array[]): Matrix[] {
  const { vectors } = hessianRange(
    NAME,
    inputs.map((input) => outer(input, input)),
  );
  const basis = transpose(vectors);
  return inputs.map((input) => {
    const coordinates = multiplyVector(basis, input);
    return outer(coordinates, coordinates);
  });
}

/**
 * The η > 0 at which a factor passes 1. As a maximum of squares in η it is convex, and at 0 it is 1 and falls, so it is
 * below 1 up to this η and above from there on. By bisection down to neighbouring numbers.
 */
function crossing(factor: (learningRate: number) => number): number {
  let [below, above] = [0, 1];
  while (factor(above) <= 1) [below, above] = [above, 2 * above];
  for (;;) {
    const middle = (below + above) / 2;
    if (middle === below || middle === above) return below;
    if (factor(middle) <= 1) below = middle;
    else above = middle;
  }
}
