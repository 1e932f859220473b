import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { type ClassifierAlignment, experiments, type PerceptronAlignmentConfiguration } from "flat-minima/experiments";
import { empiricalRisk, halfSquareLoss, initialParameters, multilayerPerceptron } from "flat-minima/models";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { realData, realDataIsThere } from "../real-data";
import { naiveAlignment, naiveTwoClasses } from "./naive-classifier";

const experiment = experiments["perceptron-alignment"];
const small: PerceptronAlignmentConfiguration = {
  width: 2,
  sampleCount: 20,
  batchSize: 3,
  learningRate: 0.02,
  steps: 6,
  every: 3,
};

describe.skipIf(!realDataIsThere)("perceptron-alignment, on MNIST", () => {
  beforeAll(() => vi.stubEnv("FLAT_MINIMA_DATA", realData));
  afterAll(() => vi.unstubAllEnvs());

  it("sees what SGD in loops and p × p matrices see", async () => {
    const { inputs, targets } = naiveTwoClasses("mnist", [4, 9], small.sampleCount);
    const network = multilayerPerceptron({ widths: [196, 2, 2, 1], activation: "relu" });
    const risk = empiricalRisk({ network, loss: halfSquareLoss, inputs, targets });
    const stream = randomStream(1, "perceptron-alignment", "initialisation");
    const theta = initialParameters(network, stream, { scheme: "He" });
    const batches = randomStream(1, "perceptron-alignment", "batches");
    const result = await experiment.run(small, 1);
    expect(result).toMatchObject({ ended: "completed", parameterCount: 403 });
    expect(result.observations.map(({ step }) => step)).toEqual([0, 3, 6]);
    for (let step = 0; step <= small.steps; step++) {
      if (step % small.every === 0) {
        const residuals = Array.from(targets, (_, i) => {
          const at = network.evaluate(theta, { rows: 1, cols: 196, data: inputs.data.slice(i * 196, (i + 1) * 196) });
          return at.outputs.data[0] - targets[i];
        });
        const gradients = residuals.map((e, i) => risk.batchGradient(theta, [i]).map((value) => value / e));
        const observation = result.observations[step / small.every];
        for (const [name, value] of Object.entries(naiveAlignment(gradients, residuals, targets))) {
          const measured = observation[name as keyof ClassifierAlignment];
          // Sums of at most p² = 1.6e5 terms of both signs, eps each: 4e-11; of μ₂, a difference here, ten times that.
          // The power method's gap is large.
          expect(Math.abs(measured - value), `${name} at ${step}`).toBeLessThanOrEqual(4e-10 * Math.abs(value));
        }
      }
      const batch = Array.from({ length: small.batchSize }, () => batches.integer(small.sampleCount));
      const gradient = risk.batchGradient(theta, batch);
      for (let k = 0; k < theta.length; k++) theta[k] -= small.learningRate * gradient[k];
    }
  });

  it("gives the same again, another run for another seed, and names one that diverges", async () => {
    const result = await experiment.run(small, 1);
    expect(await experiment.run(small, 1)).toEqual(result);
    expect(await experiment.run(small, 2)).not.toEqual(result);
    const wild = await experiment.run({ ...small, learningRate: 1e100 }, 1);
    expect(wild.ended).toBe("diverged");
    expect(wild.observations).toHaveLength(1);
  });
});

describe("perceptron-alignment", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ width: 0 }, "here: width must be an integer from 1 to 10000, got 0"],
    [{ sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 7000, got 1"],
    [{ batchSize: 0 }, "here: batchSize must be an integer from 1 to 10000, got 0"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 1000000000, got 0"],
    [{ every: 7 }, "here: every must be an integer from 1 to 6, got 7"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
