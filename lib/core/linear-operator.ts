import { requireThat } from "./errors";
import { allFinite } from "./finite";
import type { RandomStream } from "./random";
import { requireSize } from "./requirements";
import { dot, norm } from "./vector";

/** A linear map from R^cols to R^rows, given by its products with vectors. */
export interface LinearOperator {
  readonly rows: number;
  readonly cols: number;
  /** Whether the map is its own transpose: what eigen-solvers ask for. */
  readonly symmetric: boolean;
  /** What one product costs, about, in floating-point operations. */
  readonly cost: number;
  /** A x (rows), a fresh array, for x (cols). */
  readonly apply: (vector: Float64Array) => Float64Array;
  /** Aᵀy (cols), a fresh array, for y (rows); the same as `apply` when symmetric. */
  readonly applyTransposed: (vector: Float64Array) => Float64Array;
}

/** A linear map as its user writes it down, for {@link linearOperator}. */
export interface LinearMap {
  readonly rows: number;
  readonly cols: number;
  /** Default false. */
  readonly symmetric?: boolean;
  /** Floating-point operations a product. Default 2·rows·cols, what a dense matrix takes. */
  readonly cost?: number;
  /** A x (rows) for x (cols). It may return an array that it uses again, or x itself. */
  readonly apply: (vector: Float64Array) => Float64Array;
  /** Aᵀy (cols) for y (rows). Not needed when symmetric, nor by methods that never transpose. */
  readonly applyTransposed?: (vector: Float64Array) => Float64Array;
}

/**
 * A linear operator from a function that multiplies a vector by it, without a matrix. Every product is checked: the
 * length of what goes in and comes out, and that what comes out is finite. It is copied, so that the function may keep
 * its array. That the function is linear, and self-adjoint where it says so, is believed: {@link checkAdjoint} probes.
 *
 * @throws InvalidArgumentError when a size is no positive integer, when a symmetric operator is not square or the cost
 *   is negative; by its products when a length does not fit, an entry is not finite, or there is no transposed product
 *
 * @example
 * const reversal = linearOperator({ rows: 3, cols: 3, symmetric: true, apply: (x) => x.slice().reverse() });
 * reversal.apply(Float64Array.of(1, 2, 3)); // Float64Array [3, 2, 1]
 */
export function linearOperator({
  rows,
  cols,
  symmetric = false,
  cost = 2 * rows * cols,
  apply,
  applyTransposed,
}: LinearMap): LinearOperator {
  for (const [name, size] of Object.entries({ rows, cols })) {
    requireSize("linearOperator", name, size);
  }
  requireThat(!symmetric || rows === cols, "linearOperator", "a symmetric operator must be square", `${rows}×${cols}`);
  requireThat(cost >= 0, "linearOperator", "cost must be at least 0", cost);
  const forward = withChecks("linearOperator", apply, rows, cols);
  const transposed = symmetric ? apply : (applyTransposed ?? refuseToTranspose);
  return {
    rows,
    cols,
    symmetric,
    cost,
    apply: forward,
    applyTransposed: symmetric ? forward : withChecks("linearOperator", transposed, cols, rows),
  };
}

function refuseToTranspose(): never {
  return requireThat(false, "linearOperator", "a transposed product needs applyTransposed", "none") as never;
}

/** The product behind checks of what goes in and what comes out, which is copied. */
function withChecks(
  functionName: string,
  product: (vector: Float64Array) => Float64Array,
  outputs: number,
  inputs: number,
): (vector: Float64Array) => Float64Array {
  return (vector) => {
    requireThat(vector.length === inputs, functionName, `the vector must have ${inputs} entries`, vector.length);
    const image = product(vector).slice();
    requireThat(image.length === outputs, functionName, `the product must have ${outputs} entries`, image.length);
    if (allFinite(image)) return image;
    const bad = image.findIndex((entry) => !Number.isFinite(entry));
    return requireThat(false, functionName, "the product must be finite", `${image[bad]} in entry ${bad}`) as never;
  };
}

/**
 * The operator's product, behind the same checks with the name of the method that needs it, so that NaN does not wander
 * through an iteration.
 */
export function checkedProduct(
  functionName: string,
  { rows, cols, apply }: LinearOperator,
): (vector: Float64Array) => Float64Array {
  return withChecks(functionName, apply, rows, cols);
}

/** The same for a method that needs a square operator. */
export function squareProduct(functionName: string, operator: LinearOperator): (vector: Float64Array) => Float64Array {
  const { rows, cols } = operator;
  requireThat(rows === cols, functionName, "the operator must be square", `${rows}×${cols}`);
  return checkedProduct(functionName, operator);
}

/** The same for a method that needs a symmetric operator. */
export function symmetricProduct(
  functionName: string,
  operator: LinearOperator,
): (vector: Float64Array) => Float64Array {
  requireThat(operator.symmetric, functionName, "the operator must be symmetric", "one that is not");
  return squareProduct(functionName, operator);
}

/** Above the rounding of products in single precision, far below a mistake in a formula (tuned). */
const ASYMMETRY = 1e-4;

/**
 * Refuses, where an eigen-solver meets them by the way, products that contradict an operator's own word that it is
 * symmetric: xᵀAy and yᵀAx, for unit vectors, may differ by a share of the size of A.
 */
export function requireMirrored(functionName: string, xAy: number, yAx: number, size: number, share: number = 0): void {
  if (Math.abs(xAy - yAx) <= Math.max(ASYMMETRY, share) * size) return;
  const requirement = "the operator must be symmetric, as it says";
  requireThat(false, functionName, requirement, `xᵀAy = ${xAy} and yᵀAx = ${yAx} for two unit vectors`);
}

/** Far above the rounding of any sensible product and far below a mistake in a formula: √eps (tuned). */
const ADJOINT_TOLERANCE = Math.sqrt(Number.EPSILON);

/**
 * Probes with one random pair of vectors whether `applyTransposed` is the transpose of `apply`, and so, for a symmetric
 * operator, whether it is self-adjoint: yᵀ(Ax) = (Aᵀy)ᵀx. A mistake of relative size above 1e-7 or so is found with
 * probability close to one, since the gap is a random number whose density is bounded. Two products.
 *
 * @throws InvalidArgumentError when the two sides differ by more than √eps·(‖y‖‖Ax‖ + ‖Aᵀy‖‖x‖)
 *
 * @example
 * const shift = linearOperator({
 *   rows: 3, cols: 3, symmetric: true, apply: ([a, b, c]) => Float64Array.of(c, a, b),
 * });
 * checkAdjoint(shift, randomStream(1)); // InvalidArgumentError: checkAdjoint: the operator must be symmetric as it says…
 */
export function checkAdjoint(operator: LinearOperator, stream: RandomStream): void {
  const x = stream.normals(operator.cols);
  const y = stream.normals(operator.rows);
  const Ax = operator.apply(x);
  const Aty = operator.applyTransposed(y);
  const gap = Math.abs(dot(y, Ax) - dot(Aty, x));
  const size = norm(y) * norm(Ax) + norm(Aty) * norm(x);
  const claim = operator.symmetric ? "be symmetric as it says" : "have its transpose as applyTransposed";
  requireThat(
    gap <= ADJOINT_TOLERANCE * size,
    "checkAdjoint",
    `the operator must ${claim}: yᵀ(Ax) and (Aᵀy)ᵀx equal within √eps of their size`,
    `a relative gap of ${(gap / size).toExponential(1)}`,
  );
}
