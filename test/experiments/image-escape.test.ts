import { InvalidArgumentError, mean, randomStream } from "flat-minima/core";
import { experiments, type ImageEscapeConfiguration } from "flat-minima/experiments";
import { initialParameters } from "flat-minima/models";
import { tensorHalfSquareLoss, tensorRisk, vgg } from "flat-minima/tensor";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { realData, realDataIsThere } from "../real-data";
import { naiveTwoClasses } from "./naive-classifier";

const experiment = experiments["image-escape"];
const small: ImageEscapeConfiguration = {
  family: "vgg",
  width: 2,
  depth: 1,
  sampleCount: 10,
  learningRate: 0.02,
  warmUpSteps: 2,
  descentSteps: 5,
  batchSize: 2,
  trajectories: 3,
  steps: 4,
  backend: "wasm",
};

/** A step of 0.6 is survived; steps of 6 multiply at least the bias by 1 − 6 each, beyond single precision. */
const WILD = { learningRate: 6, warmUpSteps: 1, descentSteps: 1, steps: 20 };

describe.skipIf(!realDataIsThere)("image-escape, on CIFAR-10", () => {
  beforeAll(() => vi.stubEnv("FLAT_MINIMA_DATA", realData));
  afterAll(() => vi.unstubAllEnvs());

  it("is GD, and SGD from where it ended, in loops", async () => {
    const { sampleCount: n, batchSize, learningRate, steps } = small;
    const result = await experiment.run(small, 1); // starts the backend, too
    expect(result).toMatchObject({ ended: "completed", parameterCount: 461 });
    const { inputs, targets } = naiveTwoClasses("cifar-10", [0, 1], n);
    const network = vgg({ imageShape: [16, 16, 3], widths: [2, 4, 8], depth: 1, outputCount: 1 });
    const wanted = { rows: n, cols: 1, data: targets };
    const risk = tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets: wanted });
    const all = Array.from({ length: n }, (_, i) => i);
    const move = async (theta: Float64Array, rate: number, batch = all) => {
      const { gradient } = await risk.evaluate(theta, batch);
      return theta.map((value, k) => value - rate * gradient[k]);
    };
    const lossAt = async (theta: Float64Array) => (await risk.evaluate(theta)).loss;
    // Ten steps in single precision from equal starts: 1e-5 each at the most.
    const close = (value: number | null, expected: number) =>
      expect(Math.abs(value! - expected)).toBeLessThanOrEqual(1e-4 * expected);

    let theta = initialParameters(network, randomStream(1, "image-escape", "initialisation"), { scheme: "He" });
    close(result.untrainedLoss, await lossAt(theta));
    for (let t = 0; t < small.descentSteps; t++) theta = await move(theta, (t < 2 ? 0.1 : 1) * learningRate);
    const { minimum, withoutNoise, expected, mean: means, quantiles, diverged } = result.escape!;
    expect(minimum.step).toBe(small.descentSteps);
    close(minimum.loss, await lossAt(theta));
    expect(diverged).toBe(0);

    const losses: number[][] = [];
    for (let r = 0; r < small.trajectories; r++) {
      const stream = randomStream(1, "image-escape", "trajectories").split(r);
      let own: Float64Array = theta;
      losses.push([await lossAt(own)]);
      for (let t = 0; t < steps; t++) {
        own = await move(
          own,
          learningRate,
          Array.from({ length: batchSize }, () => stream.integer(n)),
        );
        losses[r].push(await lossAt(own));
      }
    }
    let onwards = theta;
    for (let t = 0; t < steps; t++) onwards = await move(onwards, learningRate);
    close(withoutNoise, await lossAt(onwards));
    expect(means).toHaveLength(steps + 1);
    means.forEach((value, t) => close(value, mean(losses.map((one) => one[t]))));
    quantiles[1].forEach((value, t) => close(value, losses.map((one) => one[t]).sort((a, b) => a - b)[1]));
    close(expected[0], minimum.loss);
  });

  it("names GD and trajectories that diverge", async () => {
    const lost = await experiment.run({ ...small, learningRate: 1e20 }, 1);
    expect(lost).toMatchObject({ ended: "diverged", escape: null });
    const wild = await experiment.run({ ...small, ...WILD }, 1);
    expect(wild.escape).toMatchObject({ diverged: 3, withoutNoise: null });
    expect(wild.escape!.mean.at(-1)).toBeNull();
    // Two sums in single precision of the same ten squares.
    expect(wild.escape!.mean[0]! / wild.escape!.minimum.loss).toBeCloseTo(1, 4);
  });
});

describe("image-escape", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ family: "perceptron" }, 'here: family must be "vgg" or "residual", got perceptron'],
    [{ sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 6000, got 1"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ descentSteps: 0 }, "here: descentSteps must be an integer from 1 to 1000000000, got 0"],
    [{ warmUpSteps: 6 }, "here: warmUpSteps must be an integer from 0 to 5, got 6"],
    [{ batchSize: 0 }, "here: batchSize must be an integer from 1 to 10000, got 0"],
    [{ trajectories: 0 }, "here: trajectories must be an integer from 1 to 1000000, got 0"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 1000000, got 0"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
