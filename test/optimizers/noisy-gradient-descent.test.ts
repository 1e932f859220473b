import { describe, expect, it } from "vitest";
import { identity, matrix, type Matrix, randomStream, zeros } from "flat-minima/core";
import { type GradientNoise, gradientDescent, noisyGradientDescent } from "flat-minima/optimizers";
import { covarianceFactor } from "../../lib/optimizers/covariance-factor";
import { streamOfNormals } from "./streams";

const EPS = Number.EPSILON;

/** F Fᵀ by its definition. */
function square(F: Matrix): Matrix {
  const result = zeros(F.rows, F.rows);
  for (let i = 0; i < F.rows; i++) {
    for (let j = 0; j < F.rows; j++) {
      for (let r = 0; r < F.cols; r++) result.data[i * F.rows + j] += F.data[i * F.cols + r] * F.data[j * F.cols + r];
    }
  }
  return result;
}

function randomFactor(p: number, r: number): Matrix {
  return { rows: p, cols: r, data: randomStream(1, "factor", p, r).normals(p * r) };
}

const still = (theta: Float64Array): Float64Array => new Float64Array(theta.length);

/** The columns of the map from the normals z to the noise ξ, read off by steps of length 1 with z = e_1, e_2, …. */
function noiseColumns(noise: GradientNoise, theta: Float64Array, count: number): Float64Array[] {
  const units = Array.from({ length: count }, (_, r) => Array.from({ length: count }, (_, k) => (k === r ? 1 : 0)));
  const step = noisyGradientDescent({ gradient: still, learningRate: 1, noise, stream: streamOfNormals(units) });
  return units.map(() => step(theta).map((value, k) => theta[k] - value));
}

