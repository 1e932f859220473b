import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { adaptiveSam, type GradientFunction, gradientDescent } from "flat-minima/optimizers";

const EPS = Number.EPSILON;

/** The gradient of ½ Σ_k c_k θ_k². */
const diagonalGradient =
  (...curvatures: number[]): GradientFunction =>
  (theta) =>
    theta.map((value, k) => curvatures[k] * value);

describe("adaptiveSam", () => {
  const setting = { learningRate: 0.25, perturbationRadius: 2.5 };

  it("perturbs by ρT²g/‖Tg‖, worked by hand", () => {
    // T = (2, 1), g = (3/2, 4), Tg = (3, 4), T²g/‖Tg‖ = (6, 4)/5, ε = (3, 2), and the gradient at (5, 3) is (15/4, 12).
    const step = adaptiveSam({ ...setting, gradient: diagonalGradient(0.75, 4), scaleOffset: 0 });
    expect(step(Float64Array.of(2, 1))).toEqual(Float64Array.of(2 - 15 / 16, 1 - 3));
  });

  it("adds ξ to the sizes, not to the signed parameters, and decays as SAM does", () => {
    // θ = (-3/2, 1/2), ξ = ½, T = (2, 1), g = (3/2, 4) again, so ε = (3, 2).
    const gradient = diagonalGradient(-1, 8);
    const step = adaptiveSam({ ...setting, gradient, scaleOffset: 0.5, weightDecay: 2 });
    expect(step(Float64Array.of(-1.5, 0.5))).toEqual(
      Float64Array.of(-1.5 - 0.25 * (-1.5 - 3), 0.5 - 0.25 * (8 * 2.5 + 1)),
    );
  });

  it("has 0.01 for ξ by default", () => {
    const gradient = diagonalGradient(1, 3);
    const start = Float64Array.of(0.4, -2);
    const step = (scaleOffset?: number): Float64Array => adaptiveSam({ ...setting, gradient, scaleOffset })(start);
    expect(step()).toEqual(step(0.01));
    expect(step()).not.toEqual(step(0));
  });

  it("follows a rescaling of the parameters when ξ = 0", () => {
    // L'(θ') = L(θ'/a): the perturbed point must be a times the perturbed point. 2 and ¼ scale without rounding.
    const scales = [2, 0.25, 1];
    const curvatures = [1, 3, 0.5];
    const perturbed = (gradient: GradientFunction, start: Float64Array): Float64Array => {
      const asked: Float64Array[] = [];
      const noting: GradientFunction = (theta) => {
        asked.push(theta.slice());
        return gradient(theta);
      };
      adaptiveSam({ ...setting, gradient: noting, scaleOffset: 0 })(start);
      return asked[1];
    };
    const start: Float64Array = randomStream(1, "asam").normals(3);
    const before = perturbed(diagonalGradient(...curvatures), start);
    const rescaled = diagonalGradient(...curvatures.map((c, k) => c / scales[k] ** 2));
    const after = perturbed(
      rescaled,
      start.map((value, k) => scales[k] * value),
    );
    expect(after).toEqual(before.map((value, k) => scales[k] * value));
  });

  it("moves by ρ in the norm ‖T⁻¹ε‖, and no such perturbation has a larger first-order gain", () => {
    const stream = randomStream(2, "asam");
    const start = stream.normals(5);
    const slope = stream.normals(5);
    const asked: Float64Array[] = [];
    const gradient: GradientFunction = (theta) => {
      asked.push(theta.slice());
      return slope;
    };
    adaptiveSam({ ...setting, gradient })(start);
    const T = start.map((value) => Math.abs(value) + 0.01);
    const epsilon = asked[1].map((value, k) => value - start[k]);
    const length = Math.hypot(...epsilon.map((value, k) => value / T[k]));
    // The subtraction of the start rounds at eps·(|θ| + |ε|), and 1/T is at most 1/min T.
    const rounding = (20 * EPS * (Math.hypot(...start) + Math.hypot(...epsilon))) / Math.min(...T);
    expect(Math.abs(length - 2.5)).toBeLessThanOrEqual(rounding);
    const gain = (direction: Float64Array): number => direction.reduce((sum, value, k) => sum + value * slope[k], 0);
    for (let trial = 0; trial < 100; trial++) {
      const other = stream.sphere(5).map((value, k) => 2.5 * T[k] * value);
      expect(gain(other)).toBeLessThan(gain(epsilon));
    }
  });

  it("is gradient descent with radius 0, and where T g = 0", () => {
    const gradient = diagonalGradient(3, 1);
    const options = { gradient, learningRate: 0.1, weightDecay: 0.5 };
    const start = Float64Array.of(0.7, -0.1);
    expect(adaptiveSam({ ...options, perturbationRadius: 0 })(start)).toEqual(gradientDescent(options)(start));
    const constant = { ...options, gradient: (): Float64Array => Float64Array.of(1, 2) };
    const origin = new Float64Array(2); // without ξ there T = 0
    expect(adaptiveSam({ ...constant, perturbationRadius: 1, scaleOffset: 0 })(origin)).toEqual(
      gradientDescent(constant)(origin),
    );
  });
});
