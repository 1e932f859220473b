import { gram, matrix, outer, randomStream, rowOf } from "flat-minima/core";
import { nonUniformityFromGram, nonUniformityOfHessians } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

describe("nonUniformityFromGram", () => {
  it.each([
    [1, 3],
    [4, 1],
    [5, 3],
    [6, 12],
    [12, 12],
  ])("is that of the per-sample Hessians gᵢgᵢᵀ, %i samples in %i dimensions", (n, d) => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = randomStream(seed, "gradients");
      // Lengths over two orders of magnitude, so that samples differ.
      const rows = Array.from({ length: n }, () => {
        const length = Math.exp(2 * stream.normal());
        return Array.from(stream.normals(d), (g) => length * g);
      });
      const gradients = matrix(rows);
      const dense = nonUniformityOfHessians(rows.map((_, i) => outer(rowOf(gradients, i), rowOf(gradients, i))));
      // s² comes from eigenvalues of matrices of norm at most max‖g‖⁴, each known to some n·eps of it. One sample has
      // s = 0, of which both sides know the square to that.
      const size = Math.max(...rows.map((row) => row.reduce((sum, g) => sum + g * g, 0))) ** 2;
      const tolerance = 20 * (n + d) * Number.EPSILON * size;
      expect(Math.abs(nonUniformityFromGram(gram(gradients)) ** 2 - dense ** 2)).toBeLessThanOrEqual(tolerance);
    }
  });

  it("vanishes when all samples agree", () => {
    // Its square is known to n·eps.
    expect(
      nonUniformityFromGram(
        matrix([
          [1, 1],
          [1, 1],
        ]),
      ),
    ).toBeLessThan(1e-7);
  });

  it.each([
    ["not square", matrix([[1, 0]]), "the Gram matrix must be square"],
    [
      "not positive",
      matrix([
        [1, 2],
        [2, 1],
      ]),
      "the Gram matrix must be positive semi-definite",
    ],
    ["zero", matrix([[0]]), "the Gram matrix must have a positive eigenvalue"],
  ])("refuses what is %s", (_, K, message) => {
    expect(() => nonUniformityFromGram(K)).toThrow(`nonUniformityFromGram: ${message}`);
  });
});
