import { matrix, type Matrix, randomStream } from "flat-minima/core";
import { gaussNewtonMeasures } from "flat-minima/landscape";
import { twoLayer } from "flat-minima/models";
import { describe, expect, it } from "vitest";

const EPS = Number.EPSILON;

/** H diag(λ) H with the reflection H = I − 2vvᵀ of a unit vector v: a matrix whose eigenvalues are planted. */
function withEigenvalues(values: readonly number[], seed: number): Matrix {
  const n = values.length;
  const v = randomStream(seed, "reflection").sphere(n);
  const H = (i: number, j: number): number => (i === j ? 1 : 0) - 2 * v[i] * v[j];
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += H(i, k) * values[k] * H(k, j);
      data[i * n + j] = data[j * n + i] = sum;
    }
  }
  return { rows: n, cols: n, data };
}

describe("the measures of G", () => {
  it("are those of the planted eigenvalues over n", () => {
    const spectra = [[4], [3, 0], [5, 5, 1], Array.from({ length: 40 }, (_, k) => 1 / (k + 1) ** 2)];
    spectra.forEach((values, seed) => {
      const n = values.length;
      const measured = gaussNewtonMeasures(withEigenvalues(values, seed));
      const top = Math.max(...values);
      const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
      // The planting makes an error of some 4n·eps of the norm; the solver's tolerance is 1e-10, its error the square.
      const tolerance = (20 * n * EPS * size) / n;
      const total = values.reduce((sum, value) => sum + value, 0);
      expect(Math.abs(measured.trace - total / n)).toBeLessThanOrEqual(n * tolerance);
      expect(Math.abs(measured.frobeniusNorm - size / n)).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(measured.spectralNorm - top / n)).toBeLessThanOrEqual(tolerance);
    });
  });

  it("are those of (1/n) Σ ∇f∇fᵀ, written down for two neurons", () => {
    // f = a₁ relu(w₁·x) + a₂ relu(w₂·x) in the plane, gradients by hand.
    const [w1, w2, a1, a2] = [[1, 2], [-1, 1], 3, -0.5]; // prettier-ignore
    const inputs = [[1, 1], [2, -1.5], [-1, 3], [0.5, -2]]; // prettier-ignore
    const gradients = inputs.map(([x, y]) => {
      const [z1, z2] = [w1[0] * x + w1[1] * y, w2[0] * x + w2[1] * y];
      const [on1, on2] = [z1 > 0 ? a1 : 0, z2 > 0 ? a2 : 0];
      return [on1 * x, on1 * y, on2 * x, on2 * y, Math.max(0, z1), Math.max(0, z2)];
    });
    const n = inputs.length;
    const G = (r: number, s: number): number => gradients.reduce((sum, g) => sum + g[r] * g[s], 0) / n;
    const indices = [0, 1, 2, 3, 4, 5];
    const trace = indices.reduce((sum, r) => sum + G(r, r), 0);
    const square = indices.reduce((sum, r) => sum + indices.reduce((part, s) => part + G(r, s) ** 2, 0), 0);
    /** Power iteration: after 500 steps from ones the ratio of eigenvalues is far below rounding. */
    let vector = indices.map(() => 1);
    let top = 0;
    for (let step = 0; step < 500; step++) {
      const image = indices.map((r) => indices.reduce((sum, s) => sum + G(r, s) * vector[s], 0));
      top = Math.hypot(...image);
      vector = image.map((value) => value / top);
    }
    const network = twoLayer({ inputCount: 2, width: 2, structure: "no bias", activation: "relu" });
    const theta = Float64Array.of(...w1, ...w2, a1, a2);
    const measured = gaussNewtonMeasures(network.evaluate(theta, matrix(inputs)).gramMatrix());
    const tolerance = 100 * EPS * trace;
    expect(Math.abs(measured.trace - trace)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(measured.frobeniusNorm - Math.sqrt(square))).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(measured.spectralNorm - top)).toBeLessThanOrEqual(tolerance);
  });

  it("vanish with the gradients", () => {
    expect(gaussNewtonMeasures(matrix([[0, 0], [0, 0]]))).toEqual({ trace: 0, frobeniusNorm: 0, spectralNorm: 0 }); // prettier-ignore
  });

  it("refuse what is no Gram matrix", () => {
    expect(() => gaussNewtonMeasures(matrix([[1, 2]]))).toThrow(
      "gaussNewtonMeasures: the Gram matrix must be square, got 1×2",
    );
    expect(() =>
      gaussNewtonMeasures(
        matrix([
          [1, 0.5],
          [0.4, 1],
        ]),
      ),
    ).toThrow(
      // prettier-ignore
      "gaussNewtonMeasures: a Gram matrix must be symmetric with |K_ij| ≤ √(K_ii K_jj) = 1, got entries 0.4 and 0.5 at (1, 0) and (0, 1)",
    );
    expect(() => gaussNewtonMeasures(matrix([[-1]]))).toThrow(
      "gaussNewtonMeasures: ‖g_i‖² must be finite and not negative, got -1",
    );
    const huge = { rows: 1, cols: 1, data: Float64Array.of(1e200) };
    expect(() => gaussNewtonMeasures(huge)).toThrow("gaussNewtonMeasures: ‖G‖_F must not overflow, got Infinity");
  });
});
