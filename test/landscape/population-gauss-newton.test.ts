import { matrix, type Matrix, randomStream, trace } from "flat-minima/core";
import { uniformSphere } from "flat-minima/data";
import {
  concentrationSampleSize,
  meanRectifiedCoordinate,
  populationGaussNewton,
  squaredWeightedNorm,
} from "flat-minima/landscape";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

function randomParts(m: number, d: number, seed: number): { weights: Matrix; outputWeights: Float64Array } {
  const stream = randomStream(seed, "population", m, d);
  return { weights: { rows: m, cols: d, data: stream.normals(m * d) }, outputWeights: stream.normals(m) };
}

/** ∇f(x), (W, a) in this order, by its definition. */
function gradientAt({ weights, outputWeights }: ReturnType<typeof randomParts>, x: ArrayLike<number>): number[] {
  const { rows: m, cols: d, data } = weights;
  const fired = Array.from({ length: m }, (_, j) => {
    let z = 0;
    for (let r = 0; r < d; r++) z += data[j * d + r] * x[r];
    return Math.max(0, z);
  });
  const ofWeights = fired.flatMap((z, j) => Array.from({ length: d }, (_, r) => (z > 0 ? outputWeights[j] * x[r] : 0)));
  return [...ofWeights, ...fired];
}

describe("the population G", () => {
  it("is the mean of ∇f∇fᵀ over the circle, by Simpson's rule between the kinks", () => {
    for (const parts of [randomParts(3, 2, 1), nearlyParallel(1e-9), nearlyParallel(Math.PI - 1e-9)]) {
      const { rows: m, data } = parts.weights;
      // Neuron j switches at the two angles orthogonal to w_j.
      const kinks = Array.from({ length: m }, (_, j) => Math.atan2(data[2 * j + 1], data[2 * j]))
        .flatMap((angle) => [angle + Math.PI / 2, angle - Math.PI / 2])
        .map((angle) => (angle + 4 * Math.PI) % (2 * Math.PI))
        .sort((a, b) => a - b);
      const p = 3 * m;
      const mean = new Float64Array(p * p);
      let largest = 0;
      const add = (angle: number, inside: number, weight: number): void => {
        // A value at a kink is that of the arc: the neurons that fire are those that fire in its middle.
        const middle = gradientAt(parts, [Math.cos(inside), Math.sin(inside)]);
        const x = [Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle)];
        const g = Array.from({ length: p }, (_, r) => {
          const j = r < 2 * m ? Math.floor(r / 2) : r - 2 * m;
          if (middle[2 * m + j] === 0) return 0;
          return r < 2 * m ? parts.outputWeights[j] * x[r % 2] : data[2 * j] * x[0] + data[2 * j + 1] * x[1];
        });
        for (let r = 0; r < p; r++) {
          for (let s = 0; s < p; s++) mean[r * p + s] += (weight * g[r] * g[s]) / (2 * Math.PI);
          largest = Math.max(largest, g[r] * g[r]);
        }
      };
      const pieces = 1000; // Simpson's, of two steps each, on every arc
      kinks.forEach((start, k) => {
        const end = k + 1 < kinks.length ? kinks[k + 1] : kinks[0] + 2 * Math.PI;
        const step = (end - start) / (2 * pieces);
        for (let i = 0; i <= 2 * pieces; i++) {
          const weight = (step / 3) * (i === 0 || i === 2 * pieces ? 1 : i % 2 === 1 ? 4 : 2);
          add(start + i * step, (start + end) / 2, weight);
        }
      });
      const G = populationGaussNewton(parts);
      // Simpson: h⁴/180 of the largest fourth derivative; a product of gradients is a trigonometric polynomial of degree
      // 2 and size `largest` (doubled at most, between the points), its fourth derivative 2⁴ times that. h ≤ π/2000.
      const tolerance = ((Math.PI / (2 * pieces)) ** 4 / 180) * 16 * 2 * largest + 1e4 * EPS * largest;
      for (let k = 0; k < p * p; k++) expect(Math.abs(G.data[k] - mean[k])).toBeLessThanOrEqual(tolerance);
    }
  });

  it("is the mean over the sphere in R⁵, within five standard errors", () => {
    const [m, d, n] = [3, 5, 20_000];
    const parts = randomParts(m, d, 2);
    const inputs = uniformSphere({ sampleCount: n, dimension: d, stream: randomStream(2, "sphere") });
    const p = m * (d + 1);
    const [sums, squares] = [new Float64Array(p * p), new Float64Array(p * p)];
    for (let i = 0; i < n; i++) {
      const g = gradientAt(parts, inputs.data.subarray(i * d, (i + 1) * d));
      for (let r = 0; r < p; r++) {
        for (let s = 0; s < p; s++) {
          sums[r * p + s] += g[r] * g[s];
          squares[r * p + s] += (g[r] * g[s]) ** 2;
        }
      }
    }
    const G = populationGaussNewton(parts);
    for (let k = 0; k < p * p; k++) {
      const mean = sums[k] / n;
      const standardError = Math.sqrt((squares[k] / n - mean * mean) / n);
      // 171 different entries: a right formula misses by five standard errors once in 10⁴ seeds.
      expect(Math.abs(G.data[k] - mean)).toBeLessThanOrEqual(5 * standardError);
    }
  });

  it("has the trace ½ Σ (‖w_j‖² + d a_j²), and closed forms for one neuron", () => {
    for (const [m, d] of [
      [1, 1],
      [4, 2],
      [6, 9],
    ]) {
      // prettier-ignore
      const parts = randomParts(m, d, 3);
      const expected = squaredWeightedNorm(parts, d) / 2;
      const tolerance = 10 * (m * d + 10) * EPS * expected;
      expect(Math.abs(trace(populationGaussNewton(parts)) - expected)).toBeLessThanOrEqual(tolerance);
    }
    // G = ½ (a²I, aw; awᵀ, ‖w‖²).
    expect(populationGaussNewton({ weights: matrix([[3, 4]]), outputWeights: Float64Array.of(2) })).toEqual(
      matrix([[2, 0, 3], [0, 2, 4], [3, 4, 12.5]]), // prettier-ignore
    );
  });

  it("has no share of a neuron that never fires", () => {
    const parts = { weights: matrix([[0, 0], [1, 0]]), outputWeights: Float64Array.of(7, 1) }; // prettier-ignore
    const G = populationGaussNewton(parts);
    for (const row of [0, 1, 4]) expect(Array.from(G.data.subarray(row * 6, row * 6 + 6))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(trace(G)).toBe(1.5);
  });

  it("refuses other networks", () => {
    const parts = { weights: matrix([[1]]), outputWeights: Float64Array.of(1), biases: Float64Array.of(0) };
    expect(() => populationGaussNewton(parts)).toThrow("populationGaussNewton: the network must have no biases");
    const huge = { weights: matrix([[1e100]]), outputWeights: Float64Array.of(1e200) };
    expect(() => populationGaussNewton(huge)).toThrow("populationGaussNewton: the products must not overflow");
  });
});

