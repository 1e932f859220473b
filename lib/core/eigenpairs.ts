import { requireThat } from "./errors";
import { type Eigenpairs, type IterationOptions, requireIterationOptions } from "./iterative-result";
import { finishBreathing, lanczosSteps } from "./lanczos";
import { type LinearOperator, symmetricProduct } from "./linear-operator";
import { scaledOperator } from "./operator-sums";
import type { RandomStream } from "./random";

/** Where the search for eigenpairs starts: at k random vectors, or at given ones (independent; as many pairs result). */
export type EigenpairStart =
  | {
      /** The number k of eigenpairs. Default 1. */
      readonly count?: number;
      readonly stream: RandomStream;
    }
  | { readonly start: readonly Float64Array[] };

/**
 * The k algebraically largest eigenvalues of a symmetric operator and their eigenvectors, by Lanczos' method with full
 * reorthogonalisation (block size k, so that repeated eigenvalues are found as often as they are there). Not the largest
 * in modulus: a large negative eigenvalue is never returned as the top one.
 *
 * An eigenvalue lies within residual·‖A‖ of each value; the value's own error is about the square of that over the gap
 * to the other eigenvalues (Parlett 1998, chapter 11). They are the top ones with probability one from random vectors,
 * and from given ones when these touch all top eigenvectors. Memory: one vector an application. Yields to the event
 * loop. To follow eigenpairs along a training run, `lobpcg` starts from the last ones.
 *
 * @throws InvalidArgumentError when the operator is not symmetric, k is no integer from 1 to n, the start vectors do not
 *   fit or depend on each other, the tolerance is below eps, maxIterations is no positive integer, or a product is not
 *   finite
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
  return finishBreathing(
    lanczosSteps("topEigenpairs", apply, startVectors("topEigenpairs", operator, options), options),
  );
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
  const start = startVectors("bottomEigenpairs", operator, options);
  const pairs = await finishBreathing(lanczosSteps("bottomEigenpairs", apply, start, options));
  return { ...pairs, values: pairs.values.map((value) => -value) };
}

function startVectors(
  functionName: string,
  { cols }: LinearOperator,
  options: EigenpairStart & IterationOptions,
): readonly Float64Array[] {
  requireIterationOptions(functionName, options);
  if ("start" in options) {
    for (const { length } of options.start) {
      requireThat(length === cols, functionName, `a start vector must have ${cols} entries`, length);
    }
    return options.start;
  }
  const { count = 1, stream } = options;
  const valid = Number.isInteger(count) && count >= 1 && count <= cols;
  requireThat(valid, functionName, `count must be an integer from 1 to ${cols}`, count);
  return Array.from({ length: count }, () => stream.normals(cols));
}
