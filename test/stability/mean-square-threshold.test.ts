import { describe, expect, it } from "vitest";
import { identity, matrix, randomStream, scale, topEigenvalue } from "flat-minima/core";
import { leastSquares } from "flat-minima/models";
import { batchNoiseFactor } from "flat-minima/optimizers";
import {
  directionalFactor,
  meanSquareThreshold,
  meanSquareThresholdFromGram,
  meanSquareThresholdFromHessians,
  sufficientFactor,
  traceFactor,
} from "flat-minima/stability";
import { EXAMPLE_A, familyB, radiusByEnumeration, randomHessians, randomMatrix, SAMPLINGS } from "./oracles";

const EPS = Number.EPSILON;
const SINGLE = { batchSize: 1, sampling: "without replacement" } as const;

describe("meanSquareThresholdFromHessians", () => {
  it("is where the spectral radius over all batches is 1", () => {
    for (let seed = 0; seed < 4; seed++) {
      for (const size of [2, 3]) {
        const hessians = randomHessians(randomStream(seed, "threshold"), 4, size);
        for (const sampling of SAMPLINGS) {
          for (const batchSize of [1, 2]) {
            const rule = { batchSize, sampling };
            const threshold = meanSquareThresholdFromHessians({ hessians, ...rule });
            expect(threshold.converged).toBe(true);
            const radius = (factor: number): number => radiusByEnumeration(hessians, factor * threshold.value, rule);
            // The threshold is known to 1e-10 of itself; T = I - 2ηC + η²D then moves by at most 2·1e-10·‖2ηC‖, and
            // ηλ₁ ≤ 2 there, so by 8e-10.
            expect(Math.abs(radius(1) - 1)).toBeLessThanOrEqual(1e-9);
            expect(radius(1.01)).toBeGreaterThan(1);
            expect(radius(0.99)).toBeLessThan(1);
          }
        }
      }
    }
  });

  it("is the closed form for the family of counterexample B", () => {
    // With B = 1, ρ = 1 where (1 - T₁₁)(1 - T₂₂) = T₁₂², that is, after division by η²,
    // (a - ηa²/2)(1 + b - η(1 + b²)/2) = η²a²b²/4: a quadratic in η.
    for (const [a, b] of [
      [1.9, 0.2],
      [0.7, 1.3],
      [3, 0.01],
    ]) {
      const second = (a * a * (1 + b * b)) / 4 - (a * a * b * b) / 4;
      const first = -(a * (1 + b * b)) / 2 - (a * a * (1 + b)) / 2;
      const constant = a * (1 + b);
      const expected = (-first - Math.sqrt(first ** 2 - 4 * second * constant)) / (2 * second);
      const actual = meanSquareThresholdFromHessians({ hessians: familyB(a, b), ...SINGLE });
      expect(Math.abs(actual.value - expected)).toBeLessThanOrEqual(1e-10 * expected);
    }
  });

  it("is the closed form in one dimension, and 2/λ₁ without noise", () => {
    const curvatures = [0.5, 1, 4.5];
    const hessians = curvatures.map((a) => matrix([[a]]));
    for (const batchSize of [1, 2, 3]) {
      const rule = { batchSize, sampling: "without replacement" } as const;
      const actual = meanSquareThresholdFromHessians({ hessians, ...rule }).value;
      expect(Math.abs(actual - meanSquareThreshold({ curvatures, ...rule }))).toBeLessThanOrEqual(20 * EPS);
    }
    const full = meanSquareThresholdFromHessians({ hessians: EXAMPLE_A, ...SINGLE, batchSize: 2 }).value;
    expect(Math.abs(full - 2 / 1.9)).toBeLessThanOrEqual(1e-10); // mean diag(1.9, 1)
  });

  it("lies between the sufficient and the necessary conditions", () => {
    for (let seed = 0; seed < 10; seed++) {
      const stream = randomStream(seed, "between");
      const hessians = randomHessians(stream, 5, 3);
      const rule = { batchSize: 1 + stream.integer(3), sampling: SAMPLINGS[seed % 2] };
      const learningRate = meanSquareThresholdFromHessians({ hessians, ...rule }).value;
      const setting = { hessians, learningRate, ...rule };
      expect(sufficientFactor(setting)).toBeGreaterThan(1 - 1e-9);
      expect(traceFactor(setting)).toBeLessThan(1 + 1e-9);
      expect(directionalFactor(setting, [1, -1, 0.5])).toBeLessThan(1 + 1e-9);
    }
  });

  it("reports when it did not converge, and refuses saddles", () => {
    const hessians = randomHessians(randomStream(1, "threshold"), 4, 3);
    const early = meanSquareThresholdFromHessians({ hessians, ...SINGLE }, { maxIterations: 1 });
    expect(early.converged).toBe(false);
    expect(early.message).toContain("not converged");
    expect(early.value).toBeGreaterThan(meanSquareThresholdFromHessians({ hessians, ...SINGLE }).value);
    expect(() => meanSquareThresholdFromHessians({ hessians: [matrix([[-1]])], ...SINGLE })).toThrow(
      "meanSquareThresholdFromHessians: the mean Hessian must be positive semi-definite, got -1",
    );
  });
});

