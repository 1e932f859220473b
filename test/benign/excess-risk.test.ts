import { excessRisk } from "flat-minima/benign";
import { matrix, type Matrix, randomStream, rowOf } from "flat-minima/core";
import { gaussianInputs } from "flat-minima/data";
import { describe, expect, it } from "vitest";
import { solved } from "./dense-oracles";

const EPS = Number.EPSILON;

/** Xᵀ(XXᵀ)⁻¹y by elimination. */
function interpolant(X: Matrix, targets: readonly number[]): number[] {
  const rows = Array.from({ length: X.rows }, (_, i) => Array.from(rowOf(X, i)));
  const weights = solved(
    rows.map((a) => rows.map((b) => a.reduce((sum, value, j) => sum + value * b[j], 0))),
    targets,
  );
  return Array.from({ length: X.cols }, (_, j) => rows.reduce((sum, row, i) => sum + row[j] * weights[i], 0));
}

/** Σ_j λ_j (θ̂_j − θ*_j)² of the interpolant of these labels. */
const riskOf = (X: Matrix, labels: readonly number[], variances: Float64Array, parameter: Float64Array): number =>
  interpolant(X, labels).reduce((sum, value, j) => sum + variances[j] * (value - parameter[j]) ** 2, 0);

const problem = (seed: number, n: number, p: number) => {
  const stream = randomStream(seed, "excess risk");
  const variances = Float64Array.from({ length: p }, (_, j) => 1 / (1 + j));
  const inputs = gaussianInputs({ sampleCount: n, dimension: p, variances, stream });
  const parameter = stream.normals(p);
  const clean = Array.from({ length: n }, (_, i) => rowOf(inputs, i).reduce((sum, x, j) => sum + x * parameter[j], 0));
  return { variances, inputs, parameter, clean, stream };
};

describe("the excess risk given the inputs", () => {
  it("is the bias of clean labels and the sum over unit noise in each label", () => {
    for (const [n, p] of [
      [1, 1],
      [1, 5],
      [4, 12],
      [10, 40],
    ]) {
      // prettier-ignore
      const { variances, inputs, parameter, clean } = problem(n, n, p);
      const risk = excessRisk({ inputs, variances, parameter, noise: 0.5 });
      // Linear in the labels: for ε = e_i the interpolant is column i of X⁺.
      const bias = riskOf(inputs, clean, variances, parameter);
      let variance = 0;
      for (let i = 0; i < n; i++) {
        const unit = clean.map((_, k) => (k === i ? 1 : 0));
        variance += 0.25 * riskOf(inputs, unit, variances, new Float64Array(p));
      }
      // κ(XXᵀ) is at most 17 here; both lose that times some 10(n + p) roundings.
      const loss = 17 * 10 * (n + p) * EPS;
      expect(Math.abs(risk.variance - variance)).toBeLessThanOrEqual(loss * variance);
      const total = parameter.reduce((sum, value, j) => sum + variances[j] * value ** 2, 0);
      expect(Math.abs(risk.bias - bias)).toBeLessThanOrEqual(loss * total);
      const sum = risk.varianceByDirection.reduce((all, value) => all + value, 0);
      expect(Math.abs(sum - risk.variance)).toBeLessThanOrEqual(p * EPS * risk.variance);
    }
  });

  it("is the mean risk over random noise, which no part alone is", () => {
    const { variances, inputs, parameter, clean, stream } = problem(9, 8, 24);
    const { bias, variance } = excessRisk({ inputs, variances, parameter, noise: 0.7 });
    const draws = Array.from({ length: 4000 }, () =>
      riskOf(
        inputs,
        clean.map((y) => y + 0.7 * stream.normal()),
        variances,
        parameter,
      ),
    );
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const spread = Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws.length - 1));
    const error = spread / Math.sqrt(draws.length);
    expect(Math.abs(bias + variance - mean)).toBeLessThanOrEqual(4 * error);
    for (const wrong of [bias, variance, bias + variance / 0.7]) {
      expect(Math.abs(wrong - mean)).toBeGreaterThan(10 * error);
    }
  });

  it("has the variance n/(p − n − 1) on average over isotropic inputs", () => {
    // E tr (XXᵀ)⁻¹ of a Wishart matrix with p degrees of freedom.
    const [n, p, draws] = [5, 20, 2000];
    const stream = randomStream(4, "Wishart");
    const ones = new Float64Array(p).fill(1);
    const values = Array.from(
      { length: draws },
      () =>
        excessRisk({
          inputs: gaussianInputs({ sampleCount: n, dimension: p, stream }),
          variances: ones,
          parameter: ones,
          noise: 1,
        }).variance,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / draws;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1));
    expect(Math.abs(mean - n / (p - n - 1))).toBeLessThanOrEqual((4 * spread) / Math.sqrt(draws));
    expect(Math.abs(mean - n / p)).toBeGreaterThan((10 * spread) / Math.sqrt(draws));
  });

  it("takes dependent rows by the pseudo-inverse, and more rows than columns", () => {
    const options = { variances: [1, 0.25], parameter: Float64Array.of(4, -3), noise: 5 };
    const once = excessRisk({ ...options, inputs: matrix([[3, 4]]) });
    // The same sample twice: its noise is averaged.
    const twice = excessRisk({ ...options, inputs: matrix([[3, 4], [3, 4]]) }); // prettier-ignore
    expect(twice.variance).toBeCloseTo(once.variance / 2, 12);
    expect(twice.bias).toBeCloseTo(18.25, 12);
    // Least squares with an orthogonal design: X⁺ = Xᵀ/4.
    const design = matrix([[1, 1], [1, -1], [1, 1], [1, -1]]); // prettier-ignore
    const tall = excessRisk({ ...options, inputs: design });
    expect(tall.bias).toBeCloseTo(0, 12);
    expect(tall.variance).toBeCloseTo((25 * 1.25) / 4, 12);
  });

  it("refuses what has no risk", () => {
    const valid = { inputs: matrix([[3, 4]]), variances: [1, 1], parameter: Float64Array.of(1, 1), noise: 1 };
    const call = (change: object) => () => excessRisk({ ...valid, ...change });
    expect(call({ variances: [1] })).toThrow("excessRisk: there must be 2 variances, got 1");
    expect(call({ variances: [1, -1] })).toThrow(
      "excessRisk: the variances must be finite and not negative, got -1 at index 1",
    );
    expect(call({ parameter: Float64Array.of(1) })).toThrow("excessRisk: the parameter must have length 2, got 1");
    expect(call({ noise: -1 })).toThrow("excessRisk: the noise must be finite and not negative, got -1");
    expect(call({ inputs: matrix([[0, 0]]) })).toThrow(
      "excessRisk: the inputs must not vanish, nor their squares underflow, got 0",
    );
  });
});
