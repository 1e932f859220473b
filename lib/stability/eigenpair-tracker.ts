import {
  dot,
  type Eigenpairs,
  type IterationOptions,
  type LinearOperator,
  type RandomStream,
  topEigenpairs,
} from "../core";
import { requireIterationOptions } from "../core/iterative-result";
import { requireSize } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";

/** What is followed along a run, and how closely. */
export interface EigenpairTrackerOptions extends IterationOptions {
  /** A symmetric operator (p×p) at θ (p): the Hessian, `hessianOperator(risk.at(theta))`, or the Gauss–Newton matrix. */
  readonly operatorAt: (parameters: Float64Array) => LinearOperator;
  /** The number k of eigenpairs. Default 1. */
  readonly count?: number;
  /** Random directions, k at every look. */
  readonly stream: RandomStream;
}

/** The top eigenpairs at θ (p); made by {@link eigenpairTracker}. One call is to be over before the next. */
export type EigenpairTracker = (parameters: Float64Array) => Promise<Eigenpairs>;

/** The share of a random direction in a warm start (tuned: two products more than without it). */
const FRESH_SHARE = 0.1;

/**
 * Follows the k largest eigenvalues of an operator that changes with θ, and their eigenvectors, along a run: each search
 * starts from the eigenvectors found last, so that a few products are enough. It is Lanczos' method (`topEigenpairs`)
 * from q_j + 0.1 g_j with a random unit vector g_j: with q_j alone, the search would be over at once where the
 * eigenvalues have crossed since, and q_j has become the eigenvector of a smaller one. The first search starts from
 * random vectors. Each eigenvector's sign is that in which it agrees with the last one of its rank.
 *
 * Default of the tolerance: 1e-4 (tuned), relative to ‖A‖; the value's error is about its square over the relative gap.
 *
 * @throws InvalidArgumentError unless k and maxIterations are positive integers and the tolerance is at least eps; the
 *   tracker throws it as `topEigenpairs`.
 * @throws InterruptedError from the tracker, when the notebook's interrupt button was pressed.
 * @example
 * const track = eigenpairTracker({
 *   operatorAt: ([x]) => denseOperator(matrix([[x, 0], [0, 1]])), stream: randomStream(1),
 * });
 * (await track(Float64Array.of(3, 0))).values[0]; // 3
 * (await track(Float64Array.of(-3, 0))).values[0]; // 1
 */
export function eigenpairTracker({
  operatorAt,
  count = 1,
  stream,
  tolerance = 1e-4,
  maxIterations,
}: EigenpairTrackerOptions): EigenpairTracker {
  requireSize("eigenpairTracker", "count", count);
  requireIterationOptions("eigenpairTracker", { tolerance, maxIterations });
  let last: readonly Float64Array[] = [];
  return async (parameters) => {
    const operator = operatorAt(parameters);
    const warm = last.length > 0 && last[0].length === operator.cols;
    const from = warm ? { start: last.map((vector) => freshened(vector, stream)) } : { count, stream };
    const found = await topEigenpairs(operator, { ...from, tolerance, maxIterations });
    const vectors = warm ? found.vectors.map((vector, k) => agreeing(vector, last[k])) : found.vectors;
    last = vectors;
    return { ...found, vectors };
  };
}

/** v + 0.1 g/‖g‖. */
function freshened(vector: Float64Array, stream: RandomStream): Float64Array {
  const noise = stream.normals(vector.length);
  const factor = FRESH_SHARE / Math.max(uncheckedNorm(noise), Number.MIN_VALUE);
  return vector.map((entry, i) => entry + factor * noise[i]);
}

/** v or −v, whichever agrees with w. */
function agreeing(vector: Float64Array, other: Float64Array): Float64Array {
  return dot(vector, other) < 0 ? vector.map((entry) => -entry) : vector;
}
