import { describe, expect, it } from "vitest";
import { identity, matrix, randomStream, zeros } from "flat-minima/core";
import { secondMomentOperator, spectralRadius } from "flat-minima/stability";
import {
  eigenvalues,
  EXAMPLE_A,
  familyB,
  kroneckerMean,
  mean,
  product,
  radiusByEnumeration,
  randomHessians,
  randomMatrix,
  SAMPLINGS,
  stepMatrices,
  topOfTwoByTwo,
  toRows,
} from "./oracles";

const EPS = Number.EPSILON;
const SINGLE = { batchSize: 1, sampling: "without replacement" } as const;

describe("secondMomentOperator", () => {
  it("is the mean of (I - ηH_I) M (I - ηH_I) over all batches, applied or as a matrix", () => {
    for (let seed = 0; seed < 4; seed++) {
      const stream = randomStream(seed, "operator");
      const hessians = randomHessians(stream, 4, 3);
      const learningRate = stream.uniform();
      const root = randomMatrix(stream, 3, 3);
      const moment = product(toRows(root), toRows(root)).map((row, i, all) => row.map((value, j) => value + all[j][i]));
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2, 3]) {
          const setting = { hessians, learningRate, batchSize, sampling };
          const steps = stepMatrices(hessians, learningRate, { batchSize, sampling });
          const T = secondMomentOperator(setting);
          expect(T.dimension).toBe(3);
          const applied = T.apply(matrix(moment)).data;
          const dense = T.toDense();
          const images = steps.map((A) => product(product(A, moment), A).flat());
          // Sums of N terms, each of 9 products, none above `largest`.
          const largest = Math.max(...images.flat().map(Math.abs));
          const tolerance = (steps.length + 100) * EPS * largest;
          applied.forEach((value, k) => {
            const expected = mean(images, (image) => image[k]);
            expect(Math.abs(value - expected)).toBeLessThanOrEqual(tolerance);
            const row = dense.data.subarray(9 * k, 9 * (k + 1));
            const byRow = row.reduce((sum, entry, l) => sum + entry * moment.flat()[l], 0);
            expect(Math.abs(byRow - expected)).toBeLessThanOrEqual(tolerance);
          });
        }
      }
    }
  });

  it("refuses moments and Hessians that do not fit", () => {
    const T = secondMomentOperator({ hessians: EXAMPLE_A, learningRate: 1, ...SINGLE });
    expect(() => T.apply(identity(3))).toThrow("secondMomentOperator: the moment must be 2×2, got a 3×3 matrix");
    expect(() => secondMomentOperator({ hessians: [], learningRate: 1, ...SINGLE })).toThrow(
      "secondMomentOperator: at least one Hessian is needed",
    );
    expect(() => secondMomentOperator({ hessians: EXAMPLE_A, learningRate: NaN, ...SINGLE })).toThrow(
      "secondMomentOperator: learningRate must be positive and finite, got NaN",
    );
    expect(() => secondMomentOperator({ hessians: EXAMPLE_A, learningRate: 1, ...SINGLE, batchSize: 3 })).toThrow(
      "batchSize must be at most sampleCount = 2",
    );
  });
});

