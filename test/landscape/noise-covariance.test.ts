import { describe, expect, it } from "vitest";
import { matrix, randomStream } from "flat-minima/core";
import { gradientNoiseCovariance } from "flat-minima/landscape";
import { enumerateBatches, type Sampling } from "flat-minima/optimizers";

const EPS = Number.EPSILON;

/** The covariance of the batch mean by running through every batch, which are equally likely. */
function enumerated(rows: number[][], batchSize: number, sampling: Sampling): number[][] {
  const p = rows[0].length;
  const mean = (indices: number[], k: number): number =>
    indices.reduce((sum, i) => sum + rows[i][k], 0) / indices.length;
  const full = rows[0].map((_, k) => mean([...rows.keys()], k));
  const batches = enumerateBatches({ sampleCount: rows.length, batchSize, sampling });
  const noise = batches.map((batch) => full.map((g, k) => mean(batch, k) - g));
  return [...Array(p).keys()].map((k) =>
    [...Array(p).keys()].map((l) => noise.reduce((sum, xi) => sum + xi[k] * xi[l], 0) / noise.length),
  );
}

describe("the covariance of gradient noise", () => {
  it.each(["with replacement", "without replacement"] as const)("is that over all batches %s", (sampling) => {
    for (const [n, p] of [
      [6, 3],
      [2, 4],
      [1, 2],
      [5, 1],
    ]) {
      const stream = randomStream(n, "noise", p);
      const rows = Array.from({ length: n }, () => Array.from(stream.normals(p)));
      for (let batchSize = 1; batchSize <= Math.min(3, n); batchSize++) {
        const exact = enumerated(rows, batchSize, sampling).flat();
        const formula = gradientNoiseCovariance(matrix(rows), { batchSize, sampling });
        // The mean of at most 216 products of deviations below 2·max|g|: its summation, and a few roundings of each.
        const largest = Math.max(...rows.flat().map(Math.abs));
        const tolerance = (216 + 4 * n) * EPS * (2 * largest) ** 2;
        const gap = Math.max(...exact.map((value, k) => Math.abs(value - formula.data[k])));
        expect(gap).toBeLessThanOrEqual(tolerance);
        // n − 1 for n, or an uncentred second moment, would be off by more than that.
        if (n > 2 && batchSize < n) {
          expect(Math.max(...exact.map((value) => Math.abs(value) / (n - 1)))).toBeGreaterThan(tolerance);
        }
      }
    }
  });

  it("is 0 for a batch of all samples without replacement", () => {
    const g = matrix([
      [1, 2],
      [4, 8],
    ]);
    const all = gradientNoiseCovariance(g, { batchSize: 2, sampling: "without replacement" });
    expect(Array.from(all.data)).toEqual([0, 0, 0, 0]);
    const replaced = gradientNoiseCovariance(g, { batchSize: 2, sampling: "with replacement" });
    expect(replaced).toEqual(
      matrix([
        [1.125, 2.25],
        [2.25, 4.5],
      ]),
    );
  });

  it("refuses bad input", () => {
    const rule = { batchSize: 1, sampling: "with replacement" } as const;
    const call = (data: number[][], chosen: { batchSize: number; sampling: Sampling } = rule) =>
      gradientNoiseCovariance(matrix(data), chosen);
    expect(() => gradientNoiseCovariance({ rows: 0, cols: 2, data: new Float64Array(0) }, rule)).toThrow(
      "gradientNoiseCovariance: sampleGradients must not be empty",
    );
    expect(() => gradientNoiseCovariance({ rows: 1, cols: 1, data: Float64Array.of(NaN) }, rule)).toThrow(
      "gradientNoiseCovariance: sampleGradients must be finite, got NaN at (0, 0)",
    );
    expect(() => call([[1]], { ...rule, batchSize: 0 })).toThrow(
      "gradientNoiseCovariance: batchSize must be a positive",
    );
    expect(() => call([[1]], { batchSize: 2, sampling: "without replacement" })).toThrow(
      "gradientNoiseCovariance: batchSize must be at most sampleCount = 1",
    );
  });
});
