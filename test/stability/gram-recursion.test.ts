import { describe, expect, it } from "vitest";
import { DivergenceError, identity, matrix, randomStream } from "flat-minima/core";
import { leastSquares } from "flat-minima/models";
import { enumerateBatches } from "flat-minima/optimizers";
import { expectedLossTrajectory, gradientDescentLossTrajectory } from "flat-minima/stability";
import { mean, randomMatrix, SAMPLINGS } from "./oracles";

const EPS = Number.EPSILON;

function regression(seed: number, n: number, p: number) {
  const stream = randomStream(seed, "regression", n, p);
  const inputs = randomMatrix(stream, n, p);
  const targets = Float64Array.from({ length: n }, () => stream.normal());
  const start: Float64Array = Float64Array.from({ length: p }, () => stream.normal());
  return { model: leastSquares(inputs, targets), start, learningRate: 0.5 * stream.uniform() };
}

describe("expectedLossTrajectory", () => {
  it("is the mean over all paths of SGD, interpolating or not", async () => {
    // The Gram matrix is singular for n > p, where the loss does not go to zero.
    for (const [n, p] of [
      [4, 6],
      [4, 2],
      [3, 3],
    ]) {
      for (let seed = 0; seed < 2; seed++) {
        const { model, start, learningRate } = regression(seed, n, p);
        for (const sampling of SAMPLINGS) {
          for (const batchSize of [1, 2, n]) {
            const batches = enumerateBatches({ sampleCount: n, batchSize, sampling });
            const steps = batches.length > 20 ? 1 : batches.length > 6 ? 2 : 4;
            const actual = await expectedLossTrajectory({
              gram: model.gramMatrix(),
              residual: model.residuals(start),
              learningRate,
              steps,
              batchSize,
              sampling,
            });
            expect(actual.length).toBe(steps + 1);
            let ends = [start];
            for (let t = 0; t <= steps; t++) {
              const losses = ends.map(model.loss);
              // A mean of N losses, none above the largest, each after t steps that round at n·p eps at most.
              const tolerance = (ends.length + 10 * (t + 1) * n * p) * EPS * Math.max(...losses);
              expect(Math.abs(actual[t] - mean(losses, (loss) => loss))).toBeLessThanOrEqual(tolerance);
              if (t === steps) break;
              ends = ends.flatMap((theta) =>
                batches.map((batch) => {
                  const gradient = model.batchGradient(theta, batch);
                  return theta.map((value, k) => value - learningRate * gradient[k]);
                }),
              );
            }
          }
        }
      }
    }
  });

  it("differs between the two samplings, and from gradient descent", async () => {
    const { model, start, learningRate } = regression(1, 4, 6);
    const run = { gram: model.gramMatrix(), residual: model.residuals(start), learningRate, steps: 3 };
    const [withReplacement, without] = await Promise.all(
      SAMPLINGS.map((sampling) => expectedLossTrajectory({ ...run, batchSize: 2, sampling })),
    );
    const descent = gradientDescentLossTrajectory(run);
    expect(withReplacement[3]).toBeGreaterThan(1.01 * without[3]);
    expect(without[3]).toBeGreaterThan(1.01 * descent[3]);
  });

  it("names the step at which it overflows", async () => {
    const run = { gram: identity(2), residual: Float64Array.of(1, 1), learningRate: 1e100, steps: 9 };
    const failure: unknown = await expectedLossTrajectory({ ...run, batchSize: 1, sampling: "with replacement" }).catch(
      (reason: unknown) => reason,
    );
    expect(failure).toBeInstanceOf(DivergenceError);
    expect((failure as Error).message).toContain("expectedLossTrajectory: diverged at step 2");
    // E L₁ = ½(1 + (1 - η)²)/2 ≈ η²/4 = 2.5e199, and E L₂ is of the order η⁴.
    expect((failure as DivergenceError).step).toBe(2);
    expect(() => gradientDescentLossTrajectory(run)).toThrow("gradientDescentLossTrajectory: diverged at step 2");
  });

  it("refuses what does not fit", async () => {
    const run = { gram: identity(2), residual: Float64Array.of(1, 1), learningRate: 1, steps: 2 };
    const rule = { batchSize: 1, sampling: "with replacement" } as const;
    const expected = (change: object): Promise<unknown> => expectedLossTrajectory({ ...run, ...rule, ...change });
    await expect(expected({ residual: Float64Array.of(1) })).rejects.toThrow(
      "expectedLossTrajectory: residual must have length 2, got 1",
    );
    await expect(expected({ residual: Float64Array.of(1, NaN) })).rejects.toThrow("residual must be finite");
    await expect(expected({ steps: -1 })).rejects.toThrow("steps must be a non-negative integer, got -1");
    await expect(expected({ learningRate: NaN })).rejects.toThrow("learningRate must be positive and finite, got NaN");
    await expect(expected({ gram: matrix([[1, 2], [2, 1]]) })).rejects.toThrow("must be positive semi-definite"); // prettier-ignore
    await expect(expected({ batchSize: 0 })).rejects.toThrow("batchSize must be a positive integer, got 0");
  });
});

describe("gradientDescentLossTrajectory", () => {
  it("is gradient descent", () => {
    for (const [n, p] of [
      [4, 6],
      [5, 2],
    ]) {
      const { model, start, learningRate } = regression(3, n, p);
      const steps = 30;
      const gram = model.gramMatrix();
      const actual = gradientDescentLossTrajectory({ gram, residual: model.residuals(start), learningRate, steps });
      let theta = start;
      let largest = 0;
      for (let t = 0; t <= steps; t++) {
        largest = Math.max(largest, model.loss(theta));
        // Rounding made at any earlier step may have been carried along, at the size the loss had then.
        const tolerance = 10 * (t + 1) * n * p * EPS * largest;
        expect(Math.abs(actual[t] - model.loss(theta))).toBeLessThanOrEqual(tolerance);
        const gradient = model.gradient(theta);
        theta = theta.map((value, k) => value - learningRate * gradient[k]);
      }
      expect(actual[steps]).not.toBe(actual[0]);
    }
  });
});