describe("noisyGradientDescent", () => {
  it("adds F z to the gradient, worked by hand, with decay", () => {
    const factor = matrix([[1, 0], [2, 1], [0, -1]]); // prettier-ignore
    const stream = streamOfNormals([[4, -2]]); // F z = (4, 6, 2)
    const gradient = (): Float64Array => Float64Array.of(1, 0, -1);
    const step = noisyGradientDescent({ gradient, learningRate: 0.5, weightDecay: 0.25, noise: { factor }, stream });
    expect(step(Float64Array.of(4, 0, -4))).toEqual(Float64Array.of(4 - 0.5 * (1 + 4 + 1), -0.5 * 6, -4 - 0.5 * 0));
  });

  it("has the covariance that was asked for: the map from independent normals to ξ, squared", () => {
    for (const [p, rank] of [
      [1, 1],
      [3, 3],
      [5, 2],
      [6, 1],
    ]) {
      const covariance = square(randomFactor(p, rank));
      const columns = noiseColumns({ covariance }, new Float64Array(p), rank);
      const scale = Math.max(...covariance.data.map(Math.abs));
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) {
          const actual = columns.reduce((sum, column) => sum + column[i] * column[j], 0);
          // Each of the columns taken off leaves a few roundings of the largest entry, and what is left over at the end
          // is of that size.
          expect(Math.abs(actual - covariance.data[i * p + j])).toBeLessThanOrEqual(20 * p * EPS * scale);
        }
      }
    }
  });

  it("follows θ when the factor or the deviation is a function of it", () => {
    const theta = Float64Array.of(2, -3);
    const factor = ([a, b]: Float64Array): Matrix => matrix([[a], [b]]);
    expect(noiseColumns({ factor }, theta, 1)).toEqual([Float64Array.of(2, -3)]);
    const standardDeviation = ([a, b]: Float64Array): number => a - b;
    expect(noiseColumns({ standardDeviation }, theta, 2)).toEqual([Float64Array.of(5, 0), Float64Array.of(0, 5)]);
    expect(noiseColumns({ standardDeviation: 0.5 }, theta, 2)[1]).toEqual(Float64Array.of(0, 0.5));
  });

  it("draws fresh, independent noise at each step", () => {
    const covariance = matrix([[2, -1, 0], [-1, 2, 0], [0, 0, 0]]); // prettier-ignore
    const stream = randomStream(8, "noise");
    const step = noisyGradientDescent({ gradient: still, learningRate: 1, noise: { covariance }, stream });
    const count = 20_000;
    const draws = Array.from({ length: count }, () => step(new Float64Array(3)));
    const moment = (value: (draw: Float64Array, next: Float64Array) => number): number =>
      draws.reduce((sum, draw, t) => sum + value(draw, draws[(t + 1) % count]), 0) / count;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        // The products of Gaussians have the variance Σ_ii Σ_jj + Σ_ij² ≤ 8, those of different steps Σ_ii Σ_jj ≤ 4:
        // five standard errors, which all nine means together exceed with probability below 1e-5.
        const error = 5 * Math.sqrt(8 / count);
        expect(Math.abs(moment((draw) => draw[i] * draw[j]) - covariance.data[3 * i + j])).toBeLessThan(error);
        expect(Math.abs(moment((draw, next) => draw[i] * next[j]))).toBeLessThan(error);
      }
      expect(Math.abs(moment((draw) => draw[i]))).toBeLessThan(5 * Math.sqrt(2 / count));
    }
  });

  it("is gradient descent when there is no noise", () => {
    const options = { gradient: (theta: Float64Array) => theta.map(Math.sin), learningRate: 0.3, weightDecay: 0.1 };
    const theta = Float64Array.of(1, -2);
    const expected = gradientDescent(options)(theta);
    for (const noise of [{ covariance: zeros(2, 2) }, { standardDeviation: 0 }]) {
      expect(noisyGradientDescent({ ...options, noise, stream: randomStream(1) })(theta)).toEqual(expected);
    }
  });

  it("refuses noise that is none", () => {
    const make = (noise: object) => () =>
      noisyGradientDescent({
        gradient: still,
        learningRate: 1,
        noise: noise as GradientNoise,
        stream: randomStream(1),
      });
    const covariance = (rows: number[][]): (() => unknown) => make({ covariance: matrix(rows) });
    const semiDefinite = /noisyGradientDescent: covariance must be positive semi-definite, got \S+ left over/;
    expect(covariance([[1, 2], [2, 1]])).toThrow(semiDefinite); // prettier-ignore
    expect(covariance([[0, 1], [1, 0]])).toThrow(semiDefinite); // prettier-ignore
    expect(covariance([[1, 0], [0, -1e-9]])).toThrow(semiDefinite); // prettier-ignore
    expect(covariance([[1, 1], [0, 1]])).toThrow("must be symmetric, got entries (1, 0) and (0, 1)"); // prettier-ignore
    expect(make({ covariance: zeros(2, 3) })).toThrow("covariance must be square, got a 2×3 matrix");
    const notFinite = { rows: 1, cols: 1, data: Float64Array.of(NaN) };
    expect(make({ covariance: notFinite })).toThrow("covariance must be finite");
    expect(make({ factor: notFinite })).toThrow("factor must be finite");
    expect(make({ standardDeviation: -1 })).toThrow("standardDeviation must be finite and at least 0, got -1");
    expect(make({ sigma: 1 })).toThrow(
      "noise must have a covariance, a factor or a standardDeviation, got an object with the fields sigma",
    );
    const wrongLength = make({ factor: identity(3) })();
    expect(() => wrongLength(new Float64Array(2))).toThrow("the noise must have the parameters' length 2, got 3");
    const late = make({ standardDeviation: () => NaN })();
    expect(() => late(new Float64Array(2))).toThrow("standardDeviation must be finite and at least 0, got NaN");
  });
});

describe("covarianceFactor", () => {
  it("has as many columns as the rank", () => {
    for (const [p, rank] of [
      [4, 4],
      [7, 3],
      [30, 5],
    ]) {
      expect(covarianceFactor("test", square(randomFactor(p, rank))).cols).toBe(rank);
    }
    expect(covarianceFactor("test", zeros(3, 3))).toEqual(zeros(3, 1));
  });
});
