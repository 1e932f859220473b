import { gram, matrix, randomStream } from "flat-minima/core";
import {
  alignmentCertificates,
  alignmentFactors,
  analyzeGram,
  type GramAnalysis,
  meanSquareThresholdFromGram,
  slowestResiduals,
  traceBound,
} from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import { regularGramMatrices } from "./aligned-problems";
import { randomMatrix, SAMPLINGS } from "./oracles";

const gradients = randomMatrix(randomStream(1, "analysis"), 6, 10);
const gramMatrix = gram(gradients);
const residuals = randomStream(2, "analysis").normals(6);
const sgd = { learningRate: 0.1, batchSize: 2, sampling: "with replacement" } as const;

/** The condition whose formula begins so. */
const named = (analysis: GramAnalysis, start: string) =>
  analysis.conditions.find(({ formula }) => formula.startsWith(start))!;

describe("analyzeGram", () => {
  it("is what the single functions say", async () => {
    const analysis = await analyzeGram({ gramMatrix, residuals, ...sgd, parameterCount: 10 });
    const factors = alignmentFactors({ gramMatrix, residuals });
    expect(analysis).toMatchObject({ sampleCount: 6, rank: 6, noiseFactor: 0.5, factors, factorsOf: "the residuals" });
    expect(analysis.certificates).toEqual({ ...alignmentCertificates(gramMatrix), attained: true });
    const { batchSize, sampling } = sgd;
    expect(analysis.threshold).toEqual(await meanSquareThresholdFromGram({ gram: gramMatrix, batchSize, sampling }));
    // λ₁ and Tr G of the spectrum are those of the factors.
    expect(analysis.eigenvalues[0]).toBeCloseTo(Math.sqrt(factors.tau) * factors.frobeniusNorm, 10);
    expect(analysis.eigenvalues.reduce((sum, value) => sum + value, 0)).toBeCloseTo(factors.trace, 10);
    expect(named(analysis, "Tr G ≤ 2")).toEqual({
      claim: "N1",
      formula: "Tr G ≤ 2/(p_B η)",
      kind: "necessary",
      ...traceBound({ ...sgd, sampleCount: 6, trace: factors.trace }),
    });
    expect(analysis.conditions.map(({ claim }) => claim)).toEqual([
      "N2",
      "W21",
      "A15",
      "N1",
      "N1",
      "A9",
      "A10",
      "A9",
      "A14",
      "A14",
      "A14",
      "A14",
    ]);
    expect(analysis.omitted).toEqual([]);
    expect(structuredClone(analysis)).toEqual(analysis); // plain
  });

  it("finds all necessary conditions to hold below η*, and the exact one violated above", async () => {
    for (const { gramMatrix, n } of regularGramMatrices("analysis")) {
      for (const sampling of SAMPLINGS) {
        for (const batchSize of new Set([1, 2, n])) {
          const { value } = await meanSquareThresholdFromGram({ gram: gramMatrix, batchSize, sampling });
          const at = async (learningRate: number) => analyzeGram({ gramMatrix, learningRate, batchSize, sampling });
          const below = await at(value * (1 - 1e-9));
          for (const { formula, slack, kind } of below.conditions) {
            if (kind === "exact" || kind === "necessary") expect(slack, formula).toBeGreaterThan(0);
          }
          const above = await at(value * (1 + 1e-9));
          expect(named(above, "η ≤ η*").slack).toBeLessThan(0);
          // Far above, each condition is violated.
          const far = await at(value * 1e9);
          expect(far.conditions.filter(({ slack, kind }) => kind === "necessary" && slack > 0)).toEqual([]);
        }
      }
    }
  });

  it("takes the limit of the factors at interpolation", async () => {
    const analysis = await analyzeGram({ gramMatrix, ...sgd });
    expect(analysis.factorsOf).toBe("the slowest direction");
    expect(analysis.factors).toEqual(alignmentFactors({ gramMatrix, residuals: slowestResiduals(gramMatrix) }));
  });

  it("gives lower bounds that need not be attained where K is singular, and says so", async () => {
    const duplicated = randomMatrix(randomStream(3, "analysis"), 4, 6);
    duplicated.data.copyWithin(18, 0, 6);
    const analysis = await analyzeGram({ gramMatrix: gram(duplicated), residuals: residuals.slice(0, 4), ...sgd });
    expect([analysis.rank, analysis.certificates.attained]).toEqual([3, false]);
    expect(analysis.factors.mu).toBeGreaterThanOrEqual(analysis.certificates.mu.value);
    expect([...analysis.eigenvalues.subarray(3)]).toEqual([0]);
  });

  it("says which conditions say nothing, and why", async () => {
    const whole = await analyzeGram({ gramMatrix, residuals, ...sgd, batchSize: 6, sampling: "without replacement" });
    expect(whole.conditions.map(({ claim }) => claim)).toEqual(["N2", "W21", "A15"]);
    expect(new Set(whole.omitted.map(({ reason }) => reason))).toEqual(new Set(["whole batches make no noise"]));
    const single = await analyzeGram({ gramMatrix, residuals, ...sgd, batchSize: 1 });
    expect(single.omitted.map(({ claim, reason }) => [claim, reason])).toEqual([
      ["N1", "no bound of this form for batches of one"],
      ["A14", "needs the number p of parameters"],
      ["A14", "needs the number p of parameters"],
    ]);
    const copies = matrix([
      [1, 1],
      [1, 1],
    ]);
    const unaligned = await analyzeGram({ gramMatrix: copies, residuals: Float64Array.of(1, 0.5), ...sgd });
    expect(unaligned.omitted[0]).toMatchObject({ claim: "A9", reason: "the certified μ₀ vanishes up to rounding" });
    const silent = matrix([
      [1, 0],
      [0, 0],
    ]);
    const withoutGradient = await analyzeGram({ gramMatrix: silent, residuals: Float64Array.of(1, 1), ...sgd });
    expect(withoutGradient.omitted.map(({ reason }) => reason)).toContain("γ vanishes up to rounding");
  });

  it.each<[what: string, change: object, message: string]>([
    ["residuals that vanish", { residuals: new Float64Array(6) }, "at interpolation the factors are limits"],
    ["a learning rate of 0", { learningRate: 0 }, "analyzeGram: learningRate must be positive and finite, got 0"],
    ["an empty batch", { batchSize: 0 }, "batchSize must be a positive integer, got 0"],
    ["fewer parameters than the rank", { parameterCount: 5 }, "the rank of the Gram matrix, 6, got 5"],
    ["no Gram matrix", { gramMatrix: matrix([[1, 2]]) }, "analyzeGram: the Gram matrix must be square, got 1×2"],
    ["residuals of another length", { residuals: Float64Array.of(1) }, "the residuals must have length 6, got 1"],
  ])("refuses %s", async (_, change, message) => {
    await expect(analyzeGram({ gramMatrix, residuals, ...sgd, ...change })).rejects.toThrow(message);
  });
});
