import { type Matrix, type RandomStream, norm, randomStream } from "flat-minima/core";
import { gaussianInputs, gaussianMixture, hypercubeXor, regressionSamples, uniformSphere } from "flat-minima/data";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;
/** Standard errors allowed: exceeded by chance once in 1.7 million. */
const DEVIATIONS = 5;

const row = ({ data, cols }: Matrix, i: number): Float64Array => data.slice(i * cols, (i + 1) * cols);
const column = ({ data, rows, cols }: Matrix, k: number): number[] =>
  Array.from({ length: rows }, (_, i) => data[i * cols + k]);

/** The mean is the expected one within 5 of its standard errors, from the variance of one term. */
function expectMean(terms: readonly number[], expected: number, variance: number): void {
  const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
  expect(Math.abs(mean - expected)).toBeLessThan(DEVIATIONS * Math.sqrt(variance / terms.length));
}

describe("hypercubeXor", () => {
  const { inputs, targets } = hypercubeXor({ sampleCount: 4000, dimension: 5, stream: randomStream(1) });

  it("has entries ±1 and the product of the first two as target", () => {
    expect([inputs.rows, inputs.cols, targets.length]).toEqual([4000, 5, 4000]);
    expect(inputs.data.every((entry) => entry === 1 || entry === -1)).toBe(true);
    targets.forEach((y, i) => expect(y).toBe(row(inputs, i)[0] * row(inputs, i)[1]));
  });

  it("is uniform on the 32 corners", () => {
    const counts = new Float64Array(32);
    for (let i = 0; i < inputs.rows; i++) counts[row(inputs, i).reduce((bits, x) => 2 * bits + (x + 1) / 2, 0)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 125) ** 2 / 125, 0);
    // χ² with 31 degrees of freedom: above 72.1 or below 8.9 once in 20,000 each.
    expect(chiSquare).toBeLessThan(72.1);
    expect(chiSquare).toBeGreaterThan(8.9);
  });
});

describe("uniformSphere", () => {
  it("has rows of norm √d, or of the radius given", () => {
    const of = (dimension: number, radius?: number): Matrix =>
      uniformSphere({ sampleCount: 20, dimension, radius, stream: randomStream(1) });
    for (const [inputs, radius] of [
      [of(7), Math.sqrt(7)],
      [of(7, 3), 3],
      [of(1), 1],
    ] as const) {
      // A sum of d squares and three roundings an entry.
      for (let i = 0; i < 20; i++) {
        expect(Math.abs(norm(row(inputs, i)) - radius)).toBeLessThanOrEqual((inputs.cols + 4) * EPS * radius);
      }
    }
    expect(of(7).rows).toBe(20);
  });

  it("has no direction of its own: second and fourth moments", () => {
    // With radius √d: E x_k = 0, E x_k² = 1, E x_k⁴ = 3d/(d + 2), E x_j²x_k² = d/(d + 2), E x_j x_k = 0.
    const d = 4;
    const inputs = uniformSphere({ sampleCount: 20_000, dimension: d, stream: randomStream(2) });
    const fourth = (3 * d) / (d + 2);
    for (let k = 0; k < d; k++) {
      const x = column(inputs, k);
      const other = column(inputs, (k + 1) % d);
      expectMean(x, 0, 1);
      expectMean(
        x.map((entry) => entry ** 2),
        1,
        fourth - 1,
      );
      // E x⁸ = 105 d³/((d + 2)(d + 4)(d + 6)).
      expectMean(
        x.map((entry) => entry ** 4),
        fourth,
        (105 * d ** 3) / ((d + 2) * (d + 4) * (d + 6)) - fourth ** 2,
      );
      expectMean(
        x.map((entry, i) => entry * other[i]),
        0,
        d / (d + 2),
      );
    }
  });
});

describe("gaussianInputs", () => {
  it("has the variances given, and independent entries", () => {
    const variances = [1, 4, 0, 0.25];
    const inputs = gaussianInputs({ sampleCount: 10_000, dimension: 4, variances, stream: randomStream(3) });
    variances.forEach((variance, k) => {
      const x = column(inputs, k);
      const other = column(inputs, (k + 1) % 4);
      if (variance === 0) {
        expect(x.every((entry) => entry === 0)).toBe(true);
        return;
      }
      expectMean(x, 0, variance);
      // Var x² = 2v², and E x⁴ = 3v² with Var x⁴ = 96v⁴.
      expectMean(
        x.map((entry) => entry ** 2),
        variance,
        2 * variance ** 2,
      );
      expectMean(
        x.map((entry) => entry ** 4),
        3 * variance ** 2,
        96 * variance ** 4,
      );
      const product = variance * variances[(k + 1) % 4];
      if (product > 0)
        expectMean(
          x.map((entry, i) => entry * other[i]),
          0,
          product,
        );
    });
  });

  it("is standard normal without them: the stream's numbers, row by row", () => {
    const { rows, cols, data } = gaussianInputs({ sampleCount: 2, dimension: 3, stream: randomStream(4) });
    expect([rows, cols, data]).toEqual([2, 3, randomStream(4).normals(6)]);
  });
});

