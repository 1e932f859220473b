import { breathe, diagonal, dot, eigh, norm, requireThat } from "../core";
import type { IterationOptions, IterativeResult } from "./iterative-result";

/** A self-adjoint linear operator on vectors of one length. */
type Apply = (vector: Float64Array) => Float64Array;

/** Up to this many steps the small eigenproblem is solved at every step, later at every fifth (tuned: it is k³). */
const ALWAYS_LOOK = 20;

/**
 * The algebraically largest eigenvalue of a self-adjoint operator by Lanczos' method with full reorthogonalisation,
 * as a generator that pauses after every application of the operator, so that one text serves callers that block and
 * callers that yield to the event loop.
 *
 * Why not power iteration: it needs about 1/gap applications where Lanczos needs about 1/√gap, and it finds the
 * eigenvalue that is largest in modulus. The value approaches λ_max from below, and an eigenvalue lies within
 * ‖Av - λv‖ of it (Parlett 1998, chapters 4 and 13). That it is the largest one rests on the start: its overlap with
 * the top eigenvector must not vanish.
 *
 * Memory: one vector a step. The last application of the operator measures the residual.
 */
export function* lanczosSteps(
  functionName: string,
  apply: Apply,
  start: Float64Array,
  { tolerance = 1e-10, maxIterations = 200 }: IterationOptions,
): Generator<void, IterativeResult> {
  // Below eps a remainder would be noise, and the next basis vector with it.
  requireThat(tolerance >= Number.EPSILON, functionName, `tolerance must be at least ${Number.EPSILON}`, tolerance);
  requireThat(
    Number.isInteger(maxIterations) && maxIterations >= 1,
    functionName,
    "maxIterations must be a positive integer",
    maxIterations,
  );
  const basis: Float64Array[] = [];
  const diagonalEntries: number[] = [];
  const offDiagonalEntries: number[] = [];
  const length = norm(start);
  let next: Float64Array = start.map((value) => value / length);
  for (let iterations = 1; ; iterations++) {
    basis.push(next);
    const image = apply(next);
    diagonalEntries.push(dot(next, image));
    // Twice is enough to be orthogonal to rounding (Parlett 1998, section 6.9); this includes the three-term recurrence.
    for (let pass = 0; pass < 2; pass++) {
      for (const vector of basis) {
        const overlap = dot(vector, image);
        for (let k = 0; k < image.length; k++) image[k] -= overlap * vector[k];
      }
    }
    const remainder = norm(image);
    offDiagonalEntries.push(remainder);

    const last = iterations === maxIterations || remainder === 0;
    // With so small a remainder the next vector would be noise; the value, at least max α_k, is then accurate.
    const exhausted = remainder <= tolerance * Math.max(...diagonalEntries);
    if (last || exhausted || iterations <= ALWAYS_LOOK || iterations % 5 === 0) {
      const { value, weights } = topOfTridiagonal(diagonalEntries, offDiagonalEntries);
      const estimate = remainder * Math.abs(weights[iterations - 1]);
      if (last || estimate <= tolerance * Math.abs(value)) {
        const residual = relativeResidual(apply, value, combine(basis, weights));
        return describe(value, residual, iterations + 1, tolerance);
      }
    }
    next = image.map((value) => value / remainder);
    yield;
  }
}

/** Runs the steps without a pause. */
export function finish(steps: Generator<void, IterativeResult>): IterativeResult {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs the steps and lets the event loop have its turn between them. */
export async function finishBreathing(steps: Generator<void, IterativeResult>): Promise<IterativeResult> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await breathe();
  }
}

/** The largest eigenvalue of the tridiagonal matrix and its unit eigenvector. */
function topOfTridiagonal(
  main: readonly number[],
  below: readonly number[],
): { readonly value: number; readonly weights: Float64Array } {
  const size = main.length;
  const T = diagonal(main);
  for (let k = 0; k + 1 < size; k++) {
    T.data[k * size + k + 1] = below[k];
    T.data[(k + 1) * size + k] = below[k];
  }
  const { values, vectors } = eigh(T);
  const weights = Float64Array.from({ length: size }, (_, k) => vectors.data[k * size + size - 1]);
  return { value: values[size - 1], weights };
}

function combine(basis: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(basis[0].length);
  basis.forEach((vector, k) => {
    for (let i = 0; i < sum.length; i++) sum[i] += weights[k] * vector[i];
  });
  return sum;
}

/** ‖Av - λv‖/|λ|, measured and not taken from the recurrence, which does not see its own rounding. */
function relativeResidual(apply: Apply, value: number, vector: Float64Array): number {
  const defect = norm(apply(vector).map((image, i) => image - value * vector[i]));
  return defect === 0 ? 0 : defect / Math.abs(value);
}

function describe(value: number, residual: number, iterations: number, tolerance: number): IterativeResult {
  const converged = residual <= tolerance;
  const found = `relative residual ${residual.toExponential(1)} after ${iterations} iterations`;
  const message = converged
    ? `converged: ${found}`
    : `not converged: ${found}, above the tolerance ${tolerance}; raise maxIterations or the tolerance`;
  return { value, residual, iterations, converged, message };
}
