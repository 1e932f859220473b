import { matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { denseOperator } from "../../lib/core/dense-operator";
import { linearOperator } from "../../lib/core/linear-operator";
import { powerIteration } from "../../lib/core/power-iteration";
import { length, orthogonalMatrix, planted, product, times, transposed } from "./operator-oracles";

const stream = randomStream(1, "power iteration");
const ones = (n: number): Float64Array => new Float64Array(n).fill(1);

describe("powerIteration", () => {
  it("finds the eigenvalue of largest modulus, also a negative one", async () => {
    for (const top of [3, -3]) {
      const A = planted(orthogonalMatrix(stream, 8), [top, 2, 1.5, 1, -1, 0.5, 0, -2]);
      const { value, vector, residual, converged, message } = await powerIteration(denseOperator(A), ones(8));
      expect(converged).toBe(true);
      expect(message).toMatch(/^converged: relative residual \d\.\de-11 after \d+ iterations$/);
      // For a symmetric matrix an eigenvalue is within the residual; planting and products round by n·eps·‖A‖.
      expect(Math.abs(value - top)).toBeLessThanOrEqual(1e-10 * 3 + 100 * Number.EPSILON * 3);
      const defect = times(A, vector).map((entry, k) => entry - value * vector[k]);
      expect(Math.abs(length(defect) / length(times(A, vector)) - residual)).toBeLessThanOrEqual(100 * Number.EPSILON);
      expect(Math.abs(length(vector) - 1)).toBeLessThanOrEqual(10 * Number.EPSILON);
    }
  });

  it("finds the spectral radius of a second-moment map that is not self-adjoint, from the identity", async () => {
    // Heavy-ball steps: A_i = [[1 + β − ηa_i, −β], [1, 0]] for two curvatures. On moments (m₁₁, m₁₂, m₂₂) the map
    // M ↦ mean A_i M A_iᵀ is the matrix below, whose radius is the largest root of its cubic, found by bisection.
    const [eta, beta] = [0.7, 0.4];
    const factors = [0.5, 2.5].map((a) => matrix([[1 + beta - eta * a, -beta], [1, 0]])); // prettier-ignore
    const apply = (data: Float64Array): Float64Array => {
      const terms = factors.map((A) => product(product(A, { rows: 2, cols: 2, data }), transposed(A)).data);
      return terms[0].map((entry, k) => (entry + terms[1][k]) / 2);
    };
    const map = linearOperator({ rows: 4, cols: 4, apply });
    const { value, converged, vector } = await powerIteration(map, Float64Array.of(1, 0, 0, 1));
    expect(converged).toBe(true);

    const c = [0.5, 2.5].map((a) => 1 + beta - eta * a);
    const [mean, square] = [(c[0] + c[1]) / 2, (c[0] ** 2 + c[1] ** 2) / 2];
    // m₁₁' = E c² m₁₁ − 2βE c m₁₂ + β² m₂₂; m₁₂' = E c m₁₁ − β m₁₂; m₂₂' = m₁₁
    const characteristic = (x: number): number =>
      (square - x) * (-beta - x) * -x + 2 * beta * mean * (mean * -x) + beta ** 2 * -(-beta - x);
    let [low, high] = [value - 0.05, value + 0.05];
    expect(characteristic(low) * characteristic(high)).toBeLessThan(0);
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (characteristic(middle) * characteristic(low) > 0) low = middle;
      else high = middle;
    }
    for (let x = high + 1e-6; x < 5; x += 1e-3) expect(characteristic(x) * characteristic(5)).toBeGreaterThan(0);
    // Not symmetric: the residual counts times the condition of the eigenvalue, here a small number.
    expect(Math.abs(value - low)).toBeLessThanOrEqual(20 * 1e-10);
    // Its eigenvector is a covariance: positive definite.
    expect(vector[0] * vector[3] - vector[1] * vector[2]).toBeGreaterThan(0);
    expect(vector[0]).toBeGreaterThan(0);
  });

  it("names what is in its way: two eigenvalues of one modulus, a complex pair, two close ones", async () => {
    const options = { maxIterations: 100 };
    const opposite = planted(orthogonalMatrix(stream, 4), [2, -2, 1, 0.5]);
    const first = await powerIteration(denseOperator(opposite), ones(4), options);
    expect(first.converged).toBe(false);
    expect(first.iterations).toBe(101);
    expect(first.message).toMatch(
      /^not converged: relative residual .* above the tolerance 1e-10; the dominant eigenvalues are two near 2 and -2 of one modulus/,
    );
    // Rotation by 60° and growth by 1.5: 0.75 ± 1.299i.
    const [c, s] = [0.75, 1.5 * Math.sqrt(0.75)];
    const rotation = denseOperator(matrix([[c, -s, 0], [s, c, 0], [1, 1, 0.3]])); // prettier-ignore
    const second = await powerIteration(rotation, ones(3), options);
    expect(second.message).toContain("a complex pair near 0.75 ± 1.299i of modulus 1.5, between which");
    const close = planted(orthogonalMatrix(stream, 4), [2, 1.999, 0.1, 0.05]);
    const third = await powerIteration(denseOperator(close), ones(4), options);
    expect(third.message).toContain("the two dominant eigenvalues, near 2 and 1.999, are close in modulus: raise");
    const crowd = planted(
      orthogonalMatrix(stream, 30),
      Array.from({ length: 30 }, (_, k) => 1 - k / 1000),
    );
    const fourth = await powerIteration(denseOperator(crowd), ones(30), options);
    expect(fourth.message).toMatch(/; raise maxIterations or the tolerance$/);
    for (const result of [first, second, third, fourth]) expect(result.residual).toBeGreaterThan(1e-10);
  });

  it("is no trouble at 0, and names an overflow", async () => {
    const nilpotent = denseOperator(matrix([[0, 1, 0], [0, 0, 1], [0, 0, 0]])); // prettier-ignore
    expect(await powerIteration(nilpotent, ones(3))).toMatchObject({
      value: 0,
      residual: 0,
      iterations: 3, // its third power is 0
      converged: true,
      message: "converged: after 3 iterations nothing is left of the start, as for a nilpotent map",
    });
    const huge = linearOperator({ rows: 2, cols: 2, apply: () => Float64Array.of(1e200, 1e200) });
    await expect(powerIteration(huge, ones(2))).rejects.toThrow(
      "powerIteration: the norm of a product must not overflow, got Infinity",
    );
  });

  it("refuses what does not fit", async () => {
    const I = denseOperator(matrix([[1, 0], [0, 1]])); // prettier-ignore
    const wide = denseOperator(matrix([[1, 0]]));
    await expect(powerIteration(wide, ones(2))).rejects.toThrow("powerIteration: the operator must be square, got 1×2");
    await expect(powerIteration(I, ones(3))).rejects.toThrow("powerIteration: the start must have 2 entries, got 3");
    await expect(powerIteration(I, new Float64Array(2))).rejects.toThrow("must be finite and not 0, got the norm 0");
    await expect(powerIteration(I, ones(2), { tolerance: 0 })).rejects.toThrow("powerIteration: tolerance must be");
    await expect(powerIteration(I, ones(2), { maxIterations: 0.5 })).rejects.toThrow(
      "must be a positive integer, got 0.5",
    );
    const broken = linearOperator({ rows: 2, cols: 2, apply: (x) => x });
    const nan = { ...broken, apply: () => Float64Array.of(0, NaN) };
    await expect(powerIteration(nan, ones(2))).rejects.toThrow(
      "powerIteration: the product must be finite, got NaN in entry 1",
    );
  });
});
