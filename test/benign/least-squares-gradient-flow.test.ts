import { leastSquaresGradientFlow } from "flat-minima/benign";
import { matrix, norm, randomStream, rowOf } from "flat-minima/core";
import { leastSquares } from "flat-minima/models";
import { gradientFlow } from "flat-minima/optimizers";
import { describe, expect, it } from "vitest";
import { solved } from "./dense-oracles";

const EPS = Number.EPSILON;
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => norm(Array.from(a, (v, k) => v - b[k]));

const stream = randomStream(2, "flow");
const [n, p] = [4, 9];
const inputs = { rows: n, cols: p, data: stream.normals(n * p) };
const targets = stream.normals(n);
const start = stream.normals(p);
const rows = Array.from({ length: n }, (_, i) => Array.from(rowOf(inputs, i)));
const product = (row: readonly number[], w: ArrayLike<number>): number => row.reduce((sum, x, j) => sum + x * w[j], 0);
/** Xᵀ(XXᵀ)⁻¹z. */
const lifted = (z: readonly number[]): number[] => {
  const weights = solved(
    rows.map((a) => rows.map((b) => product(a, b))),
    z,
  );
  return Array.from({ length: p }, (_, j) => rows.reduce((sum, row, i) => sum + row[j] * weights[i], 0));
};

describe("gradient flow on least squares", () => {
  it("follows the differential equation", async () => {
    const times = [0, 0.01, 0.3, 2, 20];
    const { gradient } = leastSquares(inputs, targets);
    const closed = leastSquaresGradientFlow({ inputs, targets, start, times });
    const integrated = await gradientFlow({ gradient, start, times, tolerance: 1e-10 });
    // Each of some 100 accepted steps errs by at most 1e-10 of |w| or 1 in each entry, and the flow contracts.
    expect(integrated.acceptedSteps).toBeLessThan(300);
    times.forEach((_, k) => {
      expect(difference(closed.parameters[k], integrated.parameters[k])).toBeLessThanOrEqual(300 * 1e-10 * 5);
    });
    expect(closed.parameters[0]).toEqual(start);
    expect(closed.times).toEqual(times);
  });

  it("moves by −t∇L(0) at first, to all digits", () => {
    const t = 1e-12;
    const slope = leastSquares(inputs, targets).gradient(new Float64Array(p));
    const [early] = leastSquaresGradientFlow({ inputs, targets, times: [t] }).parameters;
    // The next term is tλ/2 of it, λ = λ_max(XᵀX/n) ≤ tr(XᵀX)/n = 9 or so; roundings: some n·eps of the eigenvectors.
    const tolerance = 10 * t + 100 * EPS;
    const moved = early.map((value) => -value / t);
    expect(difference(moved, slope)).toBeLessThanOrEqual(tolerance * norm(slope));
  });

  it("ends at the interpolant of least norm, or at the one nearest to where it starts", () => {
    const [fromOrigin] = leastSquaresGradientFlow({ inputs, targets, times: [Infinity] }).parameters;
    const least = lifted(Array.from(targets));
    // κ(XXᵀ) is 6.0 for this matrix; some 10(n + p) roundings.
    const tolerance = 6.1 * 130 * EPS * (norm(least) + norm(start));
    expect(difference(fromOrigin, least)).toBeLessThanOrEqual(tolerance);
    const [fromStart] = leastSquaresGradientFlow({ inputs, targets, start, times: [Infinity] }).parameters;
    const seen = lifted(rows.map((row) => product(row, start)));
    const nearest = least.map((value, j) => value + start[j] - seen[j]);
    expect(difference(fromStart, nearest)).toBeLessThanOrEqual(tolerance);
    expect(difference(fromStart, least)).toBeGreaterThan(1);
    rows.forEach((row, i) =>
      expect(Math.abs(product(row, fromStart) - targets[i])).toBeLessThanOrEqual(norm(row) * tolerance),
    );
  });

  it("with dependent rows ends at the solution of least squares of least norm", () => {
    // The last sample is the sum of the first two, but its target is not: the residual along (1, 1, 0, 0, −1)/√3 stays.
    const more = matrix([...rows, rows[0].map((x, j) => x + rows[1][j])]);
    const odd = Float64Array.of(...targets, 1);
    const [limit] = leastSquaresGradientFlow({ inputs: more, targets: odd, times: [Infinity] }).parameters;
    const gap = (targets[0] + targets[1] - 1) / 3;
    const residual = [gap, gap, 0, 0, -gap];
    const fitted = lifted(Array.from(targets, (y, i) => y - residual[i]));
    // κ of the non-zero part is at most 3 times that of the four rows.
    expect(difference(limit, fitted)).toBeLessThanOrEqual(3 * 6.1 * 140 * EPS * (1 + norm(fitted)));
  });

  it("refuses what is no regression", () => {
    const call = (change: object) => () => leastSquaresGradientFlow({ inputs, targets, times: [1], ...change });
    const name = "leastSquaresGradientFlow: ";
    expect(call({ targets: Float64Array.of(1) })).toThrow(`${name}the targets must have length 4, got 1`);
    expect(call({ start: Float64Array.of(1) })).toThrow(`${name}the start must have length 9, got 1`);
    expect(call({ times: [1, 0] })).toThrow(`${name}times must be at least 0 and ascend, got [1, 0]`);
    expect(call({ times: [NaN] })).toThrow(`${name}times must be at least 0 and ascend, got [NaN]`);
    expect(call({ inputs: matrix([[0], [0], [0], [0]]) })).toThrow(`${name}the inputs must not vanish`);
  });
});
