import { dot, gram, InvalidArgumentError, matrix, outer, randomStream } from "flat-minima/core";
import { experiments, type SecondMomentThresholdConfiguration } from "flat-minima/experiments";
import {
  meanSquareThreshold,
  meanSquareThresholdFromGram,
  secondMomentOperator,
  spectralRadius,
  sufficientFactor,
  traceFactor,
} from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const experiment = experiments["second-moment-threshold"];
const run = async (configuration: SecondMomentThresholdConfiguration, seed: number) =>
  await experiment.run(configuration, seed);

/** The inputs of a job, in the order in which they are drawn. */
function inputsOf({ sampleCount, dimension }: SecondMomentThresholdConfiguration, seed: number): number[][] {
  const stream = randomStream(seed, "second-moment-threshold");
  return Array.from({ length: sampleCount }, () => Array.from({ length: dimension }, () => stream.normal()));
}

// The relative error that the experiment states.
const { tolerance } = experiment;
const within = (value: number, expected: number) => Math.abs(value - expected) <= tolerance * expected;

describe("second-moment-threshold", () => {
  it.each([
    { sampleCount: 6, dimension: 1, batchSize: 2, sampling: "without replacement" },
    { sampleCount: 6, dimension: 1, batchSize: 2, sampling: "with replacement" },
  ] as const)("in one dimension every condition of mean square is the exact one: $sampling", async (configuration) => {
    const curvatures = inputsOf(configuration, 1).map(([x]) => x * x);
    const exact = meanSquareThreshold({ curvatures, ...configuration });
    const result = await run(configuration, 1);
    for (const value of [result.sufficient, result.exact, result.trace]) expect(within(value, exact)).toBe(true);
    const mean = curvatures.reduce((sum, a) => sum + a, 0) / 6;
    expect(within(result.gradientDescent, 2 / mean)).toBe(true);
  });

  it("one sample in many dimensions is one dimension, too: all are 2/‖x‖²", async () => {
    const configuration = { sampleCount: 1, dimension: 5, batchSize: 1, sampling: "with replacement" } as const;
    const [x] = inputsOf(configuration, 2);
    const result = await run(configuration, 2);
    for (const value of Object.values(result)) expect(within(value, 2 / dot(x, x))).toBe(true);
  });

  it.each([
    { sampleCount: 8, dimension: 3, batchSize: 1, sampling: "with replacement" },
    { sampleCount: 8, dimension: 3, batchSize: 3, sampling: "without replacement" },
    { sampleCount: 4, dimension: 9, batchSize: 2, sampling: "with replacement" },
  ] as const)("%j: sufficient ≤ exact ≤ necessary, and the exact one from the Gram matrix", async (configuration) => {
    for (const seed of [0, 1, 2]) {
      const { sufficient, exact, trace, gradientDescent } = await run(configuration, seed);
      expect(sufficient).toBeLessThan(exact);
      expect(exact).toBeLessThan(Math.min(trace, gradientDescent));
      const fromGram = await meanSquareThresholdFromGram({
        gram: gram(matrix(inputsOf(configuration, seed))),
        ...configuration,
      });
      expect(within(exact, fromGram.value)).toBe(true);
    }
  });

  it("each threshold is where its condition turns", async () => {
    const configuration = { sampleCount: 8, dimension: 3, batchSize: 2, sampling: "with replacement" } as const;
    const hessians = inputsOf(configuration, 5).map((x) => outer(x, x));
    const { sufficient, exact, trace } = await run(configuration, 5);
    const at = (learningRate: number) => ({ hessians, learningRate, ...configuration });
    for (const [threshold, factor] of [
      [sufficient, (rate: number) => sufficientFactor(at(rate))],
      [exact, (rate: number) => spectralRadius(secondMomentOperator(at(rate))).value],
      [trace, (rate: number) => traceFactor(at(rate))],
    ] as const) {
      expect(factor(threshold * (1 - 1e-6))).toBeLessThan(1);
      expect(factor(threshold * (1 + 1e-6))).toBeGreaterThan(1);
    }
  });

  const configuration = { sampleCount: 4, dimension: 2, batchSize: 1, sampling: "with replacement" };
  it.each<[Record<string, unknown>, string]>([
    [{ sampleCount: 0 }, "here: sampleCount must be an integer from 1 to 1000, got 0"],
    [{ dimension: 2.5 }, "here: dimension must be an integer from 1 to 1000, got 2.5"],
    [{ batchSize: 0 }, "here: batchSize must be an integer from 1 to 1000000, got 0"],
    [{ batchSize: 5, sampling: "without replacement" }, "here: batchSize must be an integer from 1 to 4, got 5"],
    [{ sampling: "both" }, 'here: sampling must be "with replacement" or "without replacement", got both'],
    [
      { noise: 1 },
      "here: the fields must be batchSize, dimension, sampleCount, sampling, got batchSize, dimension, noise",
    ],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...configuration, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