describe("gaussianMixture", () => {
  const n = 10_000;
  const mean = Float64Array.of(2, -1);
  const flipProbability = 0.15;
  const mixture = gaussianMixture({ sampleCount: n, mean, flipProbability, stream: randomStream(5) });

  it("has clusters at ±μ of unit covariance, equally likely", () => {
    const { inputs, cleanTargets } = mixture;
    expect(cleanTargets.every((y) => Math.abs(y) === 1)).toBe(true);
    expectMean(Array.from(cleanTargets), 0, 1);
    const xi = [0, 1].map((k) => column(inputs, k).map((x, i) => x - cleanTargets[i] * mean[k]));
    for (const [k, noise] of xi.entries()) {
      expectMean(noise, 0, 1);
      expectMean(
        noise.map((x) => x ** 2),
        1,
        2,
      );
      // The noise is that of no cluster.
      expectMean(
        noise.map((x, i) => x * cleanTargets[i]),
        0,
        1,
      );
      expectMean(
        noise.map((x, i) => x * xi[1 - k][i]),
        0,
        1,
      );
    }
  });

  it("flips labels at the rate η, whatever the cluster and the input", () => {
    const { inputs, targets, cleanTargets } = mixture;
    const flipped = Array.from(targets, (y, i) => (y === cleanTargets[i] ? 0 : 1));
    expect(targets.every((y) => Math.abs(y) === 1)).toBe(true);
    const variance = flipProbability * (1 - flipProbability);
    expectMean(flipped, flipProbability, variance);
    const centred = flipped.map((flip) => flip - flipProbability);
    expectMean(
      centred.map((flip, i) => flip * cleanTargets[i]),
      0,
      variance,
    );
    expectMean(
      centred.map((flip, i) => flip * (inputs.data[2 * i] - 2 * cleanTargets[i])),
      0,
      variance,
    );
  });

  it("flips none or all at the ends", () => {
    for (const [probability, factor] of [
      [0, 1],
      [1, -1],
    ]) {
      const ends = gaussianMixture({ sampleCount: 50, mean, flipProbability: probability, stream: randomStream(1) });
      expect(ends.targets).toEqual(ends.cleanTargets.map((y) => factor * y));
    }
  });
});

describe("regressionSamples", () => {
  it("takes a grid with both ends", () => {
    const grid = regressionSamples({ targetFunction: (x) => 2 * x, sampleCount: 5, low: 1, high: 3, spacing: "grid" });
    expect([grid.inputs.rows, grid.inputs.cols]).toEqual([5, 1]);
    expect(Array.from(grid.inputs.data)).toEqual([1, 1.5, 2, 2.5, 3]);
    expect(Array.from(grid.targets)).toEqual([2, 3, 4, 5, 6]);
    const usual = regressionSamples({ targetFunction: Math.abs, sampleCount: 4, spacing: "grid" });
    expect([usual.inputs.data[0], usual.inputs.data[3]]).toEqual([-1, 1]);
  });

  it("takes uniform inputs and normal noise", () => {
    const n = 10_000;
    const { inputs, targets } = regressionSamples({
      targetFunction: (x) => x ** 3,
      sampleCount: n,
      low: -3,
      high: 1,
      spacing: "uniform",
      noise: 0.5,
      stream: randomStream(6),
    });
    const x = Array.from(inputs.data);
    expect(x.every((entry) => entry >= -3 && entry < 1)).toBe(true);
    // Uniform on an interval of length 4 round −1: variance 4/3, and Var (x + 1)² = 16/5 − 16/9.
    expectMean(x, -1, 4 / 3);
    expectMean(
      x.map((entry) => (entry + 1) ** 2),
      4 / 3,
      16 / 5 - 16 / 9,
    );
    const noise = Array.from(targets, (y, i) => y - x[i] ** 3);
    expectMean(noise, 0, 0.25);
    expectMean(
      noise.map((e) => e ** 2),
      0.25,
      2 * 0.25 ** 2,
    );
    expectMean(
      noise.map((e, i) => e * (x[i] + 1)),
      0,
      0.25 * (4 / 3),
    );
  });
});

