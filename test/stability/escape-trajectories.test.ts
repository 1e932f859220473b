import { InvalidArgumentError, matrix, mean, randomStream, type RandomStream } from "flat-minima/core";
import { leastSquares } from "flat-minima/models";
import {
  enumerateBatches,
  linearizedStochasticGradientDescent,
  stochasticGradientDescent,
  type UpdateMap,
} from "flat-minima/optimizers";
import { escapeTrajectories, expectedLossTrajectory } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

const inputs = matrix([
  [1, 2, 0, 1],
  [0, 1, 1, -1],
  [2, 0, 1, 1],
]);
const model = leastSquares(inputs, Float64Array.of(0.1, -0.2, 0.3));
const rule = { batchSize: 1, sampling: "with replacement", learningRate: 0.7 } as const;
const gram = model.gramMatrix();
const residual = model.residuals(new Float64Array(4));
const halfMeanSquare = (e: Float64Array) => e.reduce((sum, value) => sum + value * value, 0) / 6;
const linearised = (stream: RandomStream): UpdateMap => linearizedStochasticGradientDescent({ ...rule, gram, stream });
const common = { trajectories: 4, steps: 5, stream: randomStream(3, "escape") };

describe("escapeTrajectories", () => {
  it("is SGD in loops, each trajectory with its own stream", async () => {
    const { losses, diverged } = await escapeTrajectories({
      ...common,
      updateOf: linearised,
      loss: halfMeanSquare,
      start: residual,
    });
    expect(diverged).toEqual([]);
    losses.forEach((found, r) => {
      const stream = randomStream(3, "escape", r);
      const e = Array.from(residual);
      for (let t = 0; ; t++) {
        const expected = e.reduce((sum, value) => sum + value ** 2, 0) / 6;
        // A step adds a product to each e_i: some 8 roundings of sizes that grow with L^½.
        expect(Math.abs(found[t] - expected)).toBeLessThanOrEqual(16 * (t + 1) * Number.EPSILON * Math.max(...found));
        if (t === common.steps) break;
        const i = stream.integer(3);
        const own = e[i];
        for (let j = 0; j < 3; j++) e[j] -= 0.7 * gram.data[j * 3 + i] * own;
      }
    });
    expect(new Set(losses.map((one) => one[1])).size).toBeGreaterThan(1);
  });

  it("sees the same in the parameters as in the residuals, on a model that is linear", async () => {
    const inResiduals = await escapeTrajectories({
      ...common,
      updateOf: linearised,
      loss: halfMeanSquare,
      start: residual,
    });
    const inParameters = await escapeTrajectories({
      ...common,
      updateOf: (stream) => stochasticGradientDescent({ ...model, ...rule, stream }),
      loss: model.loss,
      start: new Float64Array(4),
    });
    inParameters.losses.forEach((found, r) =>
      found.forEach((value, t) => {
        const scale = Math.max(...inResiduals.losses[r]);
        expect(Math.abs(value - inResiduals.losses[r][t])).toBeLessThanOrEqual(32 * (t + 1) * Number.EPSILON * scale);
      }),
    );
  });

  it("has the mean of all batches, within four standard errors", async () => {
    const trajectories = 4000;
    const { losses } = await escapeTrajectories({
      ...common,
      updateOf: linearised,
      loss: halfMeanSquare,
      start: residual,
      trajectories,
      steps: 2,
    });
    const batches = enumerateBatches({ sampleCount: 3, batchSize: 2, sampling: "with replacement" });
    const exact = batches.map((pair) => {
      const e = Array.from(residual);
      for (const i of pair) {
        const own = e[i];
        for (let j = 0; j < 3; j++) e[j] -= 0.7 * gram.data[j * 3 + i] * own;
      }
      return e.reduce((sum, value) => sum + value ** 2, 0) / 6;
    });
    const expected = mean(exact);
    const standardError = Math.sqrt(mean(exact.map((value) => (value - expected) ** 2)) / trajectories);
    expect(Math.abs(mean(losses.map((one) => one[2])) - expected)).toBeLessThan(4 * standardError);
    const recursion = await expectedLossTrajectory({ ...rule, gram, residual, steps: 2 });
    expect(Math.abs(recursion[2] - expected)).toBeLessThan(100 * Number.EPSILON * Math.max(...exact));
  });

  it("names the trajectories that diverge with their step, and goes on with the others", async () => {
    const { losses, diverged } = await escapeTrajectories({
      updateOf: (stream) => {
        const explodes = stream.rademacher() > 0;
        let t = 0;
        return (x) => x.map((value) => (++t === 3 && explodes ? NaN : 2 * value));
      },
      loss: ([x]) => x,
      start: Float64Array.of(1),
      trajectories: 20,
      steps: 4,
      stream: randomStream(0, "some explode"),
    });
    expect(diverged.length).toBeGreaterThan(0);
    expect(diverged.length).toBeLessThan(20);
    losses.forEach((one, trajectory) => {
      const named = diverged.find((it) => it.trajectory === trajectory);
      if (named) expect(named.step).toBe(3);
      expect(Array.from(one)).toEqual(named ? [1, 2, 4, Infinity, Infinity] : [1, 2, 4, 8, 16]);
    });
  });

  it("takes a loss that overflows for a divergence", async () => {
    const { losses, diverged } = await escapeTrajectories({
      updateOf: () => (x) => x.map((value) => value * 1e100),
      loss: ([x]) => x ** 2,
      start: Float64Array.of(1),
      trajectories: 1,
      steps: 3,
      stream: randomStream(0),
    });
    expect(diverged).toEqual([{ trajectory: 0, step: 2 }]);
    expect(Array.from(losses[0].slice(1))).toEqual([1e200, Infinity, Infinity]);
  });

  it.each([
    [{ trajectories: 0 }, "escapeTrajectories: trajectories must be"],
    [{ steps: 0 }, "escapeTrajectories: steps must be"],
    [{ start: Float64Array.of(NaN) }, "escapeTrajectories: start must"],
    [{ loss: () => NaN }, "escapeTrajectories: the loss at the start must be finite, got NaN"],
  ])("refuses %j", async (change, message) => {
    const refused = escapeTrajectories({
      ...common,
      updateOf: linearised,
      loss: halfMeanSquare,
      start: residual,
      ...change,
    });
    await expect(refused).rejects.toThrow(InvalidArgumentError);
    await expect(refused).rejects.toThrow(message);
  });
});
