import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { batchNoiseFactor, type BatchScheme, drawBatch, enumerateBatches } from "flat-minima/optimizers";

/** All n^B tuples, by counting in base n. */
function tuples(n: number, B: number): number[][] {
  return Array.from({ length: n ** B }, (_, code) =>
    Array.from({ length: B }, (_, k) => Math.floor(code / n ** k) % n),
  );
}

describe("batchNoiseFactor", () => {
  it("is the variance of a batch mean over the variance of a sample", () => {
    for (let seed = 0; seed < 5; seed++) {
      const stream = randomStream(seed, "noise factor");
      for (const [n, B] of [
        [2, 1],
        [3, 2],
        [4, 3],
        [5, 2],
        [5, 5],
      ]) {
        const values = Array.from({ length: n }, () => stream.normal());
        const mean = values.reduce((sum, value) => sum + value) / n;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
        for (const sampling of ["with replacement", "without replacement"] as const) {
          const batches = tuples(n, B).filter(
            (batch) => sampling === "with replacement" || new Set(batch).size === batch.length,
          );
          const batchMeans = batches.map((batch) => batch.reduce((sum, i) => sum + values[i], 0) / B);
          const batchVariance = batchMeans.reduce((sum, value) => sum + (value - mean) ** 2, 0) / batches.length;
          const factor = batchNoiseFactor({ sampleCount: n, batchSize: B, sampling });
          // A sum of N terms of size at most max² is off by N·eps·max²; the mean of squares by as much relatively.
          const largest = Math.max(...values.map(Math.abs));
          const tolerance = 4 * (batches.length + n) * Number.EPSILON * largest ** 2;
          expect(Math.abs(batchVariance - factor * variance)).toBeLessThanOrEqual(tolerance);
        }
      }
    }
  });

  it("is 0 for a single sample without replacement, and 0 for the full batch", () => {
    expect(batchNoiseFactor({ sampleCount: 1, batchSize: 1, sampling: "without replacement" })).toBe(0);
    expect(batchNoiseFactor({ sampleCount: 7, batchSize: 7, sampling: "without replacement" })).toBe(0);
  });

  it("refuses impossible batches", () => {
    const factor = (sampleCount: number, batchSize: number, sampling: string): (() => number) => {
      return () => batchNoiseFactor({ sampleCount, batchSize, sampling } as BatchScheme);
    };
    expect(factor(3, 0, "with replacement")).toThrow("batchNoiseFactor: batchSize must be a positive integer, got 0");
    expect(factor(3, 1.5, "with replacement")).toThrow("batchSize must be a positive integer, got 1.5");
    expect(factor(0, 1, "with replacement")).toThrow("sampleCount must be a positive integer, got 0");
    expect(factor(3, 4, "without replacement")).toThrow(
      "batchSize must be at most sampleCount = 3 without replacement, got 4",
    );
    expect(factor(1, 2, "without replacement")).toThrow("at most sampleCount = 1");
    expect(factor(3, 1, "epochs")).toThrow('sampling must be "with replacement" or "without replacement", got epochs');
    expect(factor(3, 4, "with replacement")()).toBe(0.25);
  });
});

describe("enumerateBatches", () => {
  it("lists every tuple with replacement, every subset without", () => {
    for (const [n, B] of [
      [1, 1],
      [3, 2],
      [4, 3],
      [5, 5],
    ]) {
      const names = (batches: number[][]): string[] => batches.map(String).sort();
      expect(names(enumerateBatches({ sampleCount: n, batchSize: B, sampling: "with replacement" }))).toEqual(
        names(tuples(n, B)),
      );
      const increasing = tuples(n, B).filter((batch) => batch.every((i, k) => k === 0 || batch[k - 1] < i));
      expect(names(enumerateBatches({ sampleCount: n, batchSize: B, sampling: "without replacement" }))).toEqual(
        names(increasing),
      );
    }
  });

  it("refuses more than a million batches", () => {
    expect(() => enumerateBatches({ sampleCount: 40, batchSize: 20, sampling: "without replacement" })).toThrow(
      "enumerateBatches: the number of batches must be at most 1000000, got 137846528820 (sampleCount 40",
    );
    expect(() => enumerateBatches({ sampleCount: 101, batchSize: 3, sampling: "with replacement" })).toThrow(
      "got 1030301",
    );
  });
});

describe("drawBatch", () => {
  it("is the stream's choice without replacement", () => {
    const scheme: BatchScheme = { sampleCount: 50, batchSize: 7, sampling: "without replacement" };
    const [stream, twin] = [randomStream(2), randomStream(2)];
    for (let k = 0; k < 5; k++) expect(drawBatch(stream, scheme)).toEqual(twin.choice(50, 7));
    expect(stream.integer(1000)).toBe(twin.integer(1000));
  });

  it("hands out the stream's integers with replacement", () => {
    const [stream, twin] = [randomStream(2), randomStream(2)];
    const batch = drawBatch(stream, { sampleCount: 4, batchSize: 30, sampling: "with replacement" });
    expect(batch).toEqual(Array.from({ length: 30 }, () => twin.integer(4)));
  });

  it("is the same for the same seed and refuses impossible batches", () => {
    const scheme: BatchScheme = { sampleCount: 100, batchSize: 10, sampling: "without replacement" };
    expect(drawBatch(randomStream(3, "a"), scheme)).toEqual(drawBatch(randomStream(3, "a"), scheme));
    expect(drawBatch(randomStream(3, "a"), scheme)).not.toEqual(drawBatch(randomStream(3, "b"), scheme));
    expect(() => drawBatch(randomStream(3), { ...scheme, batchSize: 101 })).toThrow("drawBatch: batchSize");
  });
});