it("the generators draw from their stream alone", () => {
  const f = Math.abs;
  const make: ((stream: RandomStream) => unknown)[] = [
    (stream) => hypercubeXor({ sampleCount: 9, dimension: 9, stream }),
    (stream) => uniformSphere({ sampleCount: 9, dimension: 9, stream }),
    (stream) => gaussianInputs({ sampleCount: 9, dimension: 9, stream }),
    (stream) => gaussianMixture({ sampleCount: 9, mean: Float64Array.of(1), flipProbability: 0.5, stream }),
    (stream) => regressionSamples({ targetFunction: f, sampleCount: 9, spacing: "grid", noise: 1, stream }),
  ];
  for (const generate of make) {
    expect(generate(randomStream(1))).toEqual(generate(randomStream(1)));
    expect(generate(randomStream(1))).not.toEqual(generate(randomStream(2)));
  }
});

describe("bad input", () => {
  const stream = randomStream(1);
  const mean = Float64Array.of(1);
  const f = Math.abs;
  const line = { targetFunction: f, sampleCount: 3, spacing: "grid" } as const;
  it.each<[() => unknown, string]>([
    [
      () => hypercubeXor({ sampleCount: 0, dimension: 3, stream }),
      "hypercubeXor: sampleCount must be a positive integer, got 0",
    ],
    [
      () => hypercubeXor({ sampleCount: 1, dimension: 1, stream }),
      "hypercubeXor: dimension must be an integer of at least 2, got 1",
    ],
    [
      () => uniformSphere({ sampleCount: 1.5, dimension: 1, stream }),
      "uniformSphere: sampleCount must be a positive integer, got 1.5",
    ],
    [
      () => uniformSphere({ sampleCount: 1, dimension: 0, stream }),
      "uniformSphere: dimension must be a positive integer, got 0",
    ],
    [
      () => uniformSphere({ sampleCount: 1, dimension: 1, radius: 0, stream }),
      "uniformSphere: the radius must be positive and finite, got 0",
    ],
    [
      () => uniformSphere({ sampleCount: 1, dimension: 1, radius: Infinity, stream }),
      "uniformSphere: the radius must be positive and finite, got Infinity",
    ],
    [
      () => gaussianInputs({ sampleCount: -1, dimension: 1, stream }),
      "gaussianInputs: sampleCount must be a positive integer, got -1",
    ],
    [
      () => gaussianInputs({ sampleCount: 1, dimension: NaN, stream }),
      "gaussianInputs: dimension must be a positive integer, got NaN",
    ],
    [
      () => gaussianInputs({ sampleCount: 1, dimension: 2, variances: [1], stream }),
      "gaussianInputs: there must be 2 variances, got 1",
    ],
    [
      () => gaussianInputs({ sampleCount: 1, dimension: 2, variances: [1, -2], stream }),
      "gaussianInputs: the variances must be finite and not negative, got -2 at index 1",
    ],
    [
      () => gaussianMixture({ sampleCount: 0, mean, flipProbability: 0, stream }),
      "gaussianMixture: sampleCount must be a positive integer, got 0",
    ],
    [
      () => gaussianMixture({ sampleCount: 1, mean: new Float64Array(0), flipProbability: 0, stream }),
      "gaussianMixture: the mean must have finite entries, at least one, got []",
    ],
    [
      () => gaussianMixture({ sampleCount: 1, mean: Float64Array.of(NaN), flipProbability: 0, stream }),
      "gaussianMixture: the mean must have finite entries, at least one, got [NaN]",
    ],
    [
      () => gaussianMixture({ sampleCount: 1, mean, flipProbability: 1.1, stream }),
      "gaussianMixture: flipProbability must be from 0 to 1, got 1.1",
    ],
    [
      () => regressionSamples({ ...line, spacing: "dense" as "grid" }),
      'regressionSamples: spacing must be "grid" or "uniform", got dense',
    ],
    [
      () => regressionSamples({ ...line, sampleCount: 1 }),
      "regressionSamples: sampleCount must be an integer of at least 2, got 1",
    ],
    [
      () => regressionSamples({ ...line, spacing: "uniform", sampleCount: 0, stream }),
      "regressionSamples: sampleCount must be a positive integer, got 0",
    ],
    [
      () => regressionSamples({ ...line, low: 1 }),
      "regressionSamples: low and high must be finite, with low below high, got 1 and 1",
    ],
    [
      () => regressionSamples({ ...line, high: Infinity }),
      "regressionSamples: low and high must be finite, with low below high, got -1 and Infinity",
    ],
    [
      () => regressionSamples({ ...line, noise: -1, stream }),
      "regressionSamples: noise must be finite and not negative, got -1",
    ],
    [
      () => regressionSamples({ ...line, noise: 1 }),
      "regressionSamples: uniform inputs and noise need a stream, got undefined",
    ],
    [
      () => regressionSamples({ ...line, spacing: "uniform" }),
      "regressionSamples: uniform inputs and noise need a stream, got undefined",
    ],
    [
      () => regressionSamples({ ...line, targetFunction: (x) => 1 / x }),
      "regressionSamples: f must be finite, got Infinity at 0",
    ],
  ])("%# is refused", (call, message) => {
    expect(call).toThrow(message);
  });
});