/** Two neurons at an angle, with weights of different lengths. */
function nearlyParallel(angle: number): ReturnType<typeof randomParts> {
  return {
    weights: matrix([[2, 0], [0.5 * Math.cos(angle), 0.5 * Math.sin(angle)]]), // prettier-ignore
    outputWeights: Float64Array.of(1, -3),
  };
}

describe("the mean of a rectified coordinate", () => {
  it("is ½√d E|u₁|, from the density (1 − t²)^((d−3)/2) of a coordinate", () => {
    /** ∫₀¹ (1 − t²)^k dt for an integer k, by the binomial theorem. */
    const denominator = (k: number): number => {
      let [sum, binomial] = [0, 1];
      for (let i = 0; i <= k; i++) {
        sum += ((i % 2 === 0 ? 1 : -1) * binomial) / (2 * i + 1);
        binomial *= (k - i) / (i + 1);
      }
      return sum;
    };
    for (const d of [3, 5, 7, 9, 21]) {
      const k = (d - 3) / 2;
      const expected = ((Math.sqrt(d) / 2) * (1 / (2 * (k + 1)))) / denominator(k);
      // The alternating sum cancels: its terms reach 2^k.
      expect(Math.abs(meanRectifiedCoordinate(d) - expected)).toBeLessThanOrEqual(20 * EPS * 2 ** k * expected * d);
    }
    // d = 1: ½; d = 2: E|cos| = 2/π; d = 4: the density √(1 − t²) has ∫ = π/4 and ∫ t = 1/3.
    const [one, two, four] = [1, 2, 4].map(meanRectifiedCoordinate);
    expect(one).toBe(0.5);
    expect(Math.abs(two - Math.SQRT2 / Math.PI)).toBeLessThanOrEqual(2 * EPS);
    expect(Math.abs(four - 4 / (3 * Math.PI))).toBeLessThanOrEqual(2 * EPS);
  });

  it("falls to that of a normal number, 1/√(2π)", () => {
    const values = [1, 2, 3, 10, 100, 10_000].map(meanRectifiedCoordinate);
    for (let k = 1; k < values.length; k++) expect(values[k]).toBeLessThan(values[k - 1]);
    // c√(2π) = 1 + 1/(4d) + O(1/d²).
    expect(Math.abs(values[5] * Math.sqrt(2 * Math.PI) - 1 - 1 / 40_000)).toBeLessThan(1e-8);
  });

  it("refuses a dimension that is none", () => {
    expect(() => meanRectifiedCoordinate(0)).toThrow(
      "meanRectifiedCoordinate: dimension must be a positive integer, got 0",
    );
  });
});

describe("the sample size N(d, δ)", () => {
  it("is the first n that satisfies its inequality, by looking at every n", () => {
    for (const d of [1, 2, 10, 30]) {
      for (const delta of [1e-6, 0.05, 0.5, 0.95, 0.999]) {
        let n = 1;
        while ((d * Math.log(n / delta)) / n > 1) n++;
        expect(concentrationSampleSize(d, delta)).toBe(n);
      }
    }
  });

  it("refuses what is no probability", () => {
    for (const delta of [0, 1, NaN]) {
      expect(() => concentrationSampleSize(3, delta)).toThrow(
        `concentrationSampleSize: the failure probability must be in (0, 1), got ${delta}`,
      );
    }
    expect(() => concentrationSampleSize(2.5, 0.1)).toThrow(
      "concentrationSampleSize: dimension must be a positive integer, got 2.5",
    );
  });
});
