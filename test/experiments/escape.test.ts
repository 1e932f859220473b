import { InvalidArgumentError, matrix, mean, randomStream } from "flat-minima/core";
import { type EscapeConfiguration, experiments } from "flat-minima/experiments";
import { empiricalRisk, halfSquareLoss, initialParameters, multilayerPerceptron } from "flat-minima/models";
import { describe, expect, it } from "vitest";

const experiment = experiments.escape;
const small: EscapeConfiguration = {
  width: 8,
  learningRate: 0.1,
  batchSize: 2,
  trajectories: 5,
  steps: 4,
  maximumSteps: 60_000,
};

/** The network and its data, built again from the description; training in loops over `batchGradient`. */
function naive({ width, learningRate, batchSize, trajectories, steps }: typeof small, seed: number) {
  const dataStream = randomStream(seed, "escape", "training set");
  const X = Array.from({ length: 50 }, () => Array.from(dataStream.normals(10)));
  const y = X.map((x) => 3 * Math.tanh(x[0]) - x[1] * x[2]);
  const network = multilayerPerceptron({ widths: [10, width, width, 1], activation: "tanh" });
  const risk = empiricalRisk({
    network,
    loss: halfSquareLoss,
    inputs: matrix(X),
    targets: Float64Array.from(y),
  });
  const move = (theta: Float64Array, batch: readonly number[]): void => {
    const gradient = risk.batchGradient(theta, batch);
    for (let k = 0; k < theta.length; k++) theta[k] -= learningRate * gradient[k];
  };
  const theta = initialParameters(network, randomStream(seed, "escape", "initialisation"), { scheme: "LeCun" });
  let step = 0;
  for (; step % 20 !== 0 || risk.loss(theta) >= 1e-6; step++) {
    move(
      theta,
      y.map((_, i) => i),
    );
  }
  const losses = Array.from({ length: trajectories }, (_, r) => {
    const stream = randomStream(seed, "escape", "trajectories", batchSize, r);
    const own = theta.slice();
    return Array.from({ length: steps + 1 }, (_, t) => {
      if (t > 0)
        move(
          own,
          Array.from({ length: batchSize }, () => stream.integer(50)),
        );
      return risk.loss(own);
    });
  });
  // G = (1/n) Σ g_i g_iᵀ from gradients by differences of the output alone.
  const at = risk.at(theta);
  const gradients = y.map((_, i) =>
    at.vectorJacobianProduct({ rows: 50, cols: 1, data: Float64Array.from(y, (_, j) => Number(i === j)) }),
  );
  const traceOfG = mean(gradients.map((g) => g.reduce((sum, value) => sum + value * value, 0)));
  return { step, losses, traceOfG };
}

describe("escape", () => {
  it("is GD to a minimum, and SGD from there, in loops", async () => {
    const { step, losses, traceOfG } = naive(small, 0);
    const result = await experiment.run(small, 0);
    expect(result).toMatchObject({ ended: "converged", step });
    const escape = result.escape!;
    expect(escape.diverged).toEqual([]);
    // The same steps; a loss of 1e-6 is a sum of squares of differences of outputs of size 1: relative eps·1e3 each, and
    // some thousand steps of a contraction before, with the same bits but for the losses' own sums.
    const close = (value: number, expected: number) => Math.abs(value - expected) <= 1e-9 * expected;
    escape.mean.forEach((value, t) => expect(close(value!, mean(losses.map((one) => one[t])))).toBe(true));
    const middle = (t: number) => losses.map((one) => one[t]).sort((a, b) => a - b)[2];
    escape.quantiles[1].forEach((value, t) => expect(close(value!, middle(t))).toBe(true));
    expect(close(escape.trace, traceOfG)).toBe(true);
    expect(escape.expected).toHaveLength(small.steps + 1);
    expect(close(escape.expected[0], losses[0][0])).toBe(true);
    expect(escape.frobeniusNorm).toBeGreaterThanOrEqual(escape.sharpness);
    expect(escape.frobeniusNorm).toBeLessThanOrEqual(escape.trace);
  });

  it("names GD that does not get there and GD that diverges", async () => {
    const short = await experiment.run({ ...small, maximumSteps: 40 }, 0);
    expect(short).toEqual({ ended: "not converged", step: 40, escape: null });
    const wild = await experiment.run({ ...small, learningRate: 1e200 }, 0);
    expect(wild).toMatchObject({ ended: "diverged", escape: null });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ width: 0 }, "here: width must be an integer from 1 to 10000, got 0"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ batchSize: 0 }, "here: batchSize must be an integer from 1 to 10000, got 0"],
    [{ trajectories: 0 }, "here: trajectories must be an integer from 1 to 1000000, got 0"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 10000, got 0"],
    [{ maximumSteps: 0 }, "here: maximumSteps must be an integer from 1 to 1000000000, got 0"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
