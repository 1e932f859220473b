import { diagonal, matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { conjugateGradients } from "../../lib/core/conjugate-gradients";
import { denseOperator, gramOperator } from "../../lib/core/dense-operator";
import { linearOperator, type LinearOperator } from "../../lib/core/linear-operator";
import { scaledOperator, sumOperator } from "../../lib/core/operator-sums";
import { restrictedOperator } from "../../lib/core/subspace-operators";
import { columnOf, counted, length, orthogonalMatrix, planted, randomMatrix, times } from "./operator-oracles";

const EPS = Number.EPSILON;
const stream = randomStream(1, "conjugate gradients");
const SIZE = 20;
const Q = orthogonalMatrix(stream, SIZE);
const spectrum = Array.from({ length: SIZE }, (_, k) => 1 + k * k);
const CONDITION = 1 + (SIZE - 1) ** 2;
const A = planted(Q, spectrum);
const X = randomMatrix(stream, 60, SIZE);
const larger = orthogonalMatrix(stream, SIZE + 1);
const columns = Array.from({ length: SIZE }, (_, k) => columnOf(larger, k + 1));

/** Positive definite operators, each of condition number at most 400. */
const operators: [string, LinearOperator][] = [
  ["dense", denseOperator(A)],
  ["matrix-free", linearOperator({ rows: SIZE, cols: SIZE, symmetric: true, apply: (x) => times(A, x) })],
  ["Gram", gramOperator(X, { scale: 1 / 60 })],
  ["sum of scaled", sumOperator([scaledOperator(denseOperator(A), 2), gramOperator(X)])],
  ["restricted", restrictedOperator(denseOperator(planted(larger, [-1e3, ...spectrum])), columns)],
];

describe("conjugateGradients", () => {
  it.each(operators)("recovers a planted solution, of the %s operator", async (_, operator) => {
    const x = stream.normals(SIZE);
    const b = operator.apply(x);
    const run = counted(operator);
    for (const options of [{}, { start: stream.normals(SIZE) }]) {
      const before = run.count();
      const { solution, residual, iterations, converged, message } = await conjugateGradients(run, b, options);
      expect(iterations).toBe(run.count() - before);
      expect([converged, message]).toEqual([true, expect.stringMatching(/^converged: relative residual /)]);
      const defect = operator.apply(solution).map((entry, k) => b[k] - entry);
      // Both residuals round their product by n·eps·‖A‖‖x‖, at most κ·n·eps of ‖b‖.
      expect(Math.abs(length(defect) / length(b) - residual)).toBeLessThanOrEqual(2 * 400 * SIZE * EPS);
      expect(residual).toBeLessThanOrEqual(1e-10);
      // ‖x̂ − x‖ ≤ ‖A⁻¹‖‖b − Ax̂‖ ≤ κ · residual · ‖x‖
      expect(length(solution.map((entry, k) => entry - x[k]))).toBeLessThanOrEqual(400 * 1.1e-10 * length(x));
    }
  });

  it("ends after as many steps as there are distinct eigenvalues", async () => {
    const three = planted(Q, spectrum.map((_, k) => [1, 5, 40][k % 3])); // prettier-ignore
    const { iterations, converged } = await conjugateGradients(denseOperator(three), stream.normals(SIZE));
    expect([converged, iterations]).toEqual([true, 3 + 1]); // the last product measures
  });

  it("keeps to its bound: √κ/2·log(2√κ/tolerance) steps", async () => {
    // The energy norm of the error falls by 2((√κ − 1)/(√κ + 1))^k; the residual is within √κ of it.
    const { iterations } = await conjugateGradients(denseOperator(A), stream.normals(SIZE));
    expect(iterations).toBeLessThanOrEqual(
      (Math.sqrt(CONDITION) / 2) * Math.log((2 * Math.sqrt(CONDITION)) / 1e-10) + 2,
    );
  });

  it("is at once where a preconditioner is the inverse, and sooner where it is close", async () => {
    const scales = Array.from({ length: SIZE }, (_, k) => 10 ** (k / 4));
    const steep = denseOperator(diagonal(scales));
    const inverse = denseOperator(diagonal(scales.map((value) => 1 / value)));
    const b = stream.normals(SIZE);
    const plain = await conjugateGradients(steep, b);
    const exact = await conjugateGradients(steep, b, { preconditioner: inverse });
    expect(exact.iterations).toBe(2);
    exact.solution.forEach((entry, k) => expect(Math.abs(entry - b[k] / scales[k])).toBeLessThanOrEqual(1e-9 * Math.abs(b[k]))); // prettier-ignore
    const near = denseOperator(diagonal(scales.map((value, k) => (1 + 0.1 * Math.sin(k)) / value)));
    const close = await conjugateGradients(steep, b, { preconditioner: near });
    expect([plain.converged, close.converged]).toEqual([true, true]);
    expect(close.iterations).toBeLessThan(plain.iterations / 2);
  });

  it("names a curvature that is not positive, and returns nothing", async () => {
    const indefinite = denseOperator(planted(Q, spectrum.map((value, k) => (k === 7 ? -3 : value)))); // prettier-ignore
    await expect(conjugateGradients(indefinite, columnOf(Q, 7))).rejects.toThrow(
      /^conjugateGradients: the operator must be positive definite, got a direction p with pᵀAp\/pᵀp = -(3|2\.9999\d+|3\.0000\d+) after 1 products$/,
    );
    await expect(conjugateGradients(indefinite, stream.normals(SIZE))).rejects.toThrow("must be positive definite");
    const singular = denseOperator(diagonal([1, 0]));
    await expect(conjugateGradients(singular, Float64Array.of(0, 1))).rejects.toThrow("pᵀAp/pᵀp = 0 after 1 products");
    const consistent = await conjugateGradients(singular, Float64Array.of(2, 0));
    expect(consistent.solution).toEqual(Float64Array.of(2, 0));
    const negative = denseOperator(diagonal([-1, -1]));
    await expect(
      conjugateGradients(denseOperator(diagonal([1, 2])), Float64Array.of(1, 1), { preconditioner: negative }),
    ).rejects.toThrow(
      "conjugateGradients: the preconditioner must be positive definite, got rᵀM⁻¹r = -2 after 0 products",
    );
  });

  it("does not believe its own recurrence: on a terrible system it measures, and goes on or says so", async () => {
    // κ = 1e12: the recurrence's residual goes below any tolerance, the true one only to about κ·eps·(a few).
    const terrible = planted(Q, spectrum.map((_, k) => 10 ** ((-12 * k) / (SIZE - 1)))); // prettier-ignore
    for (const tolerance of [1e-6, 1e-10, 1e-15]) {
      const b = stream.normals(SIZE);
      const { solution, residual, converged } = await conjugateGradients(denseOperator(terrible), b, { tolerance });
      const truth = length(times(terrible, solution).map((entry, k) => b[k] - entry)) / length(b);
      // Products round by n·eps·‖A‖‖x‖, and ‖x‖ may be 1e12 ‖b‖.
      expect(Math.abs(truth - residual)).toBeLessThanOrEqual((2 * SIZE * EPS * length(solution)) / length(b));
      expect(converged).toBe(residual <= tolerance);
    }
  });

  it("says so when it did not get there", async () => {
    const b = stream.normals(SIZE);
    const early = await conjugateGradients(denseOperator(A), b, { maxIterations: 4 });
    expect(early).toMatchObject({ converged: false, iterations: 5 });
    expect(early.message).toMatch(
      /^not converged: .* after 5 iterations, above the tolerance 1e-10; raise maxIterations/,
    );
    const truth = length(times(A, early.solution).map((entry, k) => b[k] - entry)) / length(b);
    expect(Math.abs(truth - early.residual)).toBeLessThanOrEqual(1e-12);
    const later = await conjugateGradients(denseOperator(A), b, { start: early.solution });
    expect(later.converged).toBe(true);
  });

  it("solves for 0 by 0, and refuses what does not fit", async () => {
    const I = denseOperator(matrix([[1, 0], [0, 1]])); // prettier-ignore
    const b = Float64Array.of(1, 2);
    expect(await conjugateGradients(I, new Float64Array(2), { start: b })).toMatchObject({
      solution: new Float64Array(2),
      residual: 0,
      iterations: 0,
      converged: true,
    });
    const solve = (options: object) => conjugateGradients(I, b, options);
    await expect(conjugateGradients(I, Float64Array.of(1))).rejects.toThrow(
      "conjugateGradients: b must have 2 entries, got 1",
    );
    await expect(conjugateGradients(I, Float64Array.of(1, NaN))).rejects.toThrow("b must be finite, got [1, NaN]");
    await expect(solve({ start: Float64Array.of(1) })).rejects.toThrow("start must have 2 entries, got 1");
    await expect(solve({ preconditioner: denseOperator(diagonal([1])) })).rejects.toThrow(
      "the preconditioner must be 2×2, got 1×1",
    );
    await expect(solve({ tolerance: 1e-20 })).rejects.toThrow("conjugateGradients: tolerance must be at least");
    const skew = denseOperator(matrix([[1, 1], [-1, 1]])); // prettier-ignore
    await expect(conjugateGradients(skew, b)).rejects.toThrow("conjugateGradients: the operator must be symmetric");
    await expect(solve({ preconditioner: skew })).rejects.toThrow("conjugateGradients: the operator must be symmetric");
  });
});
