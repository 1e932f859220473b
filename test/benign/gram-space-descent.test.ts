import { gramSpaceDescent } from "flat-minima/benign";
import { frobeniusNorm, matrix, randomStream, zeros } from "flat-minima/core";
import { gaussianMixture } from "flat-minima/data";
import { empiricalRisk, logisticLoss, twoLayer } from "flat-minima/models";
import { gradientDescent } from "flat-minima/optimizers";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** n samples of two clusters, a fifth with a flipped label, and a network of m neurons. */
function problem(n: number, p: number, m: number) {
  const stream = randomStream(4, "Gram space", n, p, m);
  const mean = stream.split("mean").normals(p);
  const { inputs, targets } = gaussianMixture({ sampleCount: n, mean, flipProbability: 0.2, stream });
  const outputWeights = Float64Array.from({ length: m }, () => stream.rademacher() / Math.sqrt(m));
  const initialWeights = { rows: m, cols: p, data: stream.normals(m * p).map((value) => 0.3 * value) };
  return { inputs, targets, outputWeights, initialWeights };
}

describe("gradient descent in Gram space", () => {
  it("is gradient descent in the space of the weights", () => {
    for (const [n, p, m, learningRate] of [
      [1, 1, 1, 0.5],
      [6, 20, 3, 0.3],
      [12, 5, 4, 0.2], // more samples than dimensions: XXᵀ is singular
    ]) {
      const options = problem(n, p, m);
      const network = twoLayer({
        inputCount: p,
        width: m,
        structure: "no bias",
        activation: "smooth leaky relu",
        fixedOutputWeights: options.outputWeights,
      });
      const targets = { rows: n, cols: 1, data: options.targets };
      const risk = empiricalRisk({ network, loss: logisticLoss, inputs: options.inputs, targets });
      const step = gradientDescent({ gradient: risk.gradient, learningRate });
      const descent = gramSpaceDescent({ ...options, learningRate });
      let theta: Float64Array = options.initialWeights.data;
      const fresh = { rows: 3, cols: p, data: randomStream(5).normals(3 * p) };
      for (const steps of [0, 1, 2, 27]) {
        for (let k = 0; k < steps; k++) theta = step(theta);
        if (steps > 0) descent.advance(steps);
        const weights = descent.weights();
        // Sums of p, n and m terms, once a step; gradient descent multiplies no error by more than 1 + αλ, with
        // λ ≤ max‖x_i‖²/8 the most negative curvature: over 30 steps a factor of 100 is ample.
        const scale = frobeniusNorm(weights) * (1 + frobeniusNorm(options.inputs));
        const tolerance = 100 * 30 * (n + p + m) * EPS * scale;
        expect(descent.step).toBe([0, 1, 3, 30][[0, 1, 2, 27].indexOf(steps)]);
        weights.data.forEach((value, k) => expect(Math.abs(value - theta[k])).toBeLessThanOrEqual(tolerance));
        expect(Math.abs(descent.loss() - risk.loss(theta))).toBeLessThanOrEqual(tolerance);
        expect(Math.abs(descent.weightNorm() - frobeniusNorm(weights))).toBeLessThanOrEqual(tolerance);
        const { outputs } = network.evaluate(theta, options.inputs);
        descent.margins().forEach((margin, i) => {
          expect(Math.abs(margin - options.targets[i] * outputs.data[i])).toBeLessThanOrEqual(tolerance);
        });
        const atFresh = network.evaluate(theta, fresh).outputs.data;
        descent.outputsAt(fresh).forEach((f, i) => expect(Math.abs(f - atFresh[i])).toBeLessThanOrEqual(tolerance));
      }
      // Wrong variant: another learning rate, as of a loss that is no mean.
      const sum = gramSpaceDescent({ ...options, learningRate: learningRate * (n + 1) });
      sum.advance(30);
      expect(Math.abs(sum.loss() - risk.loss(theta))).toBeGreaterThan(1e-3);
    }
  });

  it("keeps copies, and hands out copies", () => {
    const options = { ...problem(4, 3, 2), learningRate: 0.1 };
    const reference = gramSpaceDescent(options);
    reference.advance(5);
    const descent = gramSpaceDescent(options);
    for (const data of [options.inputs.data, options.targets, options.outputWeights, options.initialWeights.data]) {
      data.fill(7);
    }
    descent.coefficients().data.fill(9);
    descent.margins().fill(9);
    descent.weights().data.fill(9);
    descent.advance(2);
    descent.coefficients().data.fill(9);
    descent.advance(3);
    expect(descent.weights()).toEqual(reference.weights());
  });

  it("names the step and the rate at which it diverges", () => {
    const options = { ...problem(4, 3, 2), learningRate: 1e308 };
    options.inputs.data.forEach((_, k, data) => (data[k] *= 10));
    expect(() => gramSpaceDescent(options).advance(3)).toThrow(
      /^gramSpaceDescent: diverged at step [12], an output is not finite; the learning rate is 1e\+308$/,
    );
  });

  it("refuses what is no problem", () => {
    const options = { ...problem(4, 3, 2), learningRate: 0.1 };
    const making = (change: object) => () => gramSpaceDescent({ ...options, ...change });
    expect(making({ targets: Float64Array.of(1, -1, 0, 1) })).toThrow(
      "gramSpaceDescent: targets of the logistic loss must be 1 or -1, got 0",
    );
    expect(making({ targets: Float64Array.of(1, -1) })).toThrow("gramSpaceDescent: targets must have length 4, got 2");
    expect(making({ outputWeights: Float64Array.of(1) })).toThrow(
      "gramSpaceDescent: outputWeights must have length 2, got 1",
    );
    expect(making({ initialWeights: zeros(2, 4) })).toThrow(
      "gramSpaceDescent: the initial weights must have 3 columns, got a 2×4 matrix",
    );
    expect(making({ learningRate: 0 })).toThrow("gramSpaceDescent: learningRate must be positive and finite, got 0");
    expect(making({ inputs: { rows: 4, cols: 3, data: new Float64Array(12).fill(1e200) } })).toThrow(
      "gramSpaceDescent: XXᵀ and W₀Xᵀ must not overflow, got Infinity at (0, 0)",
    );
    const descent = gramSpaceDescent(options);
    expect(() => descent.advance(0)).toThrow("gramSpaceDescent: steps must be a positive integer, got 0");
    expect(() => descent.outputsAt(matrix([[1, 2]]))).toThrow(
      "gramSpaceDescent: the points must have 3 columns, got a 1×2 matrix",
    );
  });
});
