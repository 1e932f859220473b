import { eigs } from "mathjs";
import { type Matrix, type RandomStream, zeros } from "flat-minima/core";
import { type BatchRule, enumerateBatches, type Sampling } from "flat-minima/optimizers";

/** Both samplings, for loops over them. */
export const SAMPLINGS: readonly Sampling[] = ["with replacement", "without replacement"];

export function randomMatrix(stream: RandomStream, rows: number, cols: number): Matrix {
  const result = zeros(rows, cols);
  for (let k = 0; k < result.data.length; k++) result.data[k] = stream.normal();
  return result;
}

/** x xᵀ written out. */
export function rankOne(x: readonly number[]): Matrix {
  const result = zeros(x.length, x.length);
  x.forEach((a, i) => x.forEach((b, j) => (result.data[i * x.length + j] = a * b)));
  return result;
}

/** n positive definite d×d matrices (1/3) Σ of three random rank-one ones. */
export function randomHessians(stream: RandomStream, count: number, size: number): Matrix[] {
  return Array.from({ length: count }, () => {
    const result = zeros(size, size);
    for (let k = 0; k < 3; k++) {
      const x = Array.from({ length: size }, () => stream.normal());
      rankOne(x).data.forEach((value, index) => (result.data[index] += value / 3));
    }
    return result;
  });
}

/** I - ηH_I for every batch I, entry by entry. */
export function stepMatrices(hessians: readonly Matrix[], learningRate: number, rule: BatchRule): number[][][] {
  const size = hessians[0].rows;
  return enumerateBatches({ sampleCount: hessians.length, ...rule }).map((batch) =>
    Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => {
        const curvature = batch.reduce((sum, k) => sum + hessians[k].data[i * size + j], 0) / batch.length;
        return (i === j ? 1 : 0) - learningRate * curvature;
      }),
    ),
  );
}

export function product(A: readonly number[][], B: readonly number[][]): number[][] {
  return A.map((row) => B[0].map((_, j) => row.reduce((sum, value, k) => sum + value * B[k][j], 0)));
}

export function toRows({ rows, cols, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

/** The mean of f over a list. */
export function mean<T>(items: readonly T[], f: (item: T) => number): number {
  return items.reduce((sum, item) => sum + f(item), 0) / items.length;
}

/** The mean over all batches of the Kronecker products A ⊗ A of the step matrices. */
export function kroneckerMean(steps: readonly number[][][]): number[][] {
  const size = steps[0].length;
  const index = Array.from({ length: size * size }, (_, k) => [Math.floor(k / size), k % size]);
  return index.map(([i, k]) => index.map(([j, l]) => mean(steps, (A) => A[i][j] * A[k][l])));
}

/** The eigenvalues of a symmetric matrix by mathjs' Jacobi rotations (relative precision 1e-12 by its default). */
export function eigenvalues(A: number[][]): number[] {
  return (eigs(A, { eigenvectors: false }).values as number[]).map(Number);
}

/** ρ(T) from nothing but the batches. */
export function radiusByEnumeration(hessians: readonly Matrix[], learningRate: number, rule: BatchRule): number {
  return Math.max(...eigenvalues(kroneckerMean(stepMatrices(hessians, learningRate, rule))).map(Math.abs));
}

/** ½(a + c) + ((½(a - c))² + b²)^½, the larger eigenvalue of [[a, b], [b, c]]. */
export function topOfTwoByTwo(a: number, b: number, c: number): number {
  return (a + c) / 2 + Math.hypot((a - c) / 2, b);
}

/** Counterexample A: two samples, d = 2; the sufficient condition fails at η = 1, the iteration is stable. */
export const EXAMPLE_A: readonly Matrix[] = [0.5, -0.5].map((b) => ({
  rows: 2,
  cols: 2,
  data: Float64Array.of(1.9, b, b, 1),
}));

/** The family of counterexample B: gradients (√a, ±√b), (0, 1), (0, 1), as in regression. */
export function familyB(a: number, b: number): Matrix[] {
  return [
    [Math.sqrt(a), Math.sqrt(b)],
    [Math.sqrt(a), -Math.sqrt(b)],
    [0, 1],
    [0, 1],
  ].map(rankOne);
}
