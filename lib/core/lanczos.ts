import {
  type Eigenpairs,
  type IterationOptions,
  iterationOutcome,
  type IterativeResult,
  requireIterationOptions,
} from "./iterative-result";
import { type Apply, KrylovSpace } from "./krylov-space";
import { orthonormalised } from "./orthonormal";
import { breathe } from "./progress";
import { topRitzPairs } from "./ritz-pairs";
import { norm } from "./vector";

/** Up to this many vectors the small eigenproblem is solved at every step (tuned). */
const ALWAYS_LOOK = 20;

/** What is sought, beside when to stop. */
interface LanczosOptions extends IterationOptions {
  /** The number k of eigenpairs. Default: as many as there are start vectors. */
  readonly count?: number;
  /** Where to go on when the start vectors' Krylov space ends before it holds k eigenvectors. */
  readonly freshVector?: () => Float64Array;
}

/**
 * The algebraically largest eigenpairs of a self-adjoint operator by Lanczos' method with full reorthogonalisation, from
 * a block of start vectors, as a generator that pauses after every application of the operator, so that one text serves
 * callers that block and callers that yield to the event loop.
 *
 * Why not power iteration: it needs about 1/gap applications where Lanczos needs about 1/√gap, and it finds the
 * eigenvalue that is largest in modulus. The values approach the eigenvalues from below, and an eigenvalue lies within
 * ‖Av − λv‖ of each (Parlett 1998, chapters 4 and 13). That they are the largest ones rests on the start: its overlap
 * with the top eigenvectors must not vanish. A block of b vectors finds an eigenvalue at most b times, and takes a copy
 * for the next one where there are more of them. The block shrinks when the Krylov space of a start vector is exhausted.
 *
 * Memory: one vector an application. The last k applications measure the residuals, relative to the largest modulus of
 * a Ritz value, an estimate of ‖A‖.
 */
export function* lanczosSteps(
  functionName: string,
  apply: Apply,
  start: readonly Float64Array[],
  { count = start.length, freshVector, tolerance = 1e-10, maxIterations = 200 * count }: LanczosOptions,
): Generator<void, Eigenpairs> {
  const block = orthonormalised(functionName, start, start[0]?.length ?? 0);
  requireIterationOptions(functionName, { tolerance, maxIterations });
  const space = new KrylovSpace(functionName, apply, block, tolerance);
  for (let step = 1; ; step++) {
    yield* space.grow();
    const { size } = space;
    if (space.nextSize === 0 && size < count && freshVector) space.restart(freshVector());

    const last = space.nextSize === 0 || size + space.nextSize > maxIterations;
    // The small eigenproblem takes about 10 size³ operations, a reorthogonalisation 8p size: it is not to cost more.
    const look = size <= ALWAYS_LOOK || size ** 2 <= block[0].length || step % 5 === 0;
    if (size >= count && (last || look)) {
      const { values, weights, scale } = topRitzPairs(space.projection(), count);
      const estimates = weights.map((weight) => space.defect(weight));
      if (last || Math.max(...estimates) <= tolerance * scale) {
        const vectors = weights.map((weight) => space.combine(weight));
        const residuals = vectors.map((vector, k) => relativeResidual(apply, values[k], vector, scale));
        return {
          values,
          vectors,
          residuals: Float64Array.from(residuals),
          ...iterationOutcome(Math.max(...residuals), size + count, tolerance),
        };
      }
    }
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

/** ‖Av − λv‖/scale, measured and not taken from the recurrence, which does not see its own rounding. */
function relativeResidual(apply: Apply, value: number, vector: Float64Array, scale: number): number {
  const defect = norm(apply(vector).map((image, i) => image - value * vector[i]));
  return defect === 0 ? 0 : defect / scale;
}
