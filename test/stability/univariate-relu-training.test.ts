import { matrix, randomStream } from "flat-minima/core";
import { empiricalRisk, halfSquareLoss, univariateRelu } from "flat-minima/models";
import { gradientDescent } from "flat-minima/optimizers";
import { trainUnivariateRelu } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const inputs = matrix([[-1], [-0.25], [0.5], [1]]);
const targets = Float64Array.of(1, -1, 0.5, 2);
const start = randomStream(1, "start").normals(16);
const training = { inputs, targets, start, learningRate: 0.05 };

describe("trainUnivariateRelu", () => {
  it("does what gradient descent on the empirical risk does", async () => {
    const risk = empiricalRisk({ network: univariateRelu({ width: 5 }), loss: halfSquareLoss, inputs, targets });
    const step = gradientDescent({ gradient: risk.gradient, learningRate: 0.05 });
    let theta: Float64Array = start;
    const steps = 30;
    for (let t = 0; t < steps; t++) theta = step(theta);
    const run = await trainUnivariateRelu({ ...training, steps });
    // Each step rounds at some 30 eps of numbers of order 10, and errors grow by at most 1 + ηλ < 2 a step, in total by
    // far less than 2^30 since λ < 2/η after the first steps: 1e-10 leaves six digits.
    run.parameters.forEach((value, k) => expect(Math.abs(value - theta[k])).toBeLessThan(1e-10));
    expect(Math.abs(run.loss - risk.loss(run.parameters))).toBeLessThan(1e-13);
    expect({ step: run.step, atRest: run.atRest }).toEqual({ step: steps, atRest: false });
  });

  it("continues bit by bit, and changes no argument", async () => {
    const copy = start.slice();
    const whole = await trainUnivariateRelu({ ...training, steps: 50 });
    const half = await trainUnivariateRelu({ ...training, steps: 20 });
    const rest = await trainUnivariateRelu({ ...training, start: half.parameters, steps: 30 });
    expect(rest.parameters).toEqual(whole.parameters);
    expect(start).toEqual(copy);
  });

  it("stops where a step changes nothing", async () => {
    // f = 2 max(x, 0) + 1 fits its samples exactly.
    const fitted = { inputs: matrix([[1], [2]]), targets: Float64Array.of(3, 5), start: Float64Array.of(1, 0, 2, 1) };
    const run = await trainUnivariateRelu({ ...fitted, learningRate: 0.1, steps: 100 });
    expect(run).toEqual({ parameters: fitted.start, loss: 0, step: 1, atRest: true });
  });

  it("names the step at which it diverges, and refuses what does not fit", async () => {
    // λ_max ≥ 1 always, so that η > 2 cannot converge; the step is one of plain arithmetic, the same everywhere.
    await expect(trainUnivariateRelu({ ...training, learningRate: 3, steps: 2000 })).rejects.toThrow(
      /^trainUnivariateRelu: diverged at step \d+, the loss is (Infinity|NaN)$/,
    );
    const refused = (change: object): Promise<unknown> => trainUnivariateRelu({ ...training, steps: 1, ...change });
    await expect(refused({ learningRate: 0 })).rejects.toThrow("trainUnivariateRelu: ");
    await expect(refused({ start: new Float64Array(3) })).rejects.toThrow(
      "trainUnivariateRelu: the start must have 3m + 1 entries, m ≥ 1, got 3",
    );
    await expect(refused({ inputs: matrix([[1, 2]]) })).rejects.toThrow(
      "trainUnivariateRelu: the inputs must be n×1, got a 1×2 matrix",
    );
    await expect(refused({ targets: new Float64Array(3) })).rejects.toThrow(
      "trainUnivariateRelu: targets must have length 4, got 3",
    );
    await expect(refused({ steps: 0.5 })).rejects.toThrow("trainUnivariateRelu: steps must be");
  });
});
