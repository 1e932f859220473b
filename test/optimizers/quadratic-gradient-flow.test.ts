import { describe, expect, it } from "vitest";
import { DivergenceError, matrix, norm, zeros } from "flat-minima/core";
import { quadraticGradientFlow } from "flat-minima/optimizers";

const EPS = Number.EPSILON;

describe("quadraticGradientFlow", () => {
  it("is the closed form worked by hand", () => {
    // H has the eigenpairs 1, (1, -1) and 3, (1, 1): from θ* + (2, 0) both components are 1.
    const times = [0, 0.25, 1, 1, 10];
    const flow = quadraticGradientFlow({
      hessian: matrix([[2, 1], [1, 2]]), // prettier-ignore
      start: Float64Array.of(7, -1),
      minimizer: Float64Array.of(5, -1),
      times,
    });
    expect(flow.times).toEqual(times);
    flow.parameters.forEach((theta, k) => {
      const [slow, fast] = [Math.exp(-times[k]), Math.exp(-3 * times[k])];
      // Rounding of θ* + two terms, and an eigensolver of order 2 with errors of a few eps·‖H‖ = 3eps in Λ, times t ≤
      // 10, where te^{-λt} ≤ 1/e.
      expect(Math.abs(theta[0] - (5 + slow + fast))).toBeLessThanOrEqual(40 * EPS);
      expect(Math.abs(theta[1] - (-1 - slow + fast))).toBeLessThanOrEqual(40 * EPS);
    });
  });

  it("stays in flat directions and grows in negative ones", () => {
    const hessian = matrix([[0, 0, 0], [0, -2, 0], [0, 0, 1e9]]); // prettier-ignore
    const flow = quadraticGradientFlow({ hessian, start: Float64Array.of(3, 1, 4), times: [1] });
    const [flat, up, stiff] = flow.parameters[0];
    expect(flat).toBe(3);
    // Near the eigenvalue 1e9 an eigensolver may be off by eps·1e9 anywhere: all three are at home in a diagonal
    // matrix.
    expect(Math.abs(up - Math.exp(2))).toBeLessThanOrEqual(10 * EPS * Math.exp(2));
    expect(stiff).toBe(0);
  });

  it("goes on from where it was: the flow for s + t is the flow for t after that for s", () => {
    const hessian = matrix([[3, 1, 0], [1, -1, 2], [0, 2, 1]]); // prettier-ignore
    const start = Float64Array.of(1, 2, -1);
    const [half, whole] = quadraticGradientFlow({ hessian, start, times: [0.5, 1] }).parameters;
    const [again] = quadraticGradientFlow({ hessian, start: half, times: [0.5] }).parameters;
    // e^{-Λt} is at most e^{2.5}, and ‖H‖ below 5: errors of 3·eps·5·t in Λ.
    const tolerance = 100 * EPS * Math.exp(2.5) * norm(start);
    expect(norm(again.map((value, k) => value - whole[k]))).toBeLessThanOrEqual(tolerance);
    expect(norm(half)).not.toBe(norm(whole));
  });

  it("names the first time at which it overflows", () => {
    const run = (times: number[], start = 1) =>
      quadraticGradientFlow({ hessian: matrix([[-1]]), start: Float64Array.of(start), times });
    expect(() => run([1, 800, 900])).toThrow("quadraticGradientFlow: diverged at step 1, θ is not finite at time 800");
    expect(() => run([800])).toThrow(DivergenceError);
    expect(run([800], 0).parameters[0]).toEqual(Float64Array.of(0)); // and not 0·∞
  });

  it("refuses what does not fit", () => {
    const setting = { hessian: matrix([[1]]), start: Float64Array.of(1), times: [1] };
    const run = (change: object) => () => quadraticGradientFlow({ ...setting, ...change });
    expect(run({ start: Float64Array.of(1, 2) })).toThrow("quadraticGradientFlow: start must have length 1, got 2");
    expect(run({ minimizer: Float64Array.of(NaN) })).toThrow("minimizer must be finite, got [NaN]");
    expect(run({ times: [1, 0.5] })).toThrow("times must be finite, at least 0 and ascending, got [1, 0.5]");
    expect(run({ times: [-1] })).toThrow("times must be finite, at least 0 and ascending, got [-1]");
    expect(run({ times: [NaN] })).toThrow("times must be finite, at least 0 and ascending, got [NaN]");
    expect(run({ hessian: zeros(1, 2) })).toThrow("got");
  });
});
