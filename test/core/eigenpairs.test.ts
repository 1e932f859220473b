import { diagonal, identity, type Matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import { denseOperator } from "../../lib/core/dense-operator";
import { bottomEigenpairs, topEigenpairs } from "../../lib/core/eigenpairs";
import { lobpcg } from "../../lib/core/lobpcg";
import { columnOf, counted, length, mix, orthogonalMatrix, planted, times } from "./operator-oracles";

const stream = randomStream(1, "eigenpairs");
const SIZE = 120;
const Q = orthogonalMatrix(stream, SIZE);
/** A sharp landscape: three large eigenvalues over a bulk, and some negative ones. */
const spectrum = Array.from({ length: SIZE }, (_, k) => (k < 3 ? 30 - 8 * k : 4 * Math.cos((k * Math.PI) / SIZE)));
const A = planted(Q, spectrum);
const unit = (k: number, n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => Number(i === k));

function residualOf(matrix: Matrix, value: number, vector: Float64Array): number {
  return length(times(matrix, vector).map((entry, i) => entry - value * vector[i]));
}

describe("topEigenpairs", () => {
  it("counts its products, and needs far fewer than power iteration would", async () => {
    const operator = counted(denseOperator(A));
    const { iterations, values } = await topEigenpairs(operator, { stream: randomStream(2) });
    expect(iterations).toBe(operator.count());
    // The top one is separated by a ratio of 22/30: ten digits of a vector take power iteration 23/log(30/22) = 74.
    expect(iterations).toBeLessThan(37);
    expect(Math.abs(values[0] - 30)).toBeLessThanOrEqual(1e-10 * 30);
  });

  it("says so when it did not get there, and what it then has is a lower bound", async () => {
    const options = { count: 2, stream: randomStream(2), maxIterations: 8 };
    const early = await topEigenpairs(denseOperator(A), options);
    expect(early.converged).toBe(false);
    expect(early.iterations).toBe(8 + 2); // the last two measure the residuals
    expect(early.message).toMatch(
      /^not converged: relative residual \d\.\de-\d after 10 iterations, above the tolerance 1e-10; raise maxIterations or the tolerance$/,
    );
    early.values.forEach((value, k) => {
      expect(value).toBeLessThan(spectrum[k]);
      // The residual is relative to the largest Ritz value, which is at most 30 and here at least the top value found.
      const defect = residualOf(A, value, early.vectors[k]);
      expect(defect).toBeLessThanOrEqual(early.residuals[k] * 30 * (1 + 1e-9));
      expect(defect).toBeGreaterThanOrEqual(early.residuals[k] * early.values[0] * (1 - 1e-9));
    });
  });

  it("ends with the space: all eigenpairs of a small matrix, at any tolerance", async () => {
    const small = planted(orthogonalMatrix(stream, 4), [3, 1, 1, -2]);
    for (const tolerance of [1e-6, 1e-10, 1e-14]) {
      for (const count of [1, 3, 4]) {
        const { values, iterations } = await topEigenpairs(denseOperator(small), { count, stream, tolerance });
        expect(iterations).toBeLessThanOrEqual(4 + count);
        values.forEach((value, k) => expect(Math.abs(value - [3, 1, 1, -2][k])).toBeLessThanOrEqual(2e-6 * 3));
      }
    }
    const one = await topEigenpairs(denseOperator(identity(5)), { count: 2, stream });
    expect(one.iterations).toBe(4);
    expect(one.values).toEqual(Float64Array.of(1, 1));
  });

  it("finds as many copies of an eigenvalue as the block has vectors, and all of them by default", async () => {
    const repeated = Array.from({ length: SIZE }, (_, k) => (k < 3 ? 9 : k < 6 ? 7 - k / 10 : Math.sin(k)));
    const operator = denseOperator(planted(Q, repeated));
    for (const [blockSize, expected] of [
      [1, [9, 6.7, 6.6, 6.5]],
      [2, [9, 9, 6.7, 6.6]],
      [3, [9, 9, 9, 6.7]],
      [undefined, [9, 9, 9, 6.7]],
    ] as const) {
      const { values, converged } = await topEigenpairs(operator, { count: 4, blockSize, stream });
      expect(converged).toBe(true);
      // Some eigenvalue is within the residual; planting moves them by less than that.
      values.forEach((value, k) => expect(Math.abs(value - expected[k])).toBeLessThanOrEqual(2e-10 * 9));
    }
  });

  it("goes on from a fresh vector where the block's Krylov space ends too early", async () => {
    for (const [matrix, count, expected] of [
      [identity(5), 2, [1, 1]],
      [diagonal([2, 1, 2, 1, 1, 2]), 4, [2, 2, 1, 1]], // twice a Krylov space that holds each of both once
    ] as const) {
      const { values, vectors, converged } = await topEigenpairs(denseOperator(matrix), {
        count,
        blockSize: 1,
        stream,
        maxIterations: 1, // k pairs need k vectors, whatever it says
      });
      expect([converged, values.length, vectors.length]).toEqual([true, count, count]);
      values.forEach((value, k) => expect(Math.abs(value - expected[k])).toBeLessThanOrEqual(1e-10 * 2));
    }
  });

  it("starts from what it is given: from the eigenvectors of a nearby matrix it needs fewer products", async () => {
    const before = await topEigenpairs(denseOperator(A), { count: 3, stream });
    const moved = mix(1, A, 0.01, planted(orthogonalMatrix(stream, SIZE), spectrum));
    const cold = await topEigenpairs(denseOperator(moved), { count: 3, stream });
    const warm = await topEigenpairs(denseOperator(moved), { start: before.vectors });
    expect([cold.converged, warm.converged]).toEqual([true, true]);
    expect(warm.iterations).toBeLessThan(cold.iterations);
    warm.values.forEach((value, k) => expect(Math.abs(value - cold.values[k])).toBeLessThanOrEqual(2e-10 * 31));
  });

  it("refuses starts that do not fit", async () => {
    const operator = denseOperator(diagonal([1, 2]));
    const top = (options: object) => topEigenpairs(operator, options as Parameters<typeof topEigenpairs>[1]);
    const e = unit(0, 2);
    for (const count of [0, 3, 1.5]) {
      await expect(top({ count, stream })).rejects.toThrow(
        `topEigenpairs: count must be an integer from 1 to 2, got ${count}`,
      );
    }
    for (const blockSize of [0, 2, 1.5, NaN]) {
      await expect(top({ count: 1, blockSize, stream })).rejects.toThrow(
        `topEigenpairs: blockSize must be an integer from 1 to 1, got ${blockSize}`,
      );
    }
    await expect(top({ start: [] })).rejects.toThrow("topEigenpairs: at least one start vector is needed, got 0");
    await expect(top({ start: [unit(0, 3)] })).rejects.toThrow("a start vector must have 2 entries, got 3");
    await expect(top({ start: [e, e, e] })).rejects.toThrow("there can be at most 2 vectors, the dimension, got 3");
    await expect(top({ start: [e, Float64Array.of(3, 0)] })).rejects.toThrow(
      "topEigenpairs: the vectors must be linearly independent, got vector 1, of which a share of 0.0e+0 is new",
    );
    await expect(top({ start: [new Float64Array(2)] })).rejects.toThrow(
      "vector 0 must be finite and not 0, got the norm 0",
    );
    await expect(top({ start: [e.map(() => NaN)] })).rejects.toThrow("must be finite and not 0, got the norm NaN");
    await expect(top({ stream, tolerance: 0 })).rejects.toThrow("topEigenpairs: tolerance must be at least 2.2204");
    await expect(top({ stream, maxIterations: 0 })).rejects.toThrow("maxIterations must be a positive integer, got 0");
    await expect(bottomEigenpairs(operator, { count: 3, stream })).rejects.toThrow("bottomEigenpairs: count must be");
  });
});

describe("lobpcg", () => {
  it("counts its products", async () => {
    const operator = counted(denseOperator(A));
    const { iterations } = await lobpcg(operator, [stream.normals(SIZE), stream.normals(SIZE)]);
    expect(iterations).toBe(operator.count());
  });

  it("follows eigenpairs: from those of a nearby matrix it needs fewer products", async () => {
    let { vectors } = await lobpcg(denseOperator(A), [0, 1, 2].map(() => stream.normals(SIZE))); // prettier-ignore
    const turn = planted(orthogonalMatrix(stream, SIZE), spectrum);
    let [warmTotal, coldTotal] = [0, 0];
    for (let step = 1; step <= 4; step++) {
      const moved = mix(1, A, 0.002 * step, turn);
      const cold = await lobpcg(denseOperator(moved), [0, 1, 2].map(() => stream.normals(SIZE))); // prettier-ignore
      const warm = await lobpcg(denseOperator(moved), vectors);
      expect([cold.converged, warm.converged]).toEqual([true, true]);
      warm.values.forEach((value, k) => {
        expect(Math.abs(value - cold.values[k])).toBeLessThanOrEqual(2e-10 * 31);
        expect(residualOf(moved, value, warm.vectors[k])).toBeLessThanOrEqual(1e-10 * 31);
      });
      warmTotal += warm.iterations;
      coldTotal += cold.iterations;
      vectors = warm.vectors;
    }
    expect(warmTotal).toBeLessThan(0.8 * coldTotal);
  });

  it("started at eigenvectors has nothing to do but to look", async () => {
    const start = [0, 1].map((k) => columnOf(Q, k));
    const { iterations, converged, values } = await lobpcg(denseOperator(A), start);
    expect([iterations, converged]).toEqual([4, true]); // two products to see it, two to measure
    values.forEach((value, k) => expect(Math.abs(value - spectrum[k])).toBeLessThanOrEqual(1e-10 * 30));
  });

  it("stays where its start lies, as its comment says, and one random vector more frees it", async () => {
    const D = denseOperator(diagonal([5, 3, 2, 1, 0.5, 0.1, -9]));
    const stuck = await lobpcg(D, [unit(1, 7), unit(2, 7)]);
    expect(stuck.values).toEqual(Float64Array.of(3, 2));
    const freed = await lobpcg(D, [unit(1, 7), unit(2, 7), stream.normals(7)]);
    [5, 3, 2].forEach((value, k) => expect(Math.abs(freed.values[k] - value)).toBeLessThanOrEqual(1e-10 * 9));
  });

  it("finds clusters that take it many steps, and hundreds of orders of magnitude do not matter", async () => {
    for (const factor of [1, 1e-150, 1e140]) {
      const cluster = Array.from({ length: 60 }, (_, k) => factor * (k < 4 ? 1 - 1e-4 * k : -k / 60));
      const matrix = planted(orthogonalMatrix(randomStream(4), 60), cluster);
      const start = [0, 1].map(() => stream.normals(60));
      const { values, converged } = await lobpcg(denseOperator(matrix), start, { maxIterations: 3000 });
      expect(converged).toBe(true);
      // Planting moves them by n·eps.
      values.forEach((value, k) =>
        expect(Math.abs(value / factor - 1 + 1e-4 * k)).toBeLessThanOrEqual(1e-10 + 60 * 1e-15),
      );
    }
  });

  it("says so when it did not get there", async () => {
    const start = [0, 1].map(() => stream.normals(SIZE));
    const early = await lobpcg(denseOperator(A), start, { maxIterations: 9 });
    expect(early.converged).toBe(false);
    expect(early.iterations).toBeLessThanOrEqual(9 + 2);
    expect(early.message).toMatch(
      /^not converged: .* above the tolerance 1e-10; raise maxIterations or the tolerance$/,
    );
    early.values.forEach((value, k) => {
      expect(value).toBeLessThan(spectrum[k]);
      expect(residualOf(A, value, early.vectors[k])).toBeLessThanOrEqual(early.residuals[k] * 30 * (1 + 1e-9));
    });
    const impossible = await lobpcg(denseOperator(A), start, { tolerance: Number.EPSILON, maxIterations: 400 });
    expect(impossible.residual).toBeLessThan(1e-13); // as far as rounding lets it, and nothing breaks on the way
    await expect(lobpcg(denseOperator(A), [])).rejects.toThrow("lobpcg: at least one start vector is needed, got 0");
    await expect(lobpcg(denseOperator(A), [unit(0, 3)])).rejects.toThrow(
      "lobpcg: vector 0 must have 120 entries, got 3",
    );
    await expect(lobpcg(denseOperator(A), start, { tolerance: NaN })).rejects.toThrow("lobpcg: tolerance must be");
  });
});

describe("lobpcg with a tolerance near rounding", () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))("tells the truth, seed %i", async (seed) => {
    // The images that LOBPCG carries along drift by rounding: a pair may look converged that is not, and the other way
    // round. What it reports is measured afresh, and it goes on where that says so.
    const n = 30;
    const own = randomStream(seed, "near rounding");
    const B = planted(
      orthogonalMatrix(own, n),
      Array.from({ length: n }, (_, i) => (i < 3 ? 1 : -i / n)),
    );
    const start = Array.from({ length: 3 }, () => own.normals(n));
    const { converged, residuals, values, vectors } = await lobpcg(denseOperator(B), start, {
      tolerance: 1e-15,
      maxIterations: 150,
    });
    expect(converged).toBe(Math.max(...residuals) <= 1e-15);
    vectors.forEach((vector, k) => {
      // ‖A‖ = 1. Either residual is off by the rounding of a product, at most n·eps·‖A‖_F, and of its own norm.
      const rounding = 2 * n * Number.EPSILON * Math.sqrt(n);
      expect(Math.abs(residualOf(B, values[k], vector) - residuals[k])).toBeLessThanOrEqual(rounding);
    });
  });
});