describe("meanSquareThresholdFromGram", () => {
  it("is that of the gradients' outer products, for more and for fewer samples than parameters", async () => {
    for (const [n, p] of [
      [3, 5],
      [5, 3],
      [8, 8],
    ]) {
      const stream = randomStream(n, "gram", p);
      const model = leastSquares(randomMatrix(stream, n, p), new Float64Array(n));
      const hessians = Array.from({ length: n }, (_, i) => model.sampleHessian(i));
      for (const sampling of SAMPLINGS) {
        for (const batchSize of [1, 2, n]) {
          const rule = { batchSize, sampling };
          const actual = await meanSquareThresholdFromGram({ gram: model.gramMatrix(), ...rule });
          const expected = meanSquareThresholdFromHessians({ hessians, ...rule });
          expect(actual.converged).toBe(true);
          expect(Math.abs(actual.value - expected.value)).toBeLessThanOrEqual(3e-10 * expected.value);
          if (n === 5 && batchSize < 5) {
            // H has full rank: an oracle that shares nothing. (With n < p the radius is 1 in flat directions anyway.)
            expect(Math.abs(radiusByEnumeration(hessians, actual.value, rule) - 1)).toBeLessThanOrEqual(1e-9);
          }
          // N1: at any stable learning rate Tr H ≤ 2/(p_B η).
          const noise = batchNoiseFactor({ sampleCount: n, ...rule });
          const traceOfHessian = model.gramMatrix().data.reduce((sum, k, i) => sum + (i % (n + 1) ? 0 : k), 0) / n;
          expect(noise * actual.value * traceOfHessian).toBeLessThanOrEqual(2 + 1e-9);
        }
      }
    }
  });

  it("is 2/k for orthogonal gradients of squared length k, and gradient descent's 2n/λ₁ for the full batch", async () => {
    for (const batchSize of [1]) {
      const { value } = await meanSquareThresholdFromGram({
        gram: scale(identity(6), 4),
        batchSize,
        sampling: "with replacement",
      });
      expect(Math.abs(value - 0.5)).toBeLessThanOrEqual(1e-10);
    }
    const gram = matrix([[2, 1], [1, 2]]); // prettier-ignore
    const { value } = await meanSquareThresholdFromGram({ gram, batchSize: 2, sampling: "without replacement" });
    expect(Math.abs(value - (2 * 2) / topEigenvalue(gram))).toBeLessThanOrEqual(1e-10);
  });

  it("refuses what is no Gram matrix", async () => {
    const threshold = (rows: number[][]): Promise<unknown> =>
      meanSquareThresholdFromGram({ gram: matrix(rows), ...SINGLE });
    const indefinite = threshold([[1, 2], [2, 1]]); // prettier-ignore
    await expect(indefinite).rejects.toThrow(
      /^meanSquareThresholdFromGram: the Gram matrix must be positive semi-definite .*, got -(1|0\.99|1\.00)/,
    );
    const vanishing = threshold([[0, 0], [0, 0]]); // prettier-ignore
    await expect(vanishing).rejects.toThrow("must have a positive eigenvalue, its largest is, got 0");
    await expect(threshold([[1, 2]])).rejects.toThrow("the Gram matrix must be square, got a 1×2 matrix");
  });
});
