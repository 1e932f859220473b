import { eigh, frobeniusNorm, gram, matrix, randomStream, subtract } from "flat-minima/core";
import { alignmentCertificates, meanSquareThresholdFromGram, repairedGramMatrix } from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import { randomMatrix } from "./oracles";

const SINGLE = 2 ** -24;

/** J Jᵀ in float32, entry by entry, in an order that differs above and below the diagonal. */
function singleGram(n: number, p: number, seed: number) {
  const gradients = randomMatrix(randomStream(seed, "float32", n, p), n, p);
  gradients.data.forEach((value, k) => (gradients.data[k] = Math.fround(value)));
  const exact = gram(gradients);
  const rounded = { rows: n, cols: n, data: new Float64Array(n * n) };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < p; l++) {
        const k = i < j ? p - 1 - l : l;
        sum = Math.fround(sum + Math.fround(gradients.data[i * p + k] * gradients.data[j * p + k]));
      }
      rounded.data[i * n + j] = sum;
    }
  }
  return { exact, rounded };
}

describe("repairedGramMatrix", () => {
  it("makes a Gram matrix in float32 one that every function takes, near the exact one", async () => {
    for (const [n, p] of [
      [6, 50],
      [12, 5],
      [20, 8],
    ]) {
      const { exact, rounded } = singleGram(n, p, n);
      const repaired = repairedGramMatrix(rounded, SINGLE);
      // Each entry is off by at most p·u of the product of the lengths; what is set to 0 is about as large, in each of n
      // directions.
      const size = frobeniusNorm(exact);
      expect(frobeniusNorm(subtract(repaired, exact))).toBeLessThanOrEqual(4 * (n + p) * SINGLE * size);
      const { values } = eigh(repaired);
      expect(values[0]).toBeGreaterThanOrEqual(-n * Number.EPSILON * values[n - 1]);
      const rank = values.filter((value) => value > SINGLE * values[n - 1]).length;
      expect(rank).toBe(Math.min(n, p));
      const rule = { batchSize: 2, sampling: "with replacement" } as const;
      const [threshold, expected] = await Promise.all([
        meanSquareThresholdFromGram({ gram: repaired, ...rule }),
        meanSquareThresholdFromGram({ gram: exact, ...rule }),
      ]);
      expect(Math.abs(threshold.value / expected.value - 1)).toBeLessThan(1e-4);
      if (p > n) expect(alignmentCertificates(repaired).mu.value).toBeGreaterThan(0);
      else expect(() => alignmentCertificates(repaired)).toThrow(`got rank ${p}`);
    }
  });

  it("changes a Gram matrix in float64 by rounding only", () => {
    const exact = gram(randomMatrix(randomStream(1, "exact"), 6, 20));
    const repaired = repairedGramMatrix(exact, Number.EPSILON / 2);
    expect(frobeniusNorm(subtract(repaired, exact))).toBeLessThanOrEqual(100 * Number.EPSILON * frobeniusNorm(exact));
  });

  it("refuses what rounding does not explain", () => {
    expect(() =>
      repairedGramMatrix(
        matrix([
          [1, 2],
          [2, 1],
        ]),
        SINGLE,
      ),
    ).toThrow("repairedGramMatrix: the Gram matrix must be positive semi-definite up to rounding");
    expect(() =>
      repairedGramMatrix(
        matrix([
          [1, 0.1],
          [0, 1],
        ]),
        SINGLE,
      ),
    ).toThrow("must be symmetric up to rounding");
    expect(() => repairedGramMatrix(matrix([[1, 2]]), SINGLE)).toThrow("must be square, got 1×2");
    expect(() => repairedGramMatrix(matrix([[1]]), 0)).toThrow("unitRoundoff must be between 0 and 0.01, got 0");
  });
});
