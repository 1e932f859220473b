import { matrix, type Matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { crossEntropyLoss, halfSquareLoss, logisticLoss, type Loss, squareLoss } from "../../lib/models/losses";
import { derivatives } from "../oracles/hyper-dual";
import { normalMatrix } from "./network-contract";
import { LOSSES } from "./perceptron-formula";

const row = (A: Matrix, i: number): number[] => Array.from(A.data.subarray(i * A.cols, (i + 1) * A.cols));
const EPS = Number.EPSILON;

describe("the losses and their derivatives in f", () => {
  const stream = randomStream(1, "losses");
  for (const { loss, formula, targets } of LOSSES) {
    for (const c of [1, 3]) {
      if (loss === logisticLoss && c > 1) continue;
      it(`are those of the formula: ${loss.name}, ${c} outputs`, () => {
        const n = 4;
        const outputs = normalMatrix(stream, n, c);
        const y = targets(stream, n, c);
        const direction = normalMatrix(stream, n, c);
        const { values, derivative } = loss.evaluate(outputs, y);
        const product = loss.curvatureProduct(outputs, y, direction);
        loss.check("test", y, c);
        for (let i = 0; i < n; i++) {
          const exact = derivatives((f) => formula(f, row(y, i)), row(outputs, i));
          // Each entry is a sum of at most c + 3 rounded terms, of size below 30 for normal f, y and v.
          const tolerance = (c + 3) * 30 * 4 * EPS;
          expect(Math.abs(values[i] - exact.value)).toBeLessThanOrEqual(tolerance);
          for (let k = 0; k < c; k++) {
            expect(Math.abs(row(derivative, i)[k] - exact.gradient[k])).toBeLessThanOrEqual(tolerance);
            const curved = exact.hessian[k].reduce((sum, h, l) => sum + h * row(direction, i)[l], 0);
            expect(Math.abs(row(product, i)[k] - curved)).toBeLessThanOrEqual(tolerance);
          }
        }
      });
    }
  }

  it("have the ½ that their names say", () => {
    const [f, y] = [matrix([[3, 1]]), matrix([[1, 0]])];
    expect(halfSquareLoss.evaluate(f, y)).toEqual({ values: Float64Array.of(2.5), derivative: matrix([[2, 1]]) });
    expect(squareLoss.evaluate(f, y)).toEqual({ values: Float64Array.of(5), derivative: matrix([[4, 2]]) });
    expect(halfSquareLoss.curvatureProduct(f, y, f)).toEqual(f);
    expect(squareLoss.curvatureProduct(f, y, f)).toEqual(matrix([[6, 2]]));
  });
});

/** |actual − expected| within a few ulp of the expected value itself. */
function expectRelative(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(16 * EPS * Math.abs(expected));
}

describe("the tails", () => {
  // For large |f|, log(1 + e^{−f}) = e^{−f}(1 + O(e^{−f})) and log(1 + e^f) = f + O(e^{−f}); at 50, e^{−50} < 10⁻²¹.
  it("of the logistic loss keep their relative accuracy", () => {
    for (const y of [1, -1]) {
      const outputs = matrix([[50 * y], [-50 * y], [700 * y], [-1e300 * y]]);
      const targets = matrix([[y], [y], [y], [y]]);
      const { values, derivative } = logisticLoss.evaluate(outputs, targets);
      const tail = Math.exp(-50);
      [tail, 50, Math.exp(-700), 1e300].forEach((value, i) => expectRelative(values[i], value));
      [-tail, -1, -Math.exp(-700), -1].forEach((slope, i) => expectRelative(derivative.data[i], y * slope));
      const curvature = logisticLoss.curvatureProduct(outputs, targets, matrix([[1], [1], [1], [1]])).data;
      [tail, tail, Math.exp(-700), 0].forEach((value, i) => expectRelative(curvature[i], value));
    }
  });

  it("of the cross entropy keep their relative accuracy", () => {
    const outputs = matrix([[1000, 950, 949], [1000, 950, 949]]); // prettier-ignore
    const targets = matrix([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
    const [p1, p2] = [Math.exp(-50), Math.exp(-51)];
    const { values, derivative } = crossEntropyLoss.evaluate(outputs, targets);
    expectRelative(values[0], p1 + p2);
    expectRelative(values[1], 50);
    [-p1 - p2, p1, p2, 1, -1, p2].forEach((slope, k) => expectRelative(derivative.data[k], slope));
    const curvature = crossEntropyLoss.curvatureProduct(outputs, targets, matrix([[1, 0, 0], [0, 1, 0]])); // prettier-ignore
    [p1 + p2, -p1, -p2, -p1, p1, -p1 * p2].forEach((entry, k) => expectRelative(curvature.data[k], entry));
  });

  it("are 0, never NaN, where e^{−f} underflows", () => {
    const one = matrix([[1, 0]]);
    const { values, derivative } = crossEntropyLoss.evaluate(matrix([[1e300, -1e300]]), one);
    expect(Array.from(values)).toEqual([0]);
    expect(Array.from(derivative.data, Math.abs)).toEqual([0, 0]);
    expect(crossEntropyLoss.evaluate(matrix([[-800, 800]]), one).values).toEqual(Float64Array.of(1600));
  });
});

it("the cross entropy of two classes is the logistic loss of the difference of outputs", () => {
  const stream = randomStream(2, "two classes");
  for (let trial = 0; trial < 20; trial++) {
    const [a, b] = [10 * stream.normal(), 10 * stream.normal()];
    const two = crossEntropyLoss.evaluate(matrix([[a, b]]), matrix([[1, 0]]));
    const one = logisticLoss.evaluate(matrix([[a - b]]), matrix([[1]]));
    // The rounding of a − b moves the loss by as much at most; then a few ulp.
    const tolerance = 16 * EPS * (1 + Math.abs(a - b));
    expect(Math.abs(two.values[0] - one.values[0])).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(two.derivative.data[0] - one.derivative.data[0])).toBeLessThanOrEqual(tolerance);
  }
});

describe("targets without a meaning", () => {
  const check = (loss: Loss, targets: Matrix, outputs: number) => () => loss.check("train", targets, outputs);

  it("are refused", () => {
    expect(check(halfSquareLoss, matrix([[1, 2]]), 1)).toThrow("train: targets must have 1 columns, got a 1×2 matrix");
    const infinite = { rows: 1, cols: 1, data: Float64Array.of(Infinity) };
    expect(check(halfSquareLoss, infinite, 1)).toThrow("train: targets must be finite, got Infinity");
    expect(check(squareLoss, { ...infinite, data: Float64Array.of(NaN) }, 1)).toThrow(
      "targets must be finite, got NaN",
    );
    expect(check(logisticLoss, matrix([[1], [0]]), 1)).toThrow(
      "train: targets of the logistic loss must be 1 or -1, got 0",
    );
    expect(check(logisticLoss, matrix([[1, 1]]), 2)).toThrow("train: the logistic loss is for one output, got 2");
    const rule = "train: targets of the cross entropy must be rows of probabilities that sum to 1, got ";
    expect(check(crossEntropyLoss, matrix([[1, 0], [1, 1]]), 2)).toThrow(`${rule}[1, 1]`); // prettier-ignore
    expect(check(crossEntropyLoss, matrix([[2, -1]]), 2)).toThrow(`${rule}[2, -1]`);
    expect(check(crossEntropyLoss, { rows: 1, cols: 2, data: Float64Array.of(1, NaN) }, 2)).toThrow(`${rule}[1, NaN]`);
  });

  it("are not refused for their rounding", () => {
    const stream = randomStream(3, "probabilities");
    for (let trial = 0; trial < 100; trial++) {
      const weights = Float64Array.from({ length: 10 }, () => stream.uniform());
      const sum = weights.reduce((total, weight) => total + weight, 0);
      crossEntropyLoss.check("train", { rows: 1, cols: 10, data: weights.map((weight) => weight / sum) }, 10);
    }
  });
});
