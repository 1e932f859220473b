import {
  type Eigenpairs,
  type IterationOptions,
  iterationOutcome,
  type IterativeResult,
  requireIterationOptions,
} from "./iterative-result";
import { type Matrix, zeros } from "./matrix";
import { combine, orthogonalise, orthonormalised } from "./orthonormal";
import { breathe } from "./progress";
import { topRitzPairs } from "./ritz-pairs";
import { dot, norm } from "./vector";

/** A self-adjoint linear operator on vectors of one length; the result is a fresh array of finite numbers. */
type Apply = (vector: Float64Array) => Float64Array;

/** An entry (row, column, value) of the lower triangle of the projected operator. */
type Entry = readonly [row: number, col: number, value: number];

/** Up to this many steps the small eigenproblem is solved at every step, later at every fifth (tuned: it is k³). */
const ALWAYS_LOOK = 20;

/** A vector of which rounding has left less than this share is not made into a direction (tuned: 100 eps). */
const NOISE = 100 * Number.EPSILON;

/**
 * The algebraically largest eigenpairs of a self-adjoint operator by Lanczos' method with full reorthogonalisation, as
 * many as there are start vectors, as a generator that pauses after every application of the operator, so that one
 * text serves callers that block and callers that yield to the event loop.
 *
 * Why not power iteration: it needs about 1/gap applications where Lanczos needs about 1/√gap, and it finds the
 * eigenvalue that is largest in modulus. The values approach the eigenvalues from below, and an eigenvalue lies within
 * ‖Av − λv‖ of each (Parlett 1998, chapters 4 and 13). That they are the largest ones rests on the start: its overlap
 * with the top eigenvectors must not vanish.
 *
 * With k > 1 it is the block method (Golub and Underwood 1977): the k vectors go through the operator together, since
 * from one start vector a repeated eigenvalue is found only once, and the next one is then taken for it. The block
 * shrinks when the Krylov space of a start vector is exhausted.
 *
 * Memory: one vector an application. The last k applications measure the residuals, relative to the largest modulus of
 * a Ritz value, an estimate of ‖A‖.
 */
export function* lanczosSteps(
  functionName: string,
  apply: Apply,
  start: readonly Float64Array[],
  { tolerance = 1e-10, maxIterations = 200 * start.length }: IterationOptions,
): Generator<void, Eigenpairs> {
  let block = orthonormalised(functionName, start, start[0]?.length ?? 0);
  requireIterationOptions(functionName, { tolerance, maxIterations });
  const basis: Float64Array[] = [];
  const entries: Entry[] = [];
  /** The largest modulus of a diagonal entry of the projected operator, a lower bound of ‖A‖. */
  let largest = 0;
  for (let step = 1; ; step++) {
    const first = basis.length;
    basis.push(...block);
    /** Column j is what the images of the block keep outside of the basis, in their own orthonormal directions. */
    const remainders = zeros(block.length, block.length);
    const next: Float64Array[] = [];
    const directions: number[] = [];
    for (const [j, vector] of block.entries()) {
      const image = apply(vector);
      for (let i = 0; i <= j; i++) entries.push([first + j, first + i, dot(block[i], image)]);
      largest = Math.max(largest, Math.abs(entries[entries.length - 1][2]));
      const overlaps = orthogonalise(image, [...basis, ...next]).subarray(basis.length);
      directions.forEach((i, k) => (remainders.data[i * block.length + j] = overlaps[k]));
      const remainder = norm(image);
      remainders.data[j * block.length + j] = remainder;
      // With so small a remainder the next vector would be noise; the values are then accurate without it.
      const exhausted = remainder <= Math.max(tolerance, NOISE) * largest || basis.length + next.length >= image.length;
      if (!exhausted) {
        directions.push(j);
        next.push(image.map((value) => value / remainder));
      }
      if (j + 1 < block.length) yield;
    }

    const last = next.length === 0 || basis.length + next.length > maxIterations;
    if (last || step <= ALWAYS_LOOK || step % 5 === 0) {
      const { values, weights, scale } = topRitzPairs(projectionOf(entries, basis.length), start.length);
      const estimates = weights.map((weight) => norm(remainderOf(remainders.data, weight.subarray(first))));
      if (last || Math.max(...estimates) <= tolerance * scale) {
        const vectors = weights.map((weight) => combine(basis, weight));
        const residuals = vectors.map((vector, k) => relativeResidual(apply, values[k], vector, scale));
        return {
          values,
          vectors,
          residuals: Float64Array.from(residuals),
          ...iterationOutcome(Math.max(...residuals), basis.length + start.length, tolerance),
        };
      }
    }
    directions.forEach((i, k) => {
      for (let j = i; j < block.length; j++) {
        entries.push([basis.length + k, first + j, remainders.data[i * block.length + j]]);
      }
    });
    block = next;
    yield;
  }
}

/** The steps from one start vector, for its top eigenvalue alone. */
export function* topEigenvalueSteps(
  functionName: string,
  apply: Apply,
  start: Float64Array,
  options: IterationOptions,
): Generator<void, IterativeResult> {
  const { values, residual, iterations, converged, message } = yield* lanczosSteps(
    functionName,
    apply,
    [start],
    options,
  );
  return { value: values[0], residual, iterations, converged, message };
}

/** Runs the steps without a pause. */
export function finish<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs the steps and lets the event loop have its turn between them. */
export async function finishBreathing<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await breathe();
  }
}

/** The operator projected to the basis. */
function projectionOf(entries: readonly Entry[], size: number): Matrix {
  const T = zeros(size, size);
  for (const [row, col, value] of entries) {
    T.data[row * size + col] = value;
    T.data[col * size + row] = value;
  }
  return T;
}

/** R w for the upper triangular matrix R of the remainders. */
function remainderOf(remainders: Float64Array, weights: Float64Array): Float64Array {
  const size = weights.length;
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) result[i] += remainders[i * size + j] * weights[j];
  }
  return result;
}

/** ‖Av − λv‖/scale, measured and not taken from the recurrence, which does not see its own rounding. */
function relativeResidual(apply: Apply, value: number, vector: Float64Array, scale: number): number {
  const defect = norm(apply(vector).map((image, i) => image - value * vector[i]));
  return defect === 0 ? 0 : defect / scale;
}
