import { requireThat } from "./errors";
import { type Eigenpairs, type IterationOptions, requireIterationOptions } from "./iterative-result";
import type { Apply } from "./krylov-space";
import { finishBreathing, lanczosSteps } from "./lanczos";
import { type LinearOperator, symmetricProduct } from "./linear-operator";
import { scaledOperator } from "./operator-sums";
import type { RandomStream } from "./random";

/** Where the search for eigenpairs starts: at random vectors, or at given ones (independent; as many pairs result). */
export type EigenpairStart =
  | {
      /** The number k of eigenpairs. Default 1. */
      readonly count?: number;
      /**
       * The number b of random vectors that go through the operator together, from 1 to k: an eigenvalue is found at
       * most b times (more only where the Krylov space of the b vectors ends before k pairs are found). Default k, which
       * never misses a copy. With 1 the same number of products makes a polynomial of A of a degree k times as high:
       * the fastest where the top eigenvalues are known to be simple, as those of a generic Hessian are.
       */
      readonly blockSize?: number;
      readonly stream: RandomStream;
    }
  | { readonly start: readonly Float64Array[] };

/**
 * The k algebraically largest eigenvalues of a symmetric operator and their eigenvectors, by Lanczos' method with full
 * reorthogonalisation. Not the largest in modulus: a large negative eigenvalue is never returned as the top one.
 * Repeated eigenvalues are found as often as they are there, unless a smaller `blockSize` is chosen, which takes a half
 * or a third of the products.
 *
 * An eigenvalue lies within residual·‖A‖ of each value; the value's own error is about the square of that over the gap
 * to the other eigenvalues (Parlett 1998, chapter 11). They are the top ones with probability one from random vectors,
 * and from given ones when these touch all top eigenvectors. Memory: one vector an application. Yields to the event
 * loop. To follow eigenpairs along a training run, `lobpcg` starts from the last ones.
 *
 * @throws InvalidArgumentError when the operator is not symmetric, k is no integer from 1 to n or b none from 1 to k, the
 *   start vectors do not fit or depend on each other, the tolerance is below eps, maxIterations is no positive integer,
 *   or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[-5, 0, 0], [0, 2, 0], [0, 0, 1]]));
 * const { values, converged } = await topEigenpairs(A, { count: 2, stream: randomStream(1) });
 * values; // Float64Array [2, 1]
 * converged; // true
 */
export async function topEigenpairs(
  operator: LinearOperator,
  options: EigenpairStart & IterationOptions,
): Promise<Eigenpairs> {
  const apply = symmetricProduct("topEigenpairs", operator);
  return topPairs("topEigenpairs", apply, operator.cols, options);
}

/**
 * The k algebraically smallest eigenvalues of a symmetric operator, ascending, and their eigenvectors: the top ones of
 * −A, by the same method.
 *
 * @throws InvalidArgumentError as `topEigenpairs`
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[-5, 0], [0, 2]]));
 * (await bottomEigenpairs(A, { stream: randomStream(1) })).values; // Float64Array [-5]
 */
export async function bottomEigenpairs(
  operator: LinearOperator,
  options: EigenpairStart & IterationOptions,
): Promise<Eigenpairs> {
  const apply = symmetricProduct("bottomEigenpairs", scaledOperator(operator, -1));
  const pairs = await topPairs("bottomEigenpairs", apply, operator.cols, options);
  return { ...pairs, values: pairs.values.map((value) => -value) };
}

function topPairs(
  functionName: string,
  apply: Apply,
  length: number,
  options: EigenpairStart & IterationOptions,
): Promise<Eigenpairs> {
  requireIterationOptions(functionName, options);
  const { tolerance, maxIterations } = options;
  if ("start" in options) {
    for (const vector of options.start) {
      requireThat(vector.length === length, functionName, `a start vector must have ${length} entries`, vector.length);
    }
    return finishBreathing(lanczosSteps(functionName, apply, options.start, { tolerance, maxIterations }));
  }
  const { count = 1, blockSize = count, stream } = options;
  requireUpTo(functionName, "count", count, length);
  requireUpTo(functionName, "blockSize", blockSize, count);
  const freshVector = (): Float64Array => stream.normals(length);
  const start = Array.from({ length: blockSize }, freshVector);
  return finishBreathing(lanczosSteps(functionName, apply, start, { count, freshVector, tolerance, maxIterations }));
}

function requireUpTo(functionName: string, name: string, value: number, most: number): void {
  const valid = Number.isInteger(value) && value >= 1 && value <= most;
  requireThat(valid, functionName, `${name} must be an integer from 1 to ${most}`, value);
}