describe("spectralRadius", () => {
  const radius = (setting: Parameters<typeof secondMomentOperator>[0]): number =>
    spectralRadius(secondMomentOperator(setting)).value;

  it("is the closed form of counterexample A", () => {
    // The off-diagonals ±½ average out: T acts on (m₁₁, m₂₂) as [[.9², .5²], [.5², 0]], and on m₁₂ by .5².
    const expected = topOfTwoByTwo(0.81, 0.25, 0);
    const actual = radius({ hessians: EXAMPLE_A, learningRate: 1, ...SINGLE });
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(50 * EPS);
  });

  it("is the closed form of the family of counterexample B", () => {
    for (let a = 0.1; a < 4; a += 0.55) {
      for (let b = 0.1; b < 4; b += 0.55) {
        // At η = 1, B = 1, T acts on (m₁₁, m₂₂) by the first matrix, and multiplies m₁₂ by the second number.
        const diagonalPart = topOfTwoByTwo(((1 - a) ** 2 + 1) / 2, (a * b) / 2, (1 - b) ** 2 / 2);
        const offDiagonal = Math.abs((1 - a) * (1 - b) + a * b) / 2;
        const actual = radius({ hessians: familyB(a, b), learningRate: 1, ...SINGLE });
        // 16 entries of at most 20, each of six rounded terms, times the 4 of eigh.
        expect(Math.abs(actual - Math.max(diagonalPart, offDiagonal))).toBeLessThanOrEqual(16 * 20 * 24 * EPS);
      }
    }
  });

  it("is that of the Kronecker products of all batches", () => {
    for (let seed = 0; seed < 3; seed++) {
      const hessians = randomHessians(randomStream(seed, "radius"), 3, 3);
      for (const sampling of SAMPLINGS) {
        const setting = { hessians, learningRate: 0.8, batchSize: 2, sampling };
        const expected = radiusByEnumeration(hessians, 0.8, { batchSize: 2, sampling });
        const actual = spectralRadius(secondMomentOperator(setting));
        expect(Math.abs(actual.value - expected)).toBeLessThanOrEqual(1e-11 * expected); // mathjs stops at 1e-12
        expect(actual.residual).toBeLessThanOrEqual(100 * EPS);
        expect(actual.converged).toBe(true);
      }
    }
  });

  it("finds the positive top eigenvalue by Lanczos in larger dimensions", () => {
    const [count, size] = [5, 7];
    for (let seed = 0; seed < 3; seed++) {
      const hessians = randomHessians(randomStream(seed, "large"), count, size);
      const learningRate = 0.4 * (seed + 1);
      const actual = spectralRadius(secondMomentOperator({ hessians, learningRate, ...SINGLE }));
      expect(actual.converged).toBe(true);
      expect(actual.residual).toBeLessThanOrEqual(1e-10);
      expect(actual.message).toMatch(/^converged: relative residual .* after \d+ iterations$/);
      // ρ from below, and an upper bound that needs no eigenvalue: ‖T^k‖ ≤ tr T^k(I) for a map of positive matrices.
      const steps = stepMatrices(hessians, learningRate, SINGLE);
      const powers = 200;
      let moment = toRows(identity(size));
      let log = 0;
      for (let k = 0; k < powers; k++) {
        const images = steps.map((A) => product(product(A, moment), A));
        moment = moment.map((row, i) => row.map((_, j) => mean(images, (image) => image[i][j])));
        const trace = moment.reduce((sum, row, i) => sum + row[i], 0);
        moment = moment.map((row) => row.map((value) => value / trace));
        log += Math.log(trace);
      }
      // ρ^k ≤ tr T^k(I) ≤ size · ρ^k · size, since I is at most size times the projections it is a sum of.
      const logRadius = Math.log(actual.value);
      expect(logRadius).toBeLessThanOrEqual(log / powers + 1e-9);
      expect(logRadius).toBeGreaterThanOrEqual((log - 2 * Math.log(size)) / powers - 1e-9);
      // The last quotient of traces of the power method, converged to its own gap.
      const last = mean(
        steps.map((A) => product(product(A, moment), A)),
        (image) => image.reduce((sum, row, i) => sum + row[i], 0),
      );
      expect(Math.abs(last - actual.value)).toBeLessThanOrEqual(1e-6 * actual.value);
    }
  });

  it("stops when the Krylov space is exhausted, here only with the last of 23 distinct eigenvalues", () => {
    // One sample, H = I - diag(α): T multiplies entry (k, l) by α_k α_l, and the Krylov space of the identity holds the
    // diagonal matrices. Chebyshev-like α² crowd at the top, which is where Lanczos is slowest.
    const size = 23;
    const hessian = zeros(size, size);
    for (let k = 0; k < size; k++) {
      hessian.data[k * size + k] = 1 - Math.sqrt((1 + Math.cos((k * Math.PI) / size)) / 2);
    }
    const T = secondMomentOperator({ hessians: [hessian], learningRate: 1, ...SINGLE });
    const { value, converged, iterations } = spectralRadius(T, { tolerance: 1e-13 });
    expect(converged).toBe(true);
    expect(iterations).toBeGreaterThan(20);
    expect(iterations).toBeLessThanOrEqual(size + 1); // the last application measures the residual
    expect(Math.abs(value - 1)).toBeLessThanOrEqual(1e-13);
  });

  it("says so when it did not get there", () => {
    const hessians = randomHessians(randomStream(1, "large"), 5, 7);
    const T = secondMomentOperator({ hessians, learningRate: 0.8, ...SINGLE });
    const early = spectralRadius(T, { maxIterations: 2 });
    expect(early.converged).toBe(false);
    expect(early.residual).toBeGreaterThan(1e-10);
    expect(early.message).toContain("not converged: relative residual");
    expect(early.message).toContain("raise maxIterations");
    expect(early.value).toBeLessThanOrEqual(spectralRadius(T).value);
    expect(() => spectralRadius(T, { tolerance: 0 })).toThrow("spectralRadius: tolerance must be at least");
    expect(() => spectralRadius(T, { maxIterations: 0 })).toThrow("maxIterations must be a positive integer, got 0");
  });

  it("has an oracle that sees negative eigenvalues too", () => {
    // H = diag(0, 2) at η = 1: T multiplies m₁₂ by -1 and the rest by 1.
    const steps = stepMatrices([matrix([[0, 0], [0, 2]])], 1, SINGLE); // prettier-ignore
    expect(eigenvalues(kroneckerMean(steps)).sort()).toEqual([-1, -1, 1, 1]);
    expect(radius({ hessians: [matrix([[0, 0], [0, 2]])], learningRate: 1, ...SINGLE })).toBe(1); // prettier-ignore
  });
});
