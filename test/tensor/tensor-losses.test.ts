import * as tf from "@tensorflow/tfjs-core";
import { type Matrix, randomStream } from "flat-minima/core";
import { crossEntropyLoss, halfSquareLoss } from "flat-minima/models";
import { registerExactGradients, tensorCrossEntropyLoss, tensorHalfSquareLoss } from "flat-minima/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { onEveryBackend, ROUNDING } from "./backends";

const [n, c] = [6, 3];
const outputs: Matrix = {
  rows: n,
  cols: c,
  data: randomStream(1, "outputs")
    .normals(n * c)
    .map(Math.fround),
};
/** Eighths, which sum up to 1 without rounding. */
const probabilities = [1, 0, 0, 0.5, 0.25, 0.25, 0.125, 0.125, 0.75];

onEveryBackend(() => {
  beforeAll(registerExactGradients);

  describe.each([
    [tensorHalfSquareLoss, halfSquareLoss],
    [tensorCrossEntropyLoss, crossEntropyLoss],
  ])("%o", (tensorLoss, loss) => {
    const targets: Matrix = { rows: n, cols: c, data: Float64Array.from([...probabilities, ...probabilities]) };
    const tensorOf = ({ data }: Matrix) => tf.tensor2d(Float32Array.from(data), [n, c]);

    it("is the mean of the float64 loss", () => {
      expect(tensorLoss.name).toBe(loss.name);
      const { values, derivative } = loss.evaluate(outputs, targets);
      const mean = values.reduce((sum, value) => sum + value / n, 0);
      const { value, grad } = tf.tidy(() => {
        const f = (at: tf.Tensor) => tensorLoss.mean(at as tf.Tensor2D, tensorOf(targets));
        const result = tf.valueAndGrad(f)(tensorOf(outputs));
        return { value: result.value.dataSync()[0], grad: result.grad.dataSync() };
      });
      // 18 numbers, each by at most 8 roundings of numbers up to 4, added up.
      expect(Math.abs(value - mean)).toBeLessThan(ROUNDING * (18 + 8) * 4 * mean);
      grad.forEach((g, k) => expect(Math.abs(g - derivative.data[k] / n)).toBeLessThan((ROUNDING * 8 * 4) / n));
    });

    it("refuses the targets that the float64 loss refuses", () => {
      const wrong = { ...targets, data: targets.data.map((y, k) => (k === 4 ? NaN : y)) };
      expect(() => tensorLoss.check("caller", wrong, c)).toThrow("caller: targets ");
      expect(() => tensorLoss.check("caller", targets, c + 1)).toThrow("caller: targets must have 4 columns");
    });
  });
});
