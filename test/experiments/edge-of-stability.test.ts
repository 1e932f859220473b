import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { gaussianInputs } from "flat-minima/data";
import { type EdgeOfStabilityConfiguration, experiments } from "flat-minima/experiments";
import { initialParameters, multilayerPerceptron } from "flat-minima/models";
import { describe, expect, it } from "vitest";

const experiment = experiments["edge-of-stability"];
const configuration: EdgeOfStabilityConfiguration = {
  sampleCount: 12,
  dimension: 3,
  amplitude: 1.5,
  period: 2,
  linearPart: 0.5,
  hiddenWidths: [5, 4],
  initializationGain: 0.8,
  schedule: [
    { learningRate: 0.1, steps: 20 },
    { learningRate: 0.05, steps: 10 },
  ],
  every: 10,
};

describe("edge-of-stability", () => {
  it("starts at the mean half square loss of its network on its samples", async () => {
    const { losses } = await experiment.run(configuration, 3);
    const inputs = gaussianInputs({
      sampleCount: 12,
      dimension: 3,
      stream: randomStream(3, "edge-of-stability", "inputs"),
    });
    const network = multilayerPerceptron({ widths: [3, 5, 4, 1], activation: "tanh" });
    const theta = initialParameters(network, randomStream(3, "edge-of-stability", "initialisation"), {
      scheme: "LeCun",
      gain: 0.8,
    });
    const { outputs } = network.evaluate(theta, inputs);
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      const [x1, x2, x3] = inputs.data.subarray(3 * i, 3 * i + 3);
      // A triangle wave of period 2 in x₁, as the arc sine of the sine.
      const wave = (2 / Math.PI) * Math.asin(Math.sin(Math.PI * x1));
      sum += (outputs.data[i] - (1.5 * wave * x2 + 0.5 * x3)) ** 2;
    }
    // asin∘sin loses half of the digits at the corners: sqrt(eps) there, and the sum is of order 1.
    expect(Math.abs(losses[0] - sum / 24)).toBeLessThanOrEqual(1e-7);
  });

  it("looks where it is told to, and gives the same again", async () => {
    const result = await experiment.run(configuration, 1);
    expect(result.ended).toBe("completed");
    expect(result.lastStep).toBe(30);
    expect(result.steps).toEqual([0, 10, 20, 30]);
    expect(result.losses[3]).toBeLessThan(result.losses[0]);
    expect(await experiment.run(configuration, 1)).toEqual(result);
  });

  it("names the step of a run that diverges", async () => {
    const schedule = [{ learningRate: 1e4, steps: 5000 }];
    const { ended, lastStep, steps } = await experiment.run({ ...configuration, schedule }, 1);
    expect(ended).toBe("diverged");
    expect(lastStep).toBeGreaterThan(steps[steps.length - 1]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ sampleCount: 0 }, "here: sampleCount must be an integer from 1 to 100000, got 0"],
    [{ dimension: 2 }, "here: dimension must be an integer from 3 to 10000, got 2"],
    [{ amplitude: 0 }, "here: amplitude must be positive and finite, got 0"],
    [{ period: -1 }, "here: period must be positive and finite, got -1"],
    [{ linearPart: NaN }, "here: linearPart must be finite, got NaN"],
    [{ hiddenWidths: 3 }, "here: hiddenWidths must be a list, got 3"],
    [{ hiddenWidths: [0] }, "here: a hidden width must be an integer from 1 to 10000, got 0"],
    [{ initializationGain: 0 }, "here: initializationGain must be positive and finite, got 0"],
    [{ schedule: [] }, "here: schedule must be a list of phases, got []"],
    [{ schedule: [{ learningRate: 0, steps: 1 }] }, "here: learningRate must be positive and finite, got 0"],
    [{ schedule: [{ learningRate: 1, steps: 0 }] }, "here: steps must be an integer from 1 to 1000000000, got 0"],
    [{ schedule: [{ learningRate: 1 }] }, "here: the fields must be learningRate, steps, got learningRate"],
    [{ every: 0.5 }, "here: every must be an integer from 1 to 1000000000, got 0.5"],
    [{ noise: 1 }, "here: the fields must be"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...configuration, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
