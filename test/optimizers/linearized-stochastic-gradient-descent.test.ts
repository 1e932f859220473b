import { describe, expect, it } from "vitest";
import { frobeniusNorm, matrix, norm, randomStream, topEigenvalue, eigh } from "flat-minima/core";
import { leastSquares } from "flat-minima/models";
import {
  enumerateBatches,
  linearizedStochasticGradientDescent,
  type Sampling,
  stochasticGradientDescent,
} from "flat-minima/optimizers";
import { expectedLossTrajectory } from "flat-minima/stability";
import { streamOfBatches } from "./streams";

const EPS = Number.EPSILON;
const SAMPLINGS: readonly Sampling[] = ["with replacement", "without replacement"];

function regression(n: number, p: number) {
  const stream = randomStream(9, "regression", n, p);
  const inputs = { rows: n, cols: p, data: stream.normals(n * p) };
  const targets = stream.normals(n);
  return { inputs, targets, model: leastSquares(inputs, targets), start: stream.normals(p) };
}

describe("linearizedStochasticGradientDescent", () => {
  it("makes the step worked by hand, repeats counted", () => {
    const gram = matrix([[4, 1, 0], [1, 2, 1], [0, 1, 8]]); // prettier-ignore
    const step = linearizedStochasticGradientDescent({
      gram,
      learningRate: 0.5,
      batchSize: 4,
      sampling: "with replacement",
      stream: streamOfBatches([[0, 2, 2, 0]]),
    });
    // e - (η/B)(2 K_0 e_0 + 2 K_2 e_2) with η/B = 1/8, e = (8, 1, -4): K_0 e_0 = (32, 8, 0), K_2 e_2 = (0, -4, -32).
    expect(step(Float64Array.of(8, 1, -4))).toEqual(Float64Array.of(8 - 8, 1 - 2 + 1, -4 + 8));
  });

  it("is SGD of a linear model on the same batches", () => {
    const [n, p, steps] = [6, 9, 200];
    const { inputs, targets, model, start } = regression(n, p);
    const gram = model.gramMatrix();
    // A step multiplies θ - θ* by the symmetric I - (η/B) Σ x xᵀ, which contracts at this rate: roundings do not grow.
    const learningRate = 1 / topEigenvalue(gram);
    const conditionNumber = Math.sqrt(topEigenvalue(gram) / eigh(gram).values[0]);
    for (const sampling of SAMPLINGS) {
      for (const batchSize of [1, 2, n]) {
        const rule = { sampling, batchSize, learningRate };
        const parameters = stochasticGradientDescent({ ...model, ...rule, stream: randomStream(2, "same") });
        const residuals = linearizedStochasticGradientDescent({ gram, ...rule, stream: randomStream(2, "same") });
        let theta = start;
        let e = model.residuals(start);
        let scale = 0;
        for (let t = 1; t <= steps; t++) {
          theta = parameters(theta);
          e = residuals(e);
          scale = Math.max(scale, frobeniusNorm(inputs) * norm(theta) + norm(targets) + norm(e));
          // Each step adds roundings of sums of n + p terms of this scale; as errors of θ they are 1/σ_min(X) larger
          // and seen again in e after a factor ‖X‖.
          const tolerance = 4 * t * (n + p) * EPS * conditionNumber * scale;
          const exact = model.residuals(theta);
          expect(norm(e.map((value, k) => value - exact[k]))).toBeLessThanOrEqual(tolerance);
        }
        expect(norm(e)).toBeLessThan(norm(model.residuals(start))); // and it went somewhere
      }
    }
  });

  it("has e_t = e_0 - K c_t and θ_t = θ_0 - Jᵀc_t, with the c_t of its comment", () => {
    const [n, p] = [4, 3]; // no interpolation: J has a left kernel
    const { inputs, model, start } = regression(n, p);
    const gram = model.gramMatrix();
    const batches = [[0, 1], [2, 2], [1, 3], [3, 0]]; // prettier-ignore
    const rule = { batchSize: 2, sampling: "with replacement", learningRate: 0.25 } as const;
    const residuals = linearizedStochasticGradientDescent({ gram, ...rule, stream: streamOfBatches(batches) });
    const parameters = stochasticGradientDescent({ ...model, ...rule, stream: streamOfBatches(batches) });
    const first = model.residuals(start);
    const c = new Float64Array(n);
    let [e, theta] = [first, start];
    for (const batch of batches) {
      for (const i of batch) c[i] += (0.25 / 2) * e[i];
      [e, theta] = [residuals(e), parameters(theta)];
    }
    const scale = 100 * EPS * (norm(first) + norm(start) + frobeniusNorm(gram) * norm(c));
    for (let i = 0; i < n; i++) {
      const Kc = c.reduce((sum, value, j) => sum + gram.data[i * n + j] * value, 0);
      expect(Math.abs(e[i] - (first[i] - Kc))).toBeLessThanOrEqual(scale);
    }
    for (let k = 0; k < p; k++) {
      const Jc = c.reduce((sum, value, i) => sum + inputs.data[i * p + k] * value, 0);
      expect(Math.abs(theta[k] - (start[k] - Jc))).toBeLessThanOrEqual(scale);
    }
  });

  it("has the mean loss of the closed recursion, over all sequences of batches", async () => {
    const learningRate = 0.2;
    for (const p of [2, 5]) {
      const { model, start } = regression(3, p);
      const gram = model.gramMatrix();
      const residual = model.residuals(start);
      for (const sampling of SAMPLINGS) {
        const batches = enumerateBatches({ sampleCount: 3, batchSize: 2, sampling });
        const rule = { gram, learningRate, batchSize: 2, sampling };
        const expected = await expectedLossTrajectory({ ...rule, residual, steps: 3 });
        let ends = [residual];
        for (let t = 1; t <= 3; t++) {
          ends = ends.flatMap((e) =>
            batches.map((batch) =>
              linearizedStochasticGradientDescent({ ...rule, stream: streamOfBatches([batch]) })(e),
            ),
          );
          const losses = ends.map((e) => e.reduce((sum, value) => sum + value ** 2, 0) / 6);
          const mean = losses.reduce((sum, loss) => sum + loss) / losses.length;
          // A mean of N losses, each at most the largest, each after t steps of sums over n = 3 terms; the recursion
          // goes through the eigenvectors of K, 3×3.
          const tolerance = (losses.length + 100 * t) * EPS * Math.max(...losses, expected[0]);
          expect(Math.abs(mean - expected[t])).toBeLessThanOrEqual(tolerance);
        }
      }
    }
  });

  it("refuses what is no Gram matrix and residuals that do not fit", () => {
    const rule = { learningRate: 1, batchSize: 1, sampling: "with replacement", stream: randomStream(1) } as const;
    const make = (rows: number[][]) => () => linearizedStochasticGradientDescent({ gram: matrix(rows), ...rule });
    expect(make([[1, 2]])).toThrow("linearizedStochasticGradientDescent: gram must be square, got a 1×2 matrix");
    const asymmetric = [[1, 2], [3, 1]]; // prettier-ignore
    expect(make(asymmetric)).toThrow(
      "gram must be symmetric (if that is rounding, take symmetricPart of it), got entries",
    );
    const gram = { rows: 1, cols: 1, data: Float64Array.of(Infinity) };
    expect(() => linearizedStochasticGradientDescent({ gram, ...rule })).toThrow("gram must be finite");
    expect(() => make([[1]])()(Float64Array.of(1, 2))).toThrow("the residuals must have length 1, got 2");
  });
});
