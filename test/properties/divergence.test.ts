import * as fc from "fast-check";
import { DivergenceError, randomStream } from "flat-minima/core";
import {
  empiricalRisk,
  type FiniteSum,
  halfSquareLoss,
  leastSquares,
  multilayerPerceptron,
  quadratic,
} from "flat-minima/models";
import {
  adam,
  adaptiveSam,
  gradientDescent,
  gradientFlow,
  noisyGradientDescent,
  runTrajectory,
  sam,
  stochasticAdam,
  stochasticGradientDescent,
  stochasticSam,
  type UpdateMap,
} from "flat-minima/optimizers";
import { describe, expect, it } from "vitest";
import { matrixOf, positive, vector } from "./arguments";
import { check } from "./check";

const PARAMETERS = 4;
const SAMPLES = 3;
const large = positive.map((value) => 1 + value);

interface Training {
  readonly model: FiniteSum;
  readonly start: Float64Array;
}

/** Losses of which every step of the size below goes out of bounds. */
const models: Record<string, fc.Arbitrary<Training>> = {
  "least squares": fc
    .tuple(matrixOf(SAMPLES, PARAMETERS, large), vector(SAMPLES), vector(PARAMETERS, positive))
    .map(([inputs, targets, start]) => ({ model: leastSquares(inputs, targets), start })),
  "a quadratic": vector(PARAMETERS, positive).map((start) => ({
    model: quadratic(
      [1, 2, 3].map((curvature) => ({
        rows: PARAMETERS,
        cols: PARAMETERS,
        data: Float64Array.from({ length: PARAMETERS ** 2 }, (_, k) => (k % (PARAMETERS + 1) === 0 ? curvature : 0.5)),
      })),
    ),
    start,
  })),
  "a perceptron": fc
    .tuple(matrixOf(SAMPLES, 1, large), vector(SAMPLES), vector(PARAMETERS, large))
    .map(([inputs, targets, start]) => ({
      model: empiricalRisk({
        network: multilayerPerceptron({ widths: [1, 2, 1], activation: "linear", bias: false }),
        loss: halfSquareLoss,
        inputs,
        targets,
      }),
      start,
    })),
};

const SEED = 1;
const learningRate = 1e3;
const rule = { batchSize: 2, sampling: "with replacement" as const };
const perturbationRadius = 1e3;

const optimizers: Record<string, (model: FiniteSum) => UpdateMap> = {
  gradientDescent: (model) => gradientDescent({ ...model, learningRate }),
  stochasticGradientDescent: (model) =>
    stochasticGradientDescent({ ...model, ...rule, learningRate, stream: randomStream(SEED) }),
  sam: (model) => sam({ ...model, learningRate, perturbationRadius }),
  "sam, not normalized": (model) => sam({ ...model, learningRate, perturbationRadius, normalized: false }),
  stochasticSam: (model) =>
    stochasticSam({ ...model, ...rule, learningRate, perturbationRadius, stream: randomStream(SEED) }),
  adaptiveSam: (model) => adaptiveSam({ ...model, learningRate, perturbationRadius }),
  adam: (model) => adam({ ...model, learningRate: 1e307 }),
  stochasticAdam: (model) => stochasticAdam({ ...model, ...rule, learningRate: 1e307, stream: randomStream(SEED) }),
  noisyGradientDescent: (model) =>
    noisyGradientDescent({ ...model, learningRate, noise: { standardDeviation: 1 }, stream: randomStream(SEED) }),
};

describe.each(Object.keys(models))("a training run that leaves the finite numbers, of %s", (label) => {
  it.each(Object.keys(optimizers))("is named by a DivergenceError: %s", async (optimizer) => {
    await check(
      fc.asyncProperty(models[label], async ({ model, start }) => {
        const run = runTrajectory(optimizers[optimizer](model), start, { steps: 3000, every: 3000 });
        const error: unknown = await run.then(
          ({ parameters }) => new Error(`it did not diverge: ${parameters.join()}`),
          (thrown: unknown) => thrown,
        );
        if (!(error instanceof DivergenceError)) throw error;
        expect(error.message).toMatch(/^runTrajectory: diverged at step \d+, /);
      }),
      20,
    );
  });
});

describe("gradient flow that leaves the finite numbers", () => {
  it("is named by a DivergenceError, also where the gradient refuses what is not finite", async () => {
    const falling = quadratic([{ rows: 1, cols: 1, data: Float64Array.of(-1) }]);
    await check(
      fc.asyncProperty(positive, async (start) => {
        const flow = gradientFlow({ ...falling, start: Float64Array.of(start), times: [1000], tolerance: 1e-4 });
        await expect(flow).rejects.toThrow(DivergenceError);
      }),
      3,
    );
  });
});
