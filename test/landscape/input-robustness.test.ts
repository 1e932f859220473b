import { type Matrix, matrix, randomStream, trace } from "flat-minima/core";
import { uniformSphere } from "flat-minima/data";
import { inputGradients, robustnessBound } from "flat-minima/landscape";
import { twoLayer, type TwoLayerParts } from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { derivatives, plus, relu, times } from "../oracles/hyper-dual";
import { normalMatrix, normals, sumOfProducts } from "../models/network-contract";

const rowsOf = ({ rows, cols, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
const squaredNorm = (x: readonly number[]): number => x.reduce((sum, value) => sum + value * value, 0);
const meanSquaredGradient = (parts: TwoLayerParts, inputs: Matrix): number =>
  rowsOf(inputGradients(parts, inputs)).reduce((sum, gradient) => sum + squaredNorm(gradient) / inputs.rows, 0);

function randomParts(
  seed: number,
  m: number,
  d: number,
  bias: boolean,
): Required<Omit<TwoLayerParts, "biases">> & TwoLayerParts {
  const stream = randomStream(seed, "input robustness");
  return {
    weights: normalMatrix(stream, m, d),
    ...(bias && { biases: normals(stream, m) }),
    outputWeights: normals(stream, m),
  };
}

/** Σ_j |a_j| ‖w_j‖. */
const pathNorm = ({ weights, outputWeights }: TwoLayerParts): number =>
  rowsOf(weights).reduce((sum, w, j) => sum + Math.abs(outputWeights![j]) * Math.hypot(...w), 0);

describe("inputGradients", () => {
  it("are the derivatives of the formula, with hyper-dual numbers", () => {
    for (const bias of [false, true]) {
      const [n, d, m] = [6, 3, 5];
      const parts = randomParts(1, m, d, bias);
      const inputs = normalMatrix(randomStream(2, "inputs"), n, d);
      const gradients = rowsOf(inputGradients(parts, inputs));
      rowsOf(inputs).forEach((x, i) => {
        const { gradient } = derivatives(
          (point) =>
            plus(
              ...rowsOf(parts.weights).map((w, j) =>
                times(parts.outputWeights[j], relu(plus(sumOfProducts(w, point), parts.biases?.[j] ?? 0))),
              ),
            ),
          Float64Array.from(x),
        );
        // Sums of m products, whose sizes sum to the path norm at most.
        const tolerance = (m + 2) * Number.EPSILON * pathNorm(parts);
        gradient.forEach((value, k) => expect(Math.abs(gradients[i][k] - value)).toBeLessThanOrEqual(tolerance));
      });
      expect(gradients.flat().filter((value) => value !== 0).length).toBeGreaterThan(n);
    }
  });

  it("take relu'(0) = 0", () => {
    const parts = { weights: matrix([[1, -1]]), outputWeights: Float64Array.of(5) };
    expect(inputGradients(parts, matrix([[2, 2]]))).toEqual(matrix([[0, 0]]));
    const moved = { ...parts, biases: Float64Array.of(-1) };
    expect(inputGradients(moved, matrix([[2, 1], [2, 0]]))).toEqual(matrix([[0, 0], [5, -5]])); // prettier-ignore
  });

  it("do not feel a rescaling of the neurons", () => {
    const parts = randomParts(3, 4, 3, true);
    const inputs = normalMatrix(randomStream(4, "inputs"), 5, 3);
    // Powers of two, so that nothing is rounded.
    const factors = [2, 0.25, 8, 0.5];
    const rescaled = {
      weights: { ...parts.weights, data: parts.weights.data.map((w, k) => w * factors[Math.floor(k / 3)]) },
      biases: parts.biases!.map((b, j) => b * factors[j]),
      outputWeights: parts.outputWeights.map((a, j) => a / factors[j]),
    };
    expect(inputGradients(rescaled, inputs)).toEqual(inputGradients(parts, inputs));
    expect(robustnessBound(rescaled, inputs)).not.toBeCloseTo(robustnessBound(parts, inputs), 1);
  });

  it("are at most the path norm everywhere, and equal to it where parallel neurons fire together", () => {
    for (let seed = 0; seed < 50; seed++) {
      const parts = randomParts(seed, 4, 2, seed % 2 === 0);
      const inputs = normalMatrix(randomStream(seed, "many inputs"), 50, 2, 3);
      const longest = Math.max(...rowsOf(inputGradients(parts, inputs)).map((g) => Math.hypot(...g)));
      expect(longest).toBeLessThanOrEqual(pathNorm(parts) * (1 + 8 * Number.EPSILON));
    }
    const parallel = { weights: matrix([[3, 4], [6, 8]]), outputWeights: Float64Array.of(1, 0.5) }; // prettier-ignore
    expect(inputGradients(parallel, matrix([[1, 0]]))).toEqual(matrix([[6, 8]]));
    expect(pathNorm(parallel)).toBe(10);
    // Not so for the root of the sum of squares, which would be 7.07.
    expect(Math.hypot(5, 5)).toBeLessThan(10);
  });
});

describe("robustnessBound", () => {
  it("is ‖W‖²_op Tr(G_W)/d on the sphere of radius √d, with the trace of the network and ‖W‖_op of d = 2 by its formula", () => {
    const [n, d, m] = [20, 2, 6];
    const inputs = uniformSphere({ sampleCount: n, dimension: d, stream: randomStream(5, "sphere") });
    for (const bias of [false, true]) {
      const parts = randomParts(6, m, d, bias);
      const fixed = twoLayer({
        inputCount: d,
        width: m,
        structure: "no bias",
        activation: "relu",
        fixedOutputWeights: parts.outputWeights,
      });
      // Biases move the kinks alone: W's gradient is that of the network without them where they are 0.
      const shown = bias ? { ...parts, biases: new Float64Array(m) } : parts;
      const traceOfWeights = trace(fixed.evaluate(parts.weights.data, inputs).gramMatrix()) / n;
      const [p, q, r] = rowsOf(parts.weights).reduce(
        ([a, b, c], [u, v]) => [a + u * u, b + u * v, c + v * v],
        [0, 0, 0],
      );
      const squaredOperatorNorm = (p + r) / 2 + Math.hypot((p - r) / 2, q);
      const expected = (squaredOperatorNorm * traceOfWeights) / d;
      // Two sums of n·m = 120 and m = 6 terms of one sign, and an eigenvalue: 200 roundings at most.
      expect(Math.abs(robustnessBound(shown, inputs) / expected - 1)).toBeLessThanOrEqual(200 * Number.EPSILON);
    }
  });

  it("bounds the mean square of the gradients, with biases or without, for any inputs; no smaller norm of W does", () => {
    const worst = { proper: 0, "largest ‖w_j‖": 0, "no norm of W": 0 };
    for (let seed = 0; seed < 300; seed++) {
      const m = 1 + (seed % 5);
      const parts = randomParts(seed, m, 3, seed % 2 === 0);
      const inputs = normalMatrix(randomStream(seed, "inputs"), 7, 3);
      const measured = meanSquaredGradient(parts, inputs);
      const bound = robustnessBound(parts, inputs);
      if (bound === 0) {
        expect(measured).toBe(0); // no neuron fires
        continue;
      }
      const operatorNorm = bound / robustnessBoundWithoutNorm(parts, inputs);
      const longest = Math.max(...rowsOf(parts.weights).map(squaredNorm));
      worst.proper = Math.max(worst.proper, measured / bound);
      worst["largest ‖w_j‖"] = Math.max(worst["largest ‖w_j‖"], (measured / bound) * (operatorNorm / longest));
      worst["no norm of W"] = Math.max(worst["no norm of W"], (measured / bound) * operatorNorm);
    }
    // An equality at m = 1: below 50 roundings.
    expect(worst.proper).toBeLessThanOrEqual(1 + 50 * Number.EPSILON);
    expect(worst.proper).toBeGreaterThan(0.99);
    expect(worst["largest ‖w_j‖"]).toBeGreaterThan(1.1);
    expect(worst["no norm of W"]).toBeGreaterThan(2);
  });

  it("is an equality for a neuron and for its twins", () => {
    const inputs = matrix([[1, 0], [2, 0], [-1, 0]]); // prettier-ignore
    const one = { weights: matrix([[3, 4]]), outputWeights: Float64Array.of(-2) };
    expect(meanSquaredGradient(one, inputs)).toBeCloseTo((2 / 3) * 100, 12);
    expect(robustnessBound(one, inputs)).toBeCloseTo((2 / 3) * 100, 12);
    const twins = { weights: matrix([[3, 4], [3, 4]]), outputWeights: Float64Array.of(-1, -1) }; // prettier-ignore
    expect(robustnessBound(twins, inputs)).toBeCloseTo((2 / 3) * 100, 12);
    // Twins of opposite signs: the function is 0, and the bound does not see it.
    const opposite = { ...twins, outputWeights: Float64Array.of(-1, 1) };
    expect(meanSquaredGradient(opposite, inputs)).toBe(0);
    expect(robustnessBound(opposite, inputs)).toBeCloseTo((2 / 3) * 100, 12);
  });
});

/** (1/n) Σ_i Σ_j a_j² 1{…}: what ‖W‖²_op is to be multiplied with. */
function robustnessBoundWithoutNorm(parts: TwoLayerParts, inputs: Matrix): number {
  const firing = rowsOf(inputs).flatMap((x) =>
    rowsOf(parts.weights).map((w, j) => {
      const z = w.reduce((sum, value, k) => sum + value * x[k], parts.biases?.[j] ?? 0);
      return z > 0 ? parts.outputWeights![j] ** 2 : 0;
    }),
  );
  return firing.reduce((sum, square) => sum + square, 0) / inputs.rows;
}

describe("both", () => {
  const parts = randomParts(7, 3, 2, false);
  const inputs = matrix([[1, 2]]);

  it("refuse what is no network and no input of it", () => {
    for (const [name, measure] of Object.entries({ inputGradients, robustnessBound })) {
      expect(() => measure({ weights: parts.weights }, inputs)).toThrow(
        `${name}: outputWeights must have length 3, got undefined`,
      );
      expect(() => measure({ ...parts, biases: new Float64Array(2) }, inputs)).toThrow(
        `${name}: biases must have length 3, got 2`,
      );
      expect(() => measure(parts, matrix([[1, 2, 3]]))).toThrow(
        `${name}: inputs must be n×2 with n ≥ 1, got a 1×3 matrix`,
      );
      expect(() => measure(parts, { rows: 0, cols: 2, data: new Float64Array(0) })).toThrow(
        `${name}: inputs must be n×2 with n ≥ 1`,
      );
      expect(() => measure(parts, { ...inputs, data: Float64Array.of(1, NaN) })).toThrow(
        `${name}: inputs must be finite`,
      );
      expect(() => measure({ ...parts, outputWeights: Float64Array.of(1, Infinity, 1) }, inputs)).toThrow(
        `${name}: outputWeights must be finite, got Infinity at index 1`,
      );
      const huge = { weights: matrix([[1e300, 0]]), outputWeights: Float64Array.of(1) };
      expect(() => measure(huge, matrix([[1e10, 0]]))).toThrow(
        `${name}: the pre-activations must be finite, got Infinity`,
      );
    }
    const steep = { weights: matrix([[1e300]]), outputWeights: Float64Array.of(1e10) };
    expect(() => inputGradients(steep, matrix([[1]]))).toThrow("inputGradients: the gradients must not overflow");
    const wide = { weights: matrix([[1]]), outputWeights: Float64Array.of(1e160) };
    expect(() => robustnessBound(wide, matrix([[1]]))).toThrow(
      "robustnessBound: the bound must be finite, got Infinity",
    );
  });
});
