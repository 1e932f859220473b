import { describe, expect, it } from "vitest";
import { twoMinima } from "flat-minima/models";

const EPS = Number.EPSILON;
const C = [0.1, 1.9];
const FACTORS = { whole: 1, half: 0.5 };

describe.each(["whole", "half"] as const)("twoMinima, normalisation %s", (normalisation) => {
  const model = twoMinima({ normalisation });
  const factor = FACTORS[normalisation];
  const { low, high } = model.linearInterval;
  const points = Array.from({ length: 81 }, (_, k) => -2 + k / 10 + 0.003);

  it("takes the smaller branch", () => {
    for (const x of points) {
      const branches = C.map((c) => factor * Math.min(x ** 2, c * (x - 1) ** 2));
      branches.forEach((value, i) => expect(model.componentValue(i, x)).toBe(value));
      expect(model.value(x)).toBe((branches[0] + branches[1]) / 2);
      expect(model.loss(Float64Array.of(x))).toBe(model.value(x));
    }
    expect(model.value(0)).toBe(0);
    expect(model.value(1)).toBe(0);
  });

  it("has the derivatives of its pieces", () => {
    const h = 2 ** -20;
    for (const x of points) {
      const derivatives = C.map((_, i) => {
        // Exact for a quadratic, up to the rounding of values below 20 over the step; no kink is within h of a point.
        const difference = (model.componentValue(i, x + h) - model.componentValue(i, x - h)) / (2 * h);
        expect(Math.abs(model.componentDerivative(i, x) - difference)).toBeLessThanOrEqual((20 * 4 * EPS) / h);
        return model.componentDerivative(i, x);
      });
      const theta = Float64Array.of(x);
      expect(model.derivative(x)).toBe((derivatives[0] + derivatives[1]) / 2);
      expect(model.gradient(theta)[0]).toBe(model.derivative(x));
      expect(model.batchGradient(theta, [1])[0]).toBe(derivatives[1]);
      const repeated = model.batchGradient(theta, [0, 1, 1, 1])[0];
      // Three additions of numbers below 3 · 4 in modulus.
      expect(Math.abs(repeated - (derivatives[0] + 3 * derivatives[1]) / 4)).toBeLessThanOrEqual(3 * 12 * EPS);
    }
  });

  it("is linear round 1 exactly on the linear interval", () => {
    const width = 1e-9;
    for (const x of [low + width, 0.9, 1, 1.5, high - width]) {
      C.forEach((c, i) => expect(model.componentDerivative(i, x)).toBe(2 * factor * (c * (x - 1))));
    }
    // Just outside, some sample is on its other branch.
    for (const x of [low - width, high + width]) {
      expect(C.some((_, i) => model.componentDerivative(i, x) === 2 * factor * x)).toBe(true);
    }
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
    // Both ends are kinks of the second sample, x² = 1.9 (x - 1)².
    for (const x of [low, high]) expect(Math.abs(x ** 2 - 1.9 * (x - 1) ** 2)).toBeLessThanOrEqual(16 * EPS * x ** 2);
  });

  it("multiplies x - 1 by its multipliers in one SGD step", () => {
    const learningRate = 0.7;
    const multipliers = model.multipliers(learningRate);
    const x = 1.25;
    C.forEach((c, i) => {
      expect(model.curvatures[i]).toBe(2 * factor * c);
      const next = x - learningRate * model.batchGradient(Float64Array.of(x), [i])[0];
      expect(Math.abs(next - 1 - multipliers[i] * (x - 1))).toBeLessThanOrEqual(8 * EPS);
    });
  });
});

describe("twoMinima", () => {
  it("refuses other normalisations, samples and dimensions", () => {
    expect(() => twoMinima({ normalisation: "double" as "half" })).toThrow(
      'twoMinima: normalisation must be "whole" or "half", got double',
    );
    const model = twoMinima({ normalisation: "whole" });
    expect(() => model.componentValue(2, 0)).toThrow("twoMinima: a sample index must be an integer from 0 to 1, got 2");
    expect(() => model.componentDerivative(-1, 0)).toThrow("twoMinima: a sample index");
    expect(() => model.batchGradient(Float64Array.of(0), [])).toThrow("twoMinima: the batch must not be empty");
    expect(() => model.loss(Float64Array.of(0, 1))).toThrow("twoMinima: parameters must have length 1, got 2");
  });
});
