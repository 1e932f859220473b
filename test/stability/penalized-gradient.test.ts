import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import { empiricalRisk, halfSquareLoss, multilayerPerceptron } from "flat-minima/models";
import { penalizedGradient } from "flat-minima/stability";
import { polynomialLoss } from "./polynomial-loss";

const EPS = Number.EPSILON;

describe("penalizedGradient", () => {
  it("is the gradient of L + (η/4)‖∇L‖², differentiated by hand", () => {
    // L = x²y + y³: ‖∇L‖² = 4x²y² + (x² + 3y²)² = x⁴ + 10x²y² + 9y⁴.
    const penalized = penalizedGradient([polynomialLoss], 0.2);
    for (const [x, y] of [
      [1, 2],
      [-0.5, 0.75],
      [0, 0],
      [3, -1],
    ]) {
      // prettier-ignore
      const expected = [2 * x * y + 0.05 * (4 * x ** 3 + 20 * x * y * y), x * x + 3 * y * y + 0.05 * (20 * x * x * y + 36 * y ** 3)]; // prettier-ignore
      const size = Math.max(1, Math.abs(x), Math.abs(y)) ** 3;
      penalized(Float64Array.of(x, y)).forEach((value, k) => {
        expect(Math.abs(value - expected[k])).toBeLessThanOrEqual(20 * EPS * 60 * size);
      });
    }
  });

  it("is the derivative of the mean penalized loss of a network's batches", () => {
    const stream = randomStream(5, "penalized");
    const network = multilayerPerceptron({ widths: [2, 2, 1], activation: "tanh" });
    const batches = [2, 3].map((rows) =>
      empiricalRisk({
        network,
        loss: halfSquareLoss,
        inputs: { rows, cols: 2, data: stream.normals(2 * rows) },
        targets: stream.normals(rows),
      }),
    );
    const learningRate = 0.3;
    const value = (at: Float64Array): number =>
      batches.reduce((sum, batch) => {
        const { loss, gradient } = batch.lossAndGradient(at);
        return sum + (loss + (learningRate / 4) * gradient.reduce((s, g) => s + g * g, 0)) / batches.length;
      }, 0);
    const theta = stream.normals(network.parameterCount);
    const gradient = penalizedGradient(batches, learningRate)(theta);
    // Central differences of step h: h²/6 times third derivatives, of a size seen by halving h; rounding eps/h.
    const difference = (k: number, h: number): number => {
      const [ahead, behind] = [theta.slice(), theta.slice()];
      ahead[k] += h;
      behind[k] -= h;
      return (value(ahead) - value(behind)) / (2 * h);
    };
    const h = 1e-4;
    theta.forEach((_, k) => {
      const [coarse, fine] = [difference(k, 2 * h), difference(k, h)];
      const tolerance = Math.abs(coarse - fine) + (20 * EPS * Math.max(1, value(theta))) / h;
      expect(Math.abs(gradient[k] - fine)).toBeLessThanOrEqual(tolerance);
      expect(tolerance).toBeLessThan(1e-5);
    });
  });

  it("refuses what does not fit, before and in use", () => {
    expect(() => penalizedGradient([], 0.1)).toThrow("penalizedGradient: there must be a loss");
    for (const rate of [0, -1, NaN, Infinity]) {
      expect(() => penalizedGradient([polynomialLoss], rate)).toThrow(
        `penalizedGradient: learningRate must be positive and finite, got ${rate}`,
      );
    }
    expect(() => penalizedGradient([polynomialLoss], 0.1)(Float64Array.of(1, NaN))).toThrow(
      "penalizedGradient: parameters must be finite, got NaN at index 1",
    );
  });
});
