import { matrix } from "flat-minima/core";
import { boundedCrossEntropy } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

describe("boundedCrossEntropy", () => {
  it("is −log max(p_y, p_min)/log(1/p_min), for one output and for three", () => {
    const outputs = [0.3, -2, 5, -0.1];
    const signs = [1, -1, -1, 1];
    const { values } = boundedCrossEntropy(matrix(outputs.map((f) => [f])), matrix(signs.map((y) => [y])), 0.1);
    outputs.forEach((f, i) => {
      const p = 1 / (1 + Math.exp(-signs[i] * f));
      // A dozen roundings of numbers of size at most 7.
      expect(Math.abs(values[i] - Math.log(Math.max(p, 0.1)) / Math.log(0.1))).toBeLessThan(100 * EPS);
    });
    const scores = [1, -0.5, 2];
    const total = scores.reduce((sum, f) => sum + Math.exp(f), 0);
    scores.forEach((f, k) => {
      const unit = [0, 1, 2].map((j) => (j === k ? 1 : 0));
      const [value] = boundedCrossEntropy(matrix([scores]), matrix([unit]), 0.1).values;
      expect(Math.abs(value - Math.log(Math.max(Math.exp(f) / total, 0.1)) / Math.log(0.1))).toBeLessThan(100 * EPS);
    });
  });

  it("has the derivative of a central difference, and 0 where it is cut off", () => {
    const targets = matrix([[1], [-1], [1]]);
    const at = (f: readonly number[]) => boundedCrossEntropy(matrix(f.map((value) => [value])), targets, 0.2);
    const outputs = [0.3, 0.7, -3]; // the last has p_y = 0.047
    const { derivative, values } = at(outputs);
    expect(values[2]).toBe(1);
    outputs.forEach((_, i) => {
      const [up, down] = [1e-5, -1e-5].map((h) => at(outputs.map((f, j) => (i === j ? f + h : f))).values[i]);
      // Third derivative below ¼/log 5: truncation 3e-12; rounding eps/h = 2e-11.
      expect(Math.abs(derivative.data[i] - (up - down) / 2e-5)).toBeLessThan(1e-10);
    });
    expect(derivative.data[2]).toBe(0);
  });

  it("refuses what it has no meaning for", () => {
    const one = matrix([[1]]);
    expect(() => boundedCrossEntropy(one, matrix([[0]]), 0.1)).toThrow("boundedCrossEntropy: targets");
    expect(() => boundedCrossEntropy(matrix([[1, 2]]), matrix([[0.5, 0.5]]), 0.1)).toThrow(
      "one 1 in each row, got 0.5",
    );
    expect(() => boundedCrossEntropy({ rows: 1, cols: 1, data: Float64Array.of(NaN) }, one, 0.1)).toThrow(
      "outputs must be finite, got NaN",
    );
    for (const bad of [0, 1, NaN, -1]) {
      expect(() => boundedCrossEntropy(one, one, bad)).toThrow("leastProbability must be in (0, 1), got");
    }
  });
});
