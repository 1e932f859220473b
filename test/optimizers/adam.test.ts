import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { adam, drawBatch, stochasticAdam, type UpdateMap } from "flat-minima/optimizers";

const EPS = Number.EPSILON;

/** A gradient that hands out these numbers one after the other. */
function sequence(...values: number[]): () => Float64Array {
  const rest = values.slice();
  return () => Float64Array.of(rest.shift()!);
}

describe("adam", () => {
  it("makes the steps worked by hand", () => {
    // β₁ = β₂ = ½, ε = 2, gradients 2, -2, 2: v̂ = 4 at each step, so each step is -m̂/4, and
    // m = 1, -½, ¾ with 1 - β₁ᵗ = ½, ¾, ⅞ gives m̂ = 2, -⅔, 6/7.
    const step = adam({
      gradient: sequence(2, -2, 2),
      learningRate: 1,
      meanDecay: 0.5,
      squareDecay: 0.5,
      offset: 2,
    });
    let theta: Float64Array = Float64Array.of(0);
    const moves = [-2 / 4, 2 / 3 / 4, -6 / 7 / 4];
    for (const move of moves) {
      const next = step(theta);
      expect(Math.abs(next[0] - theta[0] - move)).toBeLessThanOrEqual(4 * EPS);
      theta = next;
    }
  });

  it("moves by α g/(|g| + ε) while the gradient does not change: what the bias correction is for", () => {
    const gradient = (): Float64Array => Float64Array.of(3, -0.5);
    const step = adam({ gradient, learningRate: 0.125 });
    for (let t = 1; t <= 200; t++) {
      const [first, second] = step(Float64Array.of(0, 0));
      // m and the powers take t roundings each; 1 - β₂ᵗ ≥ 0.001 magnifies those of β₂ᵗ ≤ 1 at most a thousandfold, and
      // the root halves that.
      const tolerance = 0.125 * (4 * t + 500 * t) * EPS;
      expect(Math.abs(first + (0.125 * 3) / (3 + 1e-8))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(second - (0.125 * 0.5) / (0.5 + 1e-8))).toBeLessThanOrEqual(tolerance);
    }
  });

  it("is the printed sums, with the defaults α = 0.001, β₁ = 0.9, β₂ = 0.999, ε = 1e-8", () => {
    const stream = randomStream(4, "adam");
    const gradients = Array.from({ length: 50 }, () => stream.normal());
    const step = adam({ gradient: sequence(...gradients) });
    for (let t = 1; t <= 50; t++) {
      const sum = (decay: number, power: number): number =>
        gradients.slice(0, t).reduce((total, g, s) => total + decay ** (t - 1 - s) * g ** power, 0) / weights(decay, t);
      const expected = (-0.001 * sum(0.9, 1)) / (Math.sqrt(sum(0.999, 2)) + 1e-8);
      const [actual] = step(Float64Array.of(0));
      // Sums of t terms on both sides, and the cancellation in 1 - β₂ᵗ as above.
      const largest = Math.max(...gradients.map(Math.abs));
      const tolerance = (0.001 * (8 * t + 500 * t) * EPS * largest) / Math.sqrt(sum(0.999, 2));
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance);
    }
    function weights(decay: number, t: number): number {
      return Array.from({ length: t }, (_, s) => decay ** s).reduce((total, weight) => total + weight);
    }
  });

  it("holds its memory in the map: two maps are two runs", () => {
    const make = (): UpdateMap => adam({ gradient: (theta) => theta.slice(), learningRate: 0.1 });
    const [one, other] = [make(), make()];
    const first = one(Float64Array.of(1));
    one(Float64Array.of(-5));
    expect(other(Float64Array.of(1))).toEqual(first);
    expect(one(Float64Array.of(1))).not.toEqual(first);
    expect(() => one(Float64Array.of(1, 2))).toThrow(
      "adam: parameters must keep the length 1 (make one map for each run), got 2",
    );
  });

  it("stays where the gradient has always been 0", () => {
    const step = adam({ gradient: () => new Float64Array(2) });
    expect(step(Float64Array.of(3, -1))).toEqual(Float64Array.of(3, -1));
  });

  it("refuses bad constants", () => {
    const make = (change: object) => () => adam({ gradient: (theta) => theta, ...change });
    expect(make({ meanDecay: 1 })).toThrow("adam: meanDecay must be in [0, 1), got 1");
    expect(make({ squareDecay: -0.1 })).toThrow("adam: squareDecay must be in [0, 1), got -0.1");
    expect(make({ offset: 0 })).toThrow("adam: offset must be positive and finite, got 0");
    expect(make({ offset: NaN })).toThrow("adam: offset must be positive and finite, got NaN");
  });
});

describe("stochasticAdam", () => {
  it("is adam with the gradient of a fresh batch at each step", () => {
    const scheme = { sampleCount: 20, batchSize: 3, sampling: "without replacement" } as const;
    const batchGradient = (theta: Float64Array, batch: readonly number[]): Float64Array =>
      theta.map((value) => value + batch.reduce((sum, i) => sum + i, 0));
    const same = randomStream(6, "adam");
    const expected = adam({ gradient: (theta) => batchGradient(theta, drawBatch(same, scheme)), learningRate: 0.5 });
    const actual = stochasticAdam({ ...scheme, batchGradient, stream: randomStream(6, "adam"), learningRate: 0.5 });
    let theta: Float64Array = Float64Array.of(1, -1);
    for (let t = 0; t < 20; t++) {
      const next = actual(theta);
      expect(next).toEqual(expected(theta));
      theta = next;
    }
  });
});
