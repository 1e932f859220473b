import { describe, expect, it } from "vitest";
import { identity, type Matrix, matrix, type RandomStream, randomStream, zeros } from "flat-minima/core";
import { type FiniteSum, leastSquares, quadratic } from "flat-minima/models";

const EPS = Number.EPSILON;

function randomMatrix(stream: RandomStream, rows: number, cols: number): Matrix {
  const result = zeros(rows, cols);
  for (let k = 0; k < result.data.length; k++) result.data[k] = stream.normal();
  return result;
}

function randomSymmetric(stream: RandomStream, size: number): Matrix {
  const A = randomMatrix(stream, size, size);
  const result = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) result.data[i * size + j] = A.data[i * size + j] + A.data[j * size + i];
  }
  return result;
}

/** (L(θ + e_k) - L(θ - e_k))/2: for a quadratic L this is ∂L/∂θ_k, whatever the step. */
function centralDifferences(loss: (parameters: Float64Array) => number, at: Float64Array): number[] {
  return Array.from(at, (_, k) => {
    const moved = (by: number): number => loss(at.map((value, j) => (j === k ? value + by : value)));
    return (moved(1) - moved(-1)) / 2;
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let k = 0; k < actual.length; k++) expect(Math.abs(actual[k] - expected[k])).toBeLessThanOrEqual(tolerance);
}

/** Gradients against differences of a loss written out by hand, sample by sample. */
function checkGradients(
  model: FiniteSum,
  sampleLoss: (index: number, at: Float64Array) => number,
  at: Float64Array,
): void {
  const all = Array.from({ length: model.sampleCount }, (_, i) => i);
  const meanLoss = (batch: readonly number[], x: Float64Array): number =>
    batch.reduce((sum, i) => sum + sampleLoss(i, x), 0) / batch.length;
  // Losses a step of length 1 away are at most some 100 here; differences of sums of at most 100 rounded terms.
  const tolerance = 100 * EPS * 100 * 10;
  expectClose([model.loss(at)], [meanLoss(all, at)], tolerance);
  expectClose(
    model.gradient(at),
    centralDifferences((x) => meanLoss(all, x), at),
    tolerance,
  );
  for (const batch of [[0], [2, 1], [1, 1, 0]]) {
    expectClose(
      model.batchGradient(at, batch),
      centralDifferences((x) => meanLoss(batch, x), at),
      tolerance,
    );
  }
}

describe("leastSquares", () => {
  for (const seed of [1, 2, 3]) {
    const stream = randomStream(seed, "least squares");
    const [n, p] = [5, 3];
    const X = randomMatrix(stream, n, p);
    const y = Float64Array.from({ length: n }, () => stream.normal());
    const model = leastSquares(X, y);
    const theta = Float64Array.from({ length: p }, () => stream.normal());
    const error = (i: number, at: Float64Array): number => {
      let prediction = 0;
      for (let j = 0; j < p; j++) prediction += X.data[i * p + j] * at[j];
      return prediction - y[i];
    };

    it(`has the loss, residuals and gradients of the formula (seed ${seed})`, () => {
      checkGradients(model, (i, at) => error(i, at) ** 2 / 2, theta);
      expectClose(
        model.residuals(theta),
        Array.from({ length: n }, (_, i) => error(i, theta)),
        20 * EPS,
      );
    });

    it(`has the Gram matrix and Hessians of the formula (seed ${seed})`, () => {
      const x = (i: number, j: number): number => X.data[i * p + j];
      for (let i = 0; i < n; i++) {
        const products = Array.from({ length: n }, (_, k) => x(i, 0) * x(k, 0) + x(i, 1) * x(k, 1) + x(i, 2) * x(k, 2));
        // A sum of three products of numbers below 4 in modulus.
        expectClose(model.gramMatrix().data.subarray(i * n, (i + 1) * n), products, 3 * 3 * 16 * EPS);
      }
      const mean = zeros(p, p);
      for (let i = 0; i < n; i++) {
        const hessian = model.sampleHessian(i);
        for (let j = 0; j < p; j++) {
          for (let k = 0; k < p; k++) {
            expect(hessian.data[j * p + k]).toBe(x(i, j) * x(i, k));
            mean.data[j * p + k] += hessian.data[j * p + k] / n;
          }
        }
      }
      expectClose(model.hessian().data, mean.data, n * 3 * 16 * EPS);
    });
  }

  it("refuses what does not fit", () => {
    const X = matrix([[1], [2]]);
    const model = leastSquares(X, Float64Array.of(1, 2));
    expect(() => leastSquares(X, Float64Array.of(1))).toThrow(
      "leastSquares: targets must have one entry for each of the 2 rows of inputs, got 1",
    );
    expect(() => leastSquares(X, Float64Array.of(1, NaN))).toThrow("leastSquares: targets must be finite");
    expect(() => leastSquares({ rows: 1, cols: 1, data: Float64Array.of(Infinity) }, Float64Array.of(1))).toThrow(
      "leastSquares: inputs must be finite",
    );
    expect(() => model.loss(Float64Array.of(1, 2))).toThrow("leastSquares: parameters must have length 1, got 2");
    expect(() => model.batchGradient(Float64Array.of(1), [])).toThrow("leastSquares: the batch must not be empty");
    expect(() => model.batchGradient(Float64Array.of(1), [2])).toThrow(
      "leastSquares: a sample index must be an integer from 0 to 1, got 2",
    );
    expect(() => model.sampleHessian(-1)).toThrow("leastSquares: a sample index must be an integer from 0 to 1");
  });
});

describe("quadratic", () => {
  for (const seed of [1, 2, 3]) {
    it(`has the loss and gradients of the formula, also with negative curvature (seed ${seed})`, () => {
      const stream = randomStream(seed, "quadratic");
      const hessians = [0, 1, 2].map(() => randomSymmetric(stream, 2));
      const centre = Float64Array.of(stream.normal(), stream.normal());
      const sampleLoss = (i: number, at: Float64Array): number => {
        const [a, b, , d] = hessians[i].data;
        const [u, v] = [at[0] - centre[0], at[1] - centre[1]];
        return (a * u * u + 2 * b * u * v + d * v * v) / 2;
      };
      checkGradients(quadratic(hessians, centre), sampleLoss, Float64Array.of(stream.normal(), stream.normal()));
    });
  }

  it("has its critical point at the origin by default and exposes the mean Hessian", () => {
    const model = quadratic([matrix([[1, 2], [2, 3]]), matrix([[3, 0], [0, 1]])]); // prettier-ignore
    expect(Array.from(model.hessian.data)).toEqual([2, 1, 1, 2]);
    expect(Array.from(model.gradient(new Float64Array(2)))).toEqual([0, 0]);
  });

  it("refuses what is no Hessian", () => {
    const lopsided = matrix([[1, 2], [3, 1]]); // prettier-ignore
    expect(() => quadratic([])).toThrow("quadratic: at least one Hessian is needed");
    expect(() => quadratic([lopsided])).toThrow(
      "quadratic: every Hessian must be symmetric, got entries 3 and 2 at (1, 0) and (0, 1)",
    );
    expect(() => quadratic([identity(2), identity(3)])).toThrow("quadratic: every Hessian must be 2×2, got a 3×3");
    expect(() => quadratic([{ rows: 1, cols: 1, data: Float64Array.of(Infinity) }])).toThrow(
      "quadratic: every Hessian must be finite",
    );
    expect(() => quadratic([identity(2)], Float64Array.of(1))).toThrow("quadratic: parameters must have length 2");
    expect(() => quadratic([identity(2)]).batchGradient(new Float64Array(2), [1])).toThrow("from 0 to 0, got 1");
  });
});
