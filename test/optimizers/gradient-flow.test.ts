import { all, create } from "mathjs";
import { afterEach, describe, expect, it } from "vitest";
import { DivergenceError, InterruptedError, matrix, norm } from "flat-minima/core";
import { gradientFlow, type GradientFunction, quadraticGradientFlow } from "flat-minima/optimizers";
import { quadratic } from "flat-minima/models";
import { installFakeHost, removeFakeHost } from "../core/fake-host";

const EPS = Number.EPSILON;
afterEach(removeFakeHost);

describe("gradientFlow", () => {
  it("follows closed forms, at exactly the times asked for", async () => {
    // L = ¼θ⁴ has θ(t) = θ₀/(1 + 2θ₀²t)^½; L = 1 - cos θ has tan(θ/2) = tan(θ₀/2)e^{-t}.
    const gradient: GradientFunction = ([a, b]) => Float64Array.of(a ** 3, Math.sin(b));
    const times = [0, 0, 0.1, 1, 1, 7.3];
    const flow = await gradientFlow({ gradient, start: Float64Array.of(-2, 3), times, tolerance: 1e-10 });
    expect(flow.times).toEqual(times);
    expect(flow.parameters[0]).toEqual(Float64Array.of(-2, 3));
    flow.parameters.forEach(([a, b], k) => {
      const t = times[k];
      // Each accepted step errs by at most the tolerance times 1 + |θ| ≤ 4 (root mean square over two: √2), and from
      // then on the error shrinks, or grows with the flow: near b = π by at most e^t, for the time log(1/(π - 3)) ≈ 2.
      const tolerance = flow.acceptedSteps * 1e-10 * 4 * Math.SQRT2 * Math.exp(2);
      expect(Math.abs(a + 2 / Math.sqrt(1 + 8 * t))).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(b - 2 * Math.atan(Math.tan(1.5) * Math.exp(-t)))).toBeLessThanOrEqual(tolerance);
    });
  });

  it("has an error proportional to the tolerance", async () => {
    const exact = 2 * Math.atan(Math.tan(1) * Math.exp(-3));
    const errorAt = async (tolerance: number): Promise<number> => {
      const gradient: GradientFunction = (theta) => theta.map(Math.sin);
      const { parameters } = await gradientFlow({ gradient, start: Float64Array.of(2), times: [3], tolerance });
      return Math.abs(parameters[0][0] - exact);
    };
    // The steps are of length h with C h⁵ = tolerance, and the fifth-order errors add up to C' h⁵ T: over four decades
    // the slope of log error by log tolerance is 1, up to the unevenness of the steps, a factor of 3 at each end at
    // most.
    const [coarse, fine] = [await errorAt(1e-6), await errorAt(1e-10)];
    const slope = Math.log10(coarse / fine) / 4;
    expect(Math.abs(slope - 1)).toBeLessThanOrEqual(2 * (Math.log10(3) / 4));
    expect(fine).toBeGreaterThan(100 * EPS); // so that it is not rounding that was measured
  });

  it("is the exact flow of a quadratic, with few steps where it is slow", async () => {
    const hessian = matrix([[5, 1, 0], [1, 2, -1], [0, -1, 0.5]]); // prettier-ignore
    const model = quadratic([hessian], Float64Array.of(1, 0, -1));
    const setting = { start: Float64Array.of(2, 3, -4), times: [0.5, 2, 40] };
    const flow = await gradientFlow({ ...model, ...setting, tolerance: 1e-8 });
    const exact = quadraticGradientFlow({ hessian, minimizer: Float64Array.of(1, 0, -1), ...setting });
    flow.parameters.forEach((theta, k) => {
      // H is positive definite: an error of 1e-8(1 + |θ|) a step, |θ| ≤ 6, √3 for the root mean square, never grows.
      const tolerance = flow.acceptedSteps * 1e-8 * 7 * Math.sqrt(3);
      expect(norm(theta.map((value, j) => value - exact.parameters[k][j]))).toBeLessThanOrEqual(tolerance);
    });
    expect(flow.gradientEvaluations).toBe(2 + 6 * (flow.acceptedSteps + flow.rejectedSteps));
    // λmax = 5.3…: about Tλmax/3.3 = 64 steps, as the comment says, and some at the start; twice that is wrong.
    expect(flow.acceptedSteps + flow.rejectedSteps).toBeLessThan(140);
  });

  it("agrees with mathjs's solver on a curved valley", async () => {
    // L = ¼(a² + b²)² + ½(a - 2b)²
    const slope = (a: number, b: number): number[] => [
      (a * a + b * b) * a + (a - 2 * b),
      (a * a + b * b) * b - 2 * (a - 2 * b),
    ];
    const tolerance = 1e-9;
    const setting = { start: Float64Array.of(2, -1), times: [0.3, 2], tolerance };
    const { parameters, acceptedSteps } = await gradientFlow({
      ...setting,
      gradient: ([a, b]) => Float64Array.from(slope(a, b)),
    });
    const { solveODE } = create(all) as unknown as { solveODE: (...parameters: unknown[]) => { y: number[][] } };
    const field = (_: number, [a, b]: [number, number]): number[] => slope(a, b).map((value) => -value);
    setting.times.forEach((time, k) => {
      const { y } = solveODE(field, [0, time], [2, -1], { method: "RK45", tol: tolerance });
      // L is convex, so that errors do not grow: ours are at most tolerance·(1 + |θ|)·√2 a step with |θ| ≤ 2, mathjs's
      // at most tolerance·√2.
      const allowed = (acceptedSteps * 3 + y.length) * Math.SQRT2 * tolerance;
      y[y.length - 1].forEach((value, j) => expect(Math.abs(value - parameters[k][j])).toBeLessThanOrEqual(allowed));
    });
    expect(norm(parameters[1])).toBeGreaterThan(0.1); // not yet at the minimum, where any solver would agree
  });

  it("stays at a critical point, and at once", async () => {
    const flow = await gradientFlow({ gradient: (x) => x.slice(), start: Float64Array.of(0), times: [1e6] });
    expect(flow.parameters[0]).toEqual(Float64Array.of(0));
    expect(flow.acceptedSteps).toBeLessThan(30);
  });

  it("says where a flow ends in finite time", async () => {
    // L = -⅓θ³: θ = 1/(1 - t).
    const run = gradientFlow({ gradient: (x) => x.map((v) => -v * v), start: Float64Array.of(1), times: [0.5, 2] });
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DivergenceError);
    const [, time] = /the steps shrink to nothing at time (\S+), where/.exec((error as Error).message)!;
    // An error of the tolerance 1e-9 a step, some thousand steps: it moves the pole by no more.
    expect(Math.abs(Number(time) - 1)).toBeLessThan(1e-6);
    await expect(
      gradientFlow({ gradient: () => Float64Array.of(NaN), start: Float64Array.of(1), times: [1] }),
    ).rejects.toThrow("gradientFlow: diverged at step 0, the gradient is not finite at the start");
  });

  it("says what to try when it is stiff", async () => {
    const run = gradientFlow({
      gradient: ([a, b]) => Float64Array.of(1e6 * a, b),
      start: Float64Array.of(1, 1),
      times: [1],
      maximumSteps: 500,
    });
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect((error as Error).message).toMatch(/^gradientFlow: 500 steps were not enough, time 0\.00\d+ was reached/);
    expect((error as Error).message).toContain("take quadraticGradientFlow");
    const [, curvature] = /largest curvature is about (\S+?)\)/.exec((error as Error).message)!;
    expect(Number(curvature) / 1e6).toBeGreaterThan(0.5);
    expect(Number(curvature) / 1e6).toBeLessThan(2);
  });

  it("can be interrupted", async () => {
    const host = installFakeHost();
    setTimeout(() => host.interrupt(), 0);
    const run = gradientFlow({
      gradient: (x) => x.map((value) => 1e9 * value),
      start: Float64Array.of(1),
      times: [1],
      maximumSteps: 1e12,
    });
    await expect(run).rejects.toThrow(InterruptedError);
  });

  it("refuses what does not fit", async () => {
    const setting = { gradient: (x: Float64Array) => x.slice(), start: Float64Array.of(1), times: [1] };
    const run = (change: object): Promise<unknown> => gradientFlow({ ...setting, ...change });
    await expect(run({ start: Float64Array.of(NaN) })).rejects.toThrow("gradientFlow: start must be finite");
    await expect(run({ times: [2, 1] })).rejects.toThrow("times must be finite, at least 0 and ascending, got [2, 1]");
    await expect(run({ tolerance: 0 })).rejects.toThrow("tolerance must be positive and finite, got 0");
    await expect(run({ absoluteTolerance: NaN })).rejects.toThrow("absoluteTolerance must be positive and finite");
    await expect(run({ maximumSteps: 1.5 })).rejects.toThrow("maximumSteps must be a positive integer, got 1.5");
    await expect(run({ gradient: () => Float64Array.of(1, 2) })).rejects.toThrow(
      "gradientFlow: the gradient must have the parameters' length 1, got 2",
    );
  });
});
