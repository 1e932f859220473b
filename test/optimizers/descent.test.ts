import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { drawBatch, gradientDescent, stochasticGradientDescent, type UpdateMap } from "flat-minima/optimizers";

describe("gradientDescent", () => {
  it("subtracts the learning rate times the gradient and leaves its argument alone", () => {
    const step = gradientDescent({ gradient: (x) => Float64Array.of(4 * x[0], -8), learningRate: 0.125 });
    const start = Float64Array.of(2, 1);
    expect(Array.from(step(start))).toEqual([1, 2]); // exact in binary
    expect(Array.from(start)).toEqual([2, 1]);
  });

  it("adds the decay times the parameters to the gradient", () => {
    const step = gradientDescent({
      gradient: (x) => Float64Array.of(4 * x[0], -8),
      learningRate: 0.125,
      weightDecay: 0.5,
    });
    expect(step(Float64Array.of(2, 1))).toEqual(Float64Array.of(2 - 0.125 * (8 + 1), 1 - 0.125 * (-8 + 0.5)));
  });

  it("lends a gradient memory that is its own, and takes one that does without it", () => {
    const lent: unknown[] = [];
    const step = gradientDescent({
      gradient: (x, into = new Float64Array(x.length)) => {
        lent.push(into);
        into.set(x);
        return into;
      },
      learningRate: 0.5,
    });
    const start = Float64Array.of(4, 2);
    const first = step(start);
    const second = step(first);
    expect([start, first, second].map((theta) => Array.from(theta))).toEqual([
      [4, 2],
      [2, 1],
      [1, 0.5],
    ]);
    expect(lent[1]).toBe(lent[0]);
    expect([start, first, second]).not.toContain(lent[0]);
    const held = Float64Array.of(1, 1);
    const constant = gradientDescent({ gradient: () => held, learningRate: 0.5 });
    expect(constant(constant(start))).toEqual(Float64Array.of(3, 1));
    expect(held).toEqual(Float64Array.of(1, 1));
  });

  it("has the bits of θ - η∇L, on which the stored notebooks stand", () => {
    const stream = randomStream(2, "bits");
    const [theta, slope] = [stream.normals(103), stream.normals(103)];
    const learningRate = 0.1 / 3;
    const expected = theta.map((value, k) => value - learningRate * slope[k]);
    expect(gradientDescent({ gradient: () => slope, learningRate })(theta)).toEqual(expected);
    const batches = { sampleCount: 5, batchSize: 1, sampling: "with replacement", stream } as const;
    const stochastic = stochasticGradientDescent({ batchGradient: () => slope, ...batches, learningRate });
    expect(stochastic(theta)).toEqual(expected);
  });

  it("refuses bad learning rates and gradients", () => {
    for (const learningRate of [0, -1, NaN, Infinity]) {
      expect(() => gradientDescent({ gradient: (x) => x, learningRate })).toThrow(
        `gradientDescent: learningRate must be positive and finite, got ${learningRate}`,
      );
    }
    const step = gradientDescent({ gradient: () => Float64Array.of(1), learningRate: 1 });
    expect(() => step(Float64Array.of(1, 2))).toThrow(
      "gradientDescent: the gradient must have the parameters' length 2, got 1",
    );
  });
});

describe("stochasticGradientDescent", () => {
  /** The gradient carries the batch: Σ_{i ∈ batch} 2^i, exact in binary. */
  const batchGradient = (_: Float64Array, batch: readonly number[]): Float64Array =>
    Float64Array.of(batch.reduce((sum, i) => sum + 2 ** i, 0));
  const setting = { batchGradient, sampleCount: 20, batchSize: 3, learningRate: 0.5 };

  it("uses one fresh batch of its stream at every step", () => {
    for (const sampling of ["with replacement", "without replacement"] as const) {
      const step: UpdateMap = stochasticGradientDescent({ ...setting, sampling, stream: randomStream(5, "sgd") });
      const same = randomStream(5, "sgd");
      let [actual, expected] = [Float64Array.of(0) as Float64Array, 0];
      const seen = new Set<number>();
      for (let t = 0; t < 10; t++) {
        const batch = drawBatch(same, { sampleCount: 20, batchSize: 3, sampling });
        expected -= 0.5 * batch.reduce((sum, i) => sum + 2 ** i, 0);
        actual = step(actual);
        expect(actual[0]).toBe(expected);
        seen.add(batch.reduce((sum, i) => sum + 2 ** i, 0));
      }
      expect(seen.size).toBeGreaterThan(5);
    }
  });

  it("decays the parameters whatever the batch", () => {
    const stream = randomStream(5, "sgd");
    const step = stochasticGradientDescent({ ...setting, sampling: "with replacement", stream, weightDecay: 0.25 });
    const batch = drawBatch(randomStream(5, "sgd"), { sampleCount: 20, batchSize: 3, sampling: "with replacement" });
    const gradient = batch.reduce((sum, i) => sum + 2 ** i, 0);
    expect(step(Float64Array.of(16))[0]).toBe(16 - 0.5 * (gradient + 4));
  });

  it("refuses impossible settings before the first step", () => {
    const stream = randomStream(1);
    const build = (change: object) => () =>
      stochasticGradientDescent({ ...setting, sampling: "without replacement", stream, ...change });
    expect(build({ batchSize: 21 })).toThrow("stochasticGradientDescent: batchSize must be at most sampleCount = 20");
    expect(build({ learningRate: 0 })).toThrow("stochasticGradientDescent: learningRate must be positive and finite");
    expect(build({})).not.toThrow();
    const wrong = build({ batchGradient: () => Float64Array.of(1, 2) })();
    expect(() => wrong(Float64Array.of(0))).toThrow("stochasticGradientDescent: the gradient must have");
  });
});
