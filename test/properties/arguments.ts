import { denseOperator, type LinearOperator, type Matrix, type RandomStream } from "flat-minima/core";
import * as fc from "fast-check";
import { StreamOf } from "./prepared";

/** Numbers of moderate size with two decimals, 0 and repetitions among them: easy to read and to shrink. */
export const number: fc.Arbitrary<number> = fc.integer({ min: -1000, max: 1000 }).map((k) => k / 100);

export const positive: fc.Arbitrary<number> = fc.integer({ min: 1, max: 1000 }).map((k) => k / 100);

export const size: fc.Arbitrary<number> = fc.integer({ min: 1, max: 5 });

/** Each call of the export gets a fresh stream of this seed. */
export const stream: fc.Arbitrary<RandomStream> = fc
  .integer({ min: 0, max: 2 ** 32 - 1 })
  .map((seed) => new StreamOf(seed) as unknown as RandomStream);

export const name: fc.Arbitrary<string> = fc.constantFrom("loss", "step t", "λ₁", "a < b & c", "η = 0.1");

export const vector = (length: number, entry: fc.Arbitrary<number> = number): fc.Arbitrary<Float64Array> =>
  fc.array(entry, { minLength: length, maxLength: length }).map((entries) => Float64Array.from(entries));

export const list = <Item>(length: number, item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
  fc.array(item, { minLength: length, maxLength: length });

export const matrixOf = (rows: number, cols: number, entry: fc.Arbitrary<number> = number): fc.Arbitrary<Matrix> =>
  vector(rows * cols, entry).map((data) => ({ rows, cols, data }));

export const anyMatrix: fc.Arbitrary<Matrix> = fc.tuple(size, size).chain(([rows, cols]) => matrixOf(rows, cols));

export const symmetricOf = (n: number): fc.Arbitrary<Matrix> =>
  matrixOf(n, n).map((A) => fromEntries(n, (i, j) => A.data[i * n + j] + A.data[j * n + i]));

/** B Bᵀ + I for a random B. */
export const positiveDefiniteOf = (n: number): fc.Arbitrary<Matrix> =>
  matrixOf(n, n).map((B) => fromEntries(n, (i, j) => innerProduct(B, i, j) + (i === j ? 1 : 0)));

/** B Bᵀ for a random B of few columns, not 0. */
export const gramOf = (n: number): fc.Arbitrary<Matrix> =>
  fc
    .integer({ min: 1, max: n })
    .chain((rank) => matrixOf(n, rank))
    .filter((B) => B.data.some((entry) => Math.abs(entry) >= 1))
    .map((B) => fromEntries(n, (i, j) => innerProduct(B, i, j)));

export const operator = (A: fc.Arbitrary<Matrix>): fc.Arbitrary<LinearOperator> =>
  A.map((entries) => denseOperator(entries));

/** B and how it is drawn, for n samples. */
export const batchRule = (
  sampleCount: number,
): fc.Arbitrary<{ batchSize: number; sampling: "with replacement" | "without replacement" }> =>
  fc.record({
    batchSize: fc.integer({ min: 1, max: sampleCount }),
    sampling: fc.constantFrom("with replacement" as const, "without replacement" as const),
  });

function fromEntries(n: number, entry: (i: number, j: number) => number): Matrix {
  return { rows: n, cols: n, data: Float64Array.from({ length: n * n }, (_, k) => entry(Math.floor(k / n), k % n)) };
}

function innerProduct({ cols, data }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < cols; k++) sum += data[i * cols + k] * data[j * cols + k];
  return sum;
}
