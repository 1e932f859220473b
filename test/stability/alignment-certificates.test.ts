import { gram, matrix, norm, randomStream, scale } from "flat-minima/core";
import { alignmentCertificates, alignmentFactors } from "flat-minima/stability";
import { describe, expect, it } from "vitest";
import { regularGramMatrices } from "./aligned-problems";
import { randomMatrix } from "./oracles";

const EPS = Number.EPSILON;

describe("alignmentCertificates", () => {
  it("are attained at the residuals that they give", () => {
    for (const { gramMatrix, n } of regularGramMatrices("attained")) {
      const { mu1, mu } = alignmentCertificates(gramMatrix);
      expect(norm(mu.residuals)).toBeCloseTo(1, 12);
      // χ_i and K²/n² are sums of n products, and the eigenvalue is known to n·eps of the matrix, which is at most
      // n·χ̄ = n times the unit of μ.
      const tolerance = 20 * n * n * EPS;
      const atMu = alignmentFactors({ gramMatrix, residuals: mu.residuals });
      expect(Math.abs(atMu.mu - mu.value)).toBeLessThanOrEqual(tolerance);
      const atMu1 = alignmentFactors({ gramMatrix, residuals: mu1.residuals });
      expect(Math.abs(atMu1.mu1 - mu1.value)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(mu1.value - atMu1.gamma)).toBeLessThanOrEqual(20 * n * EPS);
      // The factors do not depend on the length of e: the limit along e → 0.
      const tiny = alignmentFactors({ gramMatrix, residuals: mu.residuals.map((e) => e * 2 ** -100) });
      expect(tiny.mu).toBe(atMu.mu);
    }
  });

  it("are not undercut by random residuals, nor by small changes of those that attain them", () => {
    for (const { gramMatrix, n } of regularGramMatrices("undercut")) {
      const { mu1, mu } = alignmentCertificates(gramMatrix);
      const stream = randomStream(3, "residuals", n);
      const tolerance = 20 * n * n * EPS;
      let closest = Infinity;
      for (let trial = 0; trial < 40; trial++) {
        const random = stream.normals(n);
        const near = random.map((value, i) => mu.residuals[i] + value * 10 ** (-trial / 5));
        for (const residuals of [random, near]) {
          const factors = alignmentFactors({ gramMatrix, residuals });
          expect(factors.mu).toBeGreaterThanOrEqual(mu.value - tolerance);
          expect(factors.mu1).toBeGreaterThanOrEqual(mu1.value - tolerance);
          closest = Math.min(closest, factors.mu - mu.value);
        }
      }
      // Quadratically near: the last changes are of 1e-8.
      expect(closest).toBeLessThan(1e-9);
    }
  });

  it("are sharper than γ − τ, and not γ", () => {
    for (const { gramMatrix } of regularGramMatrices("sharper")) {
      const { mu1, mu } = alignmentCertificates(gramMatrix);
      const { gamma, tau } = alignmentFactors({ gramMatrix, residuals: mu.residuals });
      expect(mu.value).toBeGreaterThan(gamma - tau);
      expect(mu.value).toBeLessThan(mu1.value);
      expect(mu.value).toBeGreaterThan(0);
    }
  });

  it("have the closed forms of K = cI, γ = 1 and 1 − 1/n, at any scale", () => {
    for (const c of [1e-200, 1, 1e200]) {
      const { mu1, mu } = alignmentCertificates(
        scale(
          matrix([
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ]),
          c,
        ),
      );
      expect(Math.abs(mu1.value - 1)).toBeLessThanOrEqual(4 * EPS);
      expect(Math.abs(mu.value - 2 / 3)).toBeLessThanOrEqual(20 * EPS);
    }
  });

  it("refuse a singular K: duplicate samples, and more samples than parameters", () => {
    const gradients = randomMatrix(randomStream(1, "duplicates"), 4, 6);
    gradients.data.copyWithin(18, 0, 6);
    const message =
      "alignmentCertificates: the Gram matrix must be regular, of rank 4 (duplicate samples, or fewer parameters than " +
      "samples, make it singular: leave out samples until it is regular), got rank 3";
    expect(() => alignmentCertificates(gram(gradients))).toThrow(message);
    expect(() => alignmentCertificates(gram(randomMatrix(randomStream(2, "few"), 4, 3)))).toThrow(message);
  });

  it("refuse what is no Gram matrix", () => {
    expect(() => alignmentCertificates(matrix([[0]]))).toThrow(
      "alignmentCertificates: the gradients must not vanish, the mean of the ‖g_i‖² is, got 0",
    );
    expect(() =>
      alignmentCertificates(
        matrix([
          [1, 2],
          [2, 1],
        ]),
      ),
    ).toThrow("alignmentCertificates: a Gram matrix must be");
  });
});
