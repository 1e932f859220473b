import {
  denseOperator,
  diagonal,
  dot,
  eigh,
  type Matrix,
  matrix,
  norm,
  randomStream,
  rowOf,
  transpose,
} from "flat-minima/core";
import { eigenpairTracker } from "flat-minima/stability";
import { describe, expect, it } from "vitest";

/** A symmetric matrix that changes with t: D + t(S + Sᵀ). */
function moving(size: number, seed: number): (t: number) => Matrix {
  const stream = randomStream(seed, "moving");
  const S = stream.normals(size * size);
  return (t) => ({
    rows: size,
    cols: size,
    data: Float64Array.from({ length: size * size }, (_, k) => {
      const [i, j] = [Math.floor(k / size), k % size];
      return (i === j ? size - i : 0) + t * (S[k] + S[j * size + i]);
    }),
  });
}

describe("eigenpairTracker", () => {
  it("follows the top eigenpairs of a dense eigensolver, within what the residual allows", async () => {
    const size = 12;
    const H = moving(size, 1);
    for (const count of [1, 2]) {
      const track = eigenpairTracker({
        operatorAt: ([t]) => denseOperator(H(t)),
        count,
        stream: randomStream(2),
        tolerance: 1e-6,
      });
      for (let k = 0; k <= 20; k++) {
        const A = H(k / 40);
        const { values, vectors } = eigh(A);
        const found = await track(Float64Array.of(k / 40));
        expect(found.converged).toBe(true);
        const largest = Math.max(...values.map(Math.abs));
        for (let j = 0; j < count; j++) {
          // An eigenvalue lies within the residual, here relative to ‖A‖, of each value; and they are the largest ones.
          expect(Math.abs(found.values[j] - values[size - 1 - j])).toBeLessThanOrEqual(2e-6 * largest);
          const exact = rowOf(transpose(vectors), size - 1 - j);
          const gaps = values.map((value, i) =>
            i === size - 1 - j ? Infinity : Math.abs(value - values[size - 1 - j]),
          );
          // Davis and Kahan: sin of the angle ≤ residual/(gap − residual).
          const sine = (1e-6 * largest) / (Math.min(...gaps) - 1e-6 * largest);
          const cosine = Math.abs(dot(found.vectors[j], exact));
          expect(1 - cosine).toBeLessThanOrEqual(sine ** 2 + 1e-12);
        }
      }
    }
  });

  it("notices that another eigenvalue has become the largest, though its start is an eigenvector", async () => {
    const track = eigenpairTracker({
      operatorAt: ([t]) => denseOperator(diagonal([2 - t, t, ...new Array<number>(20).fill(0)])),
      stream: randomStream(3),
      tolerance: 1e-6,
    });
    for (const t of [0, 0.5, 0.9, 1.1, 1.5, 2]) {
      const { values } = await track(Float64Array.of(t));
      // λ₁ = max(2 − t, t), to the residual 1e-6·2.
      expect(Math.abs(values[0] - Math.max(2 - t, t))).toBeLessThanOrEqual(2e-6);
    }
  });

  it("takes fewer products once it is warm, and keeps an eigenvector's sign", async () => {
    const size = 60;
    const H = moving(size, 4);
    const track = eigenpairTracker({ operatorAt: ([t]) => denseOperator(H(t)), stream: randomStream(5) });
    const cold = await track(Float64Array.of(0.01));
    let last = cold.vectors[0];
    for (let k = 1; k <= 10; k++) {
      const warm = await track(Float64Array.of(0.01 + k * 1e-4));
      expect(warm.iterations).toBeLessThan(cold.iterations);
      expect(dot(warm.vectors[0], last)).toBeGreaterThan(0.9);
      // Unit vectors to rounding.
      expect(Math.abs(norm(warm.vectors[0]) - 1)).toBeLessThanOrEqual(size * Number.EPSILON);
      last = warm.vectors[0];
    }
  });

  it("starts again where the number of parameters has changed", async () => {
    const track = eigenpairTracker({ operatorAt: (x) => denseOperator(diagonal(x)), stream: randomStream(6) });
    expect((await track(Float64Array.of(1, 3))).values[0]).toBeCloseTo(3, 10);
    expect((await track(Float64Array.of(1, 2, 7))).values[0]).toBeCloseTo(7, 10);
  });

  it("refuses what does not fit", async () => {
    const options = { operatorAt: () => denseOperator(matrix([[1]])), stream: randomStream(1) };
    expect(() => eigenpairTracker({ ...options, count: 0 })).toThrow(
      "eigenpairTracker: count must be a positive integer, got 0",
    );
    expect(() => eigenpairTracker({ ...options, tolerance: 0 })).toThrow(
      "eigenpairTracker: tolerance must be at least",
    );
    expect(() => eigenpairTracker({ ...options, maxIterations: 0.5 })).toThrow(
      "eigenpairTracker: maxIterations must be a positive integer, got 0.5",
    );
    const asymmetric = { ...denseOperator(matrix([[1, 2], [0, 1]])) }; // prettier-ignore
    const track = eigenpairTracker({ ...options, operatorAt: () => asymmetric });
    await expect(track(Float64Array.of(1))).rejects.toThrow("topEigenpairs: ");
  });
});
