import { describe, expect, it } from "vitest";
import { matrix, randomStream } from "flat-minima/core";
import { quadratic } from "flat-minima/models";
import { gradientDescent } from "flat-minima/optimizers";
import { gradientDescentMultiplier, gradientDescentThreshold, quadraticTrajectory } from "flat-minima/stability";
import { randomHessians } from "./oracles";

const EPS = Number.EPSILON;

describe("quadraticTrajectory", () => {
  it("is what gradient descent does", () => {
    for (let seed = 0; seed < 5; seed++) {
      const stream = randomStream(seed, "trajectory");
      const [hessian] = randomHessians(stream, 1, 3);
      const minimizer = Float64Array.from({ length: 3 }, () => stream.normal());
      let point: Float64Array = Float64Array.from({ length: 3 }, () => stream.normal());
      const learningRate = 0.5;
      const steps = 20;
      const exact = quadraticTrajectory({ hessian, minimizer, start: point, learningRate, steps });
      expect(exact.length).toBe(steps + 1);
      const step = gradientDescent({ gradient: quadratic([hessian], minimizer).gradient, learningRate });
      // ‖I - ηH‖ ≤ growth; each step rounds at a few eps of the size reached, and earlier errors grow along.
      const growth = Math.max(1, 1 + learningRate * Math.hypot(...hessian.data));
      for (let t = 0; t <= steps; t++) {
        const tolerance = 20 * (t + 1) * EPS * 5 * growth ** t;
        point.forEach((value, k) => expect(Math.abs(exact[t][k] - value)).toBeLessThanOrEqual(tolerance));
        point = step(point);
      }
    }
  });

  it("alternates at the threshold and grows like the modulus of the multiplier above it", () => {
    const hessian = matrix([[4, 0], [0, 1]]); // prettier-ignore
    const threshold = gradientDescentThreshold(4);
    expect(threshold).toBe(0.5);
    expect(gradientDescentMultiplier(4, threshold)).toBe(-1);
    const start = Float64Array.of(3, 8);
    const at = quadraticTrajectory({ hessian, start, learningRate: threshold, steps: 4 });
    expect(at.map((x) => x[0])).toEqual([3, -3, 3, -3, 3]);
    expect(at.map((x) => x[1])).toEqual([8, 4, 2, 1, 0.5]);
    const above = quadraticTrajectory({ hessian, start, learningRate: 0.75, steps: 4 });
    expect(above.map((x) => x[0])).toEqual([3, -6, 12, -24, 48]);
  });

  it("refuses what does not fit", () => {
    const run = { hessian: matrix([[1]]), start: Float64Array.of(1), learningRate: 1, steps: 1 };
    expect(() => quadraticTrajectory({ ...run, start: Float64Array.of(1, 2) })).toThrow(
      "quadraticTrajectory: start must have length 1, got 2",
    );
    expect(() => quadraticTrajectory({ ...run, minimizer: Float64Array.of() })).toThrow(
      "quadraticTrajectory: minimizer must have length 1, got 0",
    );
    expect(() => quadraticTrajectory({ ...run, steps: 0.5 })).toThrow("steps must be a non-negative integer, got 0.5");
    expect(() => gradientDescentThreshold(0)).toThrow(
      "gradientDescentThreshold: topEigenvalue must be positive and finite, got 0",
    );
  });
});
