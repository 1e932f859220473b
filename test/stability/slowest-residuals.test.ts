import { gram, matrix, randomStream } from "flat-minima/core";
import { alignmentFactors, slowestResiduals } from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import { randomMatrix } from "./oracles";

describe("slowestResiduals", () => {
  it("give the limit of the factors along gradient descent, whatever the start", () => {
    const n = 5;
    const gramMatrix = gram(randomMatrix(randomStream(4, "descent"), n, 7));
    const limit = alignmentFactors({ gramMatrix, residuals: slowestResiduals(gramMatrix) });
    const step = (e: Float64Array) =>
      e.map((value, i) => value - 0.1 * e.reduce((sum, other, j) => sum + (gramMatrix.data[i * n + j] * other) / n, 0));
    for (const seed of [1, 2]) {
      let residuals: Float64Array = randomStream(seed, "start").normals(n);
      const before = alignmentFactors({ gramMatrix, residuals });
      expect(Math.abs(before.mu - limit.mu)).toBeGreaterThan(0.01);
      // The largest of the four other modes falls against the slowest by (1 − .1λ₂)/(1 − .1λ₁) a step.
      for (let t = 0; t < 3000; t++) residuals = step(residuals);
      const after = alignmentFactors({ gramMatrix, residuals });
      for (const name of ["alpha", "beta", "mu", "mu1", "mu2"] as const) {
        expect(Math.abs(after[name] - limit[name]), name).toBeLessThan(1e-8);
      }
    }
  });

  it("lie in the range of a singular K, where alone residuals can move", () => {
    const gradients = randomMatrix(randomStream(5, "singular"), 4, 2);
    const e = slowestResiduals(gram(gradients));
    // The two directions of the range are combinations of the columns of the gradients: solve for e by least squares.
    const [a, b] = [0, 1].map((k) => Float64Array.from({ length: 4 }, (_, i) => gradients.data[2 * i + k]));
    const inner = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    const determinant = inner(a, a) * inner(b, b) - inner(a, b) ** 2;
    const [s, t] = [
      (inner(e, a) * inner(b, b) - inner(e, b) * inner(a, b)) / determinant,
      (inner(e, b) * inner(a, a) - inner(e, a) * inner(a, b)) / determinant,
    ];
    e.forEach((value, i) => expect(Math.abs(value - s * a[i] - t * b[i])).toBeLessThan(1e-12));
  });

  it("refuse a matrix that is no Gram matrix", () => {
    expect(() =>
      slowestResiduals(
        matrix([
          [1, 0.5],
          [0.4, 1],
        ]),
      ),
    ).toThrow("slowestResiduals: a Gram matrix must be symmetric");
    expect(() => slowestResiduals(matrix([[0]]))).toThrow(
      "slowestResiduals: the Gram matrix must have a positive eigenvalue",
    );
  });
});
