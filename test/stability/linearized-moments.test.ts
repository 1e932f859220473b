import { describe, expect, it } from "vitest";
import { DivergenceError, matrix, randomStream } from "flat-minima/core";
import { enumerateBatches } from "flat-minima/optimizers";
import { linearizedMoments, type LinearizedMomentsOptions } from "flat-minima/stability";
import { mean, randomHessians, SAMPLINGS, toRows } from "./oracles";

const EPS = Number.EPSILON;

/** Three samples in two dimensions; the gradients are multiples of 1/64, so that their sum is exactly 0. */
function example(seed: number): Omit<LinearizedMomentsOptions, "batchSize" | "sampling"> {
  const stream = randomStream(seed, "noisy minimum");
  const [first, second] = [0, 1].map(() => [0, 1].map(() => (stream.integer(129) - 64) / 64));
  return {
    hessians: randomHessians(stream, 3, 2),
    gradients: [first, second, first.map((value, k) => -value - second[k])].map((g) => Float64Array.from(g)),
    start: Float64Array.of(stream.normal(), stream.normal()),
    learningRate: 0.4,
    steps: 4,
  };
}

/** Every end of every path after each number of steps: the definition, no formula. */
function everyPath(options: LinearizedMomentsOptions): number[][][] {
  const { hessians, gradients, start, learningRate, batchSize, sampling, steps } = options;
  const rows = hessians.map(toRows);
  const batches = enumerateBatches({ sampleCount: rows.length, batchSize, sampling });
  const layers = [[Array.from(start)]];
  for (let t = 0; t < steps; t++) {
    layers.push(
      layers[t].flatMap((u) =>
        batches.map((batch) =>
          u.map((value, k) => {
            const slopes = batch.map((i) => gradients[i][k] + rows[i][k].reduce((sum, h, l) => sum + h * u[l], 0));
            return value - learningRate * mean(slopes, (slope) => slope);
          }),
        ),
      ),
    );
  }
  return layers;
}

describe("linearizedMoments", () => {
  it("is the mean over every path, for every batch size and both samplings", () => {
    for (let seed = 0; seed < 3; seed++) {
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2, 3]) {
          // Up to 27 batches of three with replacement: two steps, 729 paths.
          const options = { ...example(seed), batchSize, sampling, steps: batchSize === 3 ? 2 : 4 };
          const { means, secondMoments } = linearizedMoments(options);
          const layers = everyPath(options);
          expect(means.length).toBe(options.steps + 1);
          layers.forEach((ends, t) => {
            const largest = Math.max(...ends.map(([x, y]) => Math.hypot(x, y)), 1);
            // The sum of N numbers, and some 30 roundings a step of either side, at the size of the largest end.
            const tolerance = (ends.length + 60 * (t + 1)) * EPS;
            for (const k of [0, 1]) {
              expect(Math.abs(means[t][k] - mean(ends, (u) => u[k]))).toBeLessThanOrEqual(tolerance * largest);
              for (const l of [0, 1]) {
                const expected = mean(ends, (u) => u[k] * u[l]);
                const difference = Math.abs(secondMoments[t].data[2 * k + l] - expected);
                expect(difference).toBeLessThanOrEqual(tolerance * largest ** 2);
              }
            }
          });
        }
      }
    }
  });

  it("needs both the gradients' own noise and its product with the curvature's", () => {
    const options = { ...example(1), batchSize: 1, sampling: "with replacement" } as const;
    const trace = (change: object): number => {
      const { secondMoments } = linearizedMoments({ ...options, ...change });
      return secondMoments[4].data[0] + secondMoments[4].data[3];
    };
    const actual = trace({});
    const noiseless = trace({ gradients: options.gradients.map(() => new Float64Array(2)) });
    const reversed = trace({ gradients: options.gradients.map((g) => g.map((value) => -value)) });
    expect(actual).toBeGreaterThan(1.01 * noiseless);
    // With -g the product changes its sign and the square does not.
    expect(Math.abs(actual - reversed)).toBeGreaterThan(0.01 * actual);
  });

  it("reaches the stationary variance of one dimension", () => {
    // H_i = 2, g = ±1: E u² → η²/(1 - (1 - 2η)²) for B = 1.
    const { secondMoments } = linearizedMoments({
      hessians: [matrix([[2]]), matrix([[2]])],
      gradients: [Float64Array.of(1), Float64Array.of(-1)],
      start: Float64Array.of(3),
      learningRate: 0.25,
      batchSize: 1,
      sampling: "without replacement",
      steps: 60,
    });
    // 0.5^120 of the start is left; the fixed point is off by eps/(1 - ¼).
    expect(Math.abs(secondMoments[60].data[0] - 0.0625 / 0.75)).toBeLessThanOrEqual(10 * EPS);
  });

  it("names the step at which it overflows", () => {
    const run = { ...example(0), batchSize: 1, sampling: "with replacement", learningRate: 1e100, steps: 9 } as const;
    // u_t is of the order 1e100^t, its square overflows from t = 2 on.
    expect(() => linearizedMoments(run)).toThrow("linearizedMoments: diverged at step 2");
    expect(() => linearizedMoments(run)).toThrow(DivergenceError);
  });

  it("refuses what does not fit", () => {
    const run = { ...example(0), batchSize: 1, sampling: "with replacement" } as const;
    const changed = (change: object) => () => linearizedMoments({ ...run, ...change });
    expect(changed({ learningRate: 0 })).toThrow("linearizedMoments: learningRate must be positive and finite, got 0");
    expect(changed({ batchSize: 0 })).toThrow("batchSize must be a positive integer, got 0");
    expect(changed({ batchSize: 4, sampling: "without replacement" })).toThrow("batchSize must be at most");
    expect(changed({ gradients: [run.gradients[0]] })).toThrow("linearizedMoments: there must be 3 gradients, got 1");
    expect(changed({ gradients: [1, 1, 1].map((g) => Float64Array.of(g, 0)) })).toThrow(
      "linearizedMoments: the gradients must sum to 0, got the sum 3, 0",
    );
    expect(changed({ start: Float64Array.of(1) })).toThrow("start must have length 2, got 1");
    expect(changed({ steps: 1.5 })).toThrow("steps must be an integer of at least 0, got 1.5");
  });
});
