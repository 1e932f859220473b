import { InvalidArgumentError, matrix, randomStream } from "flat-minima/core";
import { experiments } from "flat-minima/experiments";
import { trainUnivariateRelu } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const experiment = experiments["univariate-relu-descent"];
const atRate = (learningRate: number, steps: number) => ({ ...experiment.grid[0].configuration, learningRate, steps });

describe("univariate-relu-descent", () => {
  it("trains from normal numbers of the given scale", async () => {
    const configuration = { ...atRate(0.3, 200), width: 7, initializationScale: 0.5 };
    const normals = randomStream(4, "univariate-relu-descent", "initialisation").normals(21);
    const run = await trainUnivariateRelu({
      inputs: matrix(configuration.inputs.map((x) => [x])),
      targets: Float64Array.from(configuration.targets),
      start: Float64Array.of(...normals.map((value) => value / 2), 0),
      learningRate: 0.3,
      steps: 200,
    });
    const result = await experiment.run(configuration, 4);
    expect(result.parameters).toEqual(Array.from(run.parameters));
    expect({ loss: result.loss, step: result.step }).toEqual({ loss: run.loss, step: 200 });
  });

  it("says how a run ended", async () => {
    expect((await experiment.run(atRate(0.4, 5000), 0)).ended).toBe("interpolated");
    expect((await experiment.run(atRate(0.4, 5), 0)).ended).toBe("not interpolated");
    // λ_max ≥ 1, so that no run with η > 2 can converge.
    const { ended, step, loss, parameters } = await experiment.run(atRate(2.5, 5000), 0);
    expect({ ended, loss, parameters }).toEqual({ ended: "diverged", loss: null, parameters: null });
    expect(step).toBeGreaterThan(1);
    expect(step).toBeLessThan(5000);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ inputs: [] }, "here: inputs must be a list of finite numbers, got []"],
    [{ targets: [1, NaN] }, "here: targets must be a list of finite numbers"],
    [{ targets: [1] }, "here: targets must have length 6, got 1"],
    [{ width: 0 }, "here: width must be an integer from 1 to 10000, got 0"],
    [{ initializationScale: 0 }, "here: initializationScale must be positive and finite, got 0"],
    [{ learningRate: -1 }, "here: learningRate must be positive and finite, got -1"],
    [{ steps: 0.5 }, "here: steps must be an integer from 0 to 100000000, got 0.5"],
    [{ seed: 1 }, "here: the fields must be"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...atRate(0.1, 10), ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
