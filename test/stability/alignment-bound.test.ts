import { batchNoiseFactor } from "flat-minima/optimizers";
import {
  alignmentBound,
  alignmentCertificates,
  alignmentFactors,
  frobeniusBound,
  meanSquareThresholdFromGram,
  rankBound,
  secondMomentAlignmentBound,
  sharpnessBound,
  slowestResiduals,
  traceBound,
} from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import { regularGramMatrices } from "./aligned-problems";
import { SAMPLINGS } from "./oracles";

const EPS = Number.EPSILON;
const sgd = { learningRate: 0.5, sampleCount: 10, batchSize: 4, sampling: "with replacement" } as const;

describe("the bounds that stability puts on G", () => {
  it("hold at the exact threshold η*, for every batch and both samplings", async () => {
    for (const { gramMatrix, n } of regularGramMatrices("bounds")) {
      const residuals = slowestResiduals(gramMatrix);
      const { frobeniusNorm, trace, tau } = alignmentFactors({ gramMatrix, residuals });
      const certificates = alignmentCertificates(gramMatrix);
      for (const sampling of SAMPLINGS) {
        for (let batchSize = 1; batchSize <= n; batchSize++) {
          const { value: learningRate } = await meanSquareThresholdFromGram({ gram: gramMatrix, batchSize, sampling });
          const at = { learningRate, sampleCount: n, batchSize, sampling };
          const slacks = {
            A9: alignmentBound({ ...at, frobeniusNorm, alignment: certificates.mu.value }).slack,
            A10: secondMomentAlignmentBound({ ...at, frobeniusNorm, alignment: certificates.mu1.value }).slack,
            "N1, trace": traceBound({ ...at, trace }).slack,
            "N1, norm": frobeniusBound({ ...at, frobeniusNorm }).slack,
            GD: sharpnessBound({ sharpness: Math.sqrt(tau) * frobeniusNorm, learningRate }).slack,
            A15: rankBound({ frobeniusNorm, rank: n, learningRate }).slack,
          };
          for (const [name, slack] of Object.entries(slacks)) {
            // η* is known to the residual 1e-10 of its iteration, from above.
            expect(slack, `${name}, n = ${n}, B = ${batchSize} ${sampling}`).toBeGreaterThanOrEqual(-2e-10);
          }
          if (batchSize === n && sampling === "without replacement") {
            // Gradient descent: the threshold is 2/λ₁ itself.
            expect(Math.abs(slacks.GD)).toBeLessThanOrEqual(2e-10);
            expect([slacks.A9, slacks.A10, slacks["N1, trace"], slacks["N1, norm"]]).toEqual([1, 1, 1, 1]);
          }
        }
      }
    }
  });

  it("are attained: orthogonal gradients of one length have Tr H = 2/η* for B = 1, copies of one sample ‖H‖_F = 2/η*", async () => {
    const identityGram = { rows: 3, cols: 3, data: Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4) };
    const rule = { batchSize: 1, sampling: "with replacement" } as const;
    const { value } = await meanSquareThresholdFromGram({ gram: identityGram, ...rule });
    expect(Math.abs(traceBound({ learningRate: value, sampleCount: 3, ...rule, trace: 4 }).slack)).toBeLessThan(1e-9);
    const pair = { batchSize: 2, sampling: "with replacement" } as const;
    const copies = { rows: 1, cols: 1, data: Float64Array.of(4) };
    const { value: learningRate } = await meanSquareThresholdFromGram({ gram: copies, ...pair });
    expect(Math.abs(frobeniusBound({ learningRate, sampleCount: 1, ...pair, frobeniusNorm: 4 }).slack)).toBeLessThan(
      1e-9,
    );
  });
});

describe("alignmentBound", () => {
  it("is √(B/μ₀)/η with replacement, and not √(B/η), and has p_B in the place of 1/B without", () => {
    const { measured, bound, slack } = alignmentBound({ ...sgd, frobeniusNorm: 3, alignment: 0.25 });
    expect([measured, bound, slack]).toEqual([3, 8, 0.625]);
    expect(bound).not.toBeCloseTo(Math.sqrt(4 / 0.5 / 0.25), 3);
    const without = alignmentBound({ ...sgd, sampling: "without replacement", frobeniusNorm: 3, alignment: 0.25 });
    // p_B = (10 − 4)/(4·9) = 1/6.
    expect(without.bound).toBeCloseTo(Math.sqrt(6 / 0.25) / 0.5, 12);
  });
});

describe("secondMomentAlignmentBound", () => {
  it("is min(B/√((B−1)μ₁), 2B/μ₁)/η with replacement", () => {
    for (const batchSize of [1, 2, 5, 40]) {
      for (const mu of [0.1, 1, 3.9]) {
        const { bound } = secondMomentAlignmentBound({ ...sgd, batchSize, frobeniusNorm: 1, alignment: mu });
        const expected = Math.min(batchSize / Math.sqrt((batchSize - 1) * mu), (2 * batchSize) / mu) / 0.5;
        expect(Math.abs(bound - expected)).toBeLessThanOrEqual(8 * EPS * expected);
      }
    }
  });

  it("is where the loss must grow in one step, without replacement too: −p_B/(1 − p_B) is the least factor of the mean", () => {
    const noise = batchNoiseFactor({ ...sgd, sampling: "without replacement" });
    const least = Math.min(
      ...Array.from({ length: 4001 }, (_, k) => 1 - 2 * (k / 1000) + (1 - noise) * (k / 1000) ** 2),
    );
    const mu = 0.01; // so that the first of the two is the smaller one
    const { bound } = secondMomentAlignmentBound({
      ...sgd,
      sampling: "without replacement",
      frobeniusNorm: 1,
      alignment: mu,
    });
    // At the bound the smallest possible growth, least + η²p_Bμ₁‖H‖_F², is 1; the grid misses the minimum by < 0.001².
    expect(Math.abs(least + 0.25 * noise * mu * bound ** 2 - 1)).toBeLessThan(1e-6);
  });
});

describe("all of them", () => {
  it("refuse an alignment that is not positive, and what no SGD can have", () => {
    const norm = { ...sgd, frobeniusNorm: 1 };
    for (const alignment of [0, -0.1, NaN, Infinity]) {
      expect(() => alignmentBound({ ...norm, alignment })).toThrow(
        "alignmentBound: the alignment μ₀ must be positive and finite, for noise that need not be aligned with G gives no " +
          `bound, got ${alignment}`,
      );
      expect(() => secondMomentAlignmentBound({ ...norm, alignment })).toThrow("the alignment μ₁ must be positive");
    }
    expect(() => alignmentBound({ ...norm, alignment: 1, learningRate: 0 })).toThrow(
      "alignmentBound: learningRate must be positive and finite, got 0",
    );
    expect(() => traceBound({ ...sgd, trace: 1, batchSize: 0 })).toThrow("batchSize must be a positive integer, got 0");
    expect(() => frobeniusBound({ ...norm, batchSize: 11, sampling: "without replacement" })).toThrow(
      "batchSize must be at most sampleCount = 10 without replacement, got 11",
    );
    expect(() => traceBound({ ...sgd, trace: -1 })).toThrow("traceBound: Tr H must be finite and at least 0, got -1");
    expect(() => rankBound({ frobeniusNorm: 1, rank: 0, learningRate: 1 })).toThrow(
      "rankBound: the rank must be a positive",
    );
    expect(() => sharpnessBound({ sharpness: NaN, learningRate: 1 })).toThrow(
      "sharpnessBound: λ_max(H) must be finite",
    );
  });
});
