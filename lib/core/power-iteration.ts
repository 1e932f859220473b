import { requireThat } from "./errors";
import {
  type IterationOptions,
  iterationOutcome,
  type IterativeResult,
  requireIterationOptions,
} from "./iterative-result";
import { type LinearOperator, squareProduct } from "./linear-operator";
import { breathe } from "./progress";
import { dot, norm, uncheckedNorm } from "./vector";

/** The dominant eigenvalue that a power iteration found, with its vector. */
export interface DominantEigenpair extends IterativeResult {
  /** v with Av ≈ λv, ‖v‖ = 1. */
  readonly vector: Float64Array;
}

/**
 * The eigenvalue of largest modulus of a square operator, symmetric or not, by power iteration: x ← Ax/‖Ax‖ with
 * λ = xᵀAx. Meant for maps that keep a cone, such as second-moment maps M ↦ E[A M Aᵀ] on matrices (written as vectors):
 * then the spectral radius is an eigenvalue (Krein and Rutman 1948), and a start inside the cone, the identity, touches
 * its eigenvector. For symmetric operators `topEigenpairs` needs far fewer products, and finds the algebraically
 * largest one.
 *
 * It stops on the residual ‖Ax − λx‖/‖Ax‖. When it does not get there it says what the last three iterates show: two
 * dominant eigenvalues of one modulus (λ and −λ, or a complex pair), between which it cannot decide, or two close ones,
 * which it needs about 1/log|λ₁/λ₂| products a digit to tell apart. For an operator that is not symmetric the residual
 * bounds the error only up to the condition of the eigenvalue. Default of maxIterations: 1000 (tuned: ten digits for
 * |λ₂/λ₁| up to 0.977). Yields to the event loop.
 *
 * @throws InvalidArgumentError when the operator is not square, the start does not fit or is 0 or not finite, the
 *   tolerance is below eps, maxIterations is no positive integer, or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[0, 3], [1, 2]])); // eigenvalues 3 and −1
 * (await powerIteration(A, Float64Array.of(1, 1))).value; // 3
 */
export async function powerIteration(
  operator: LinearOperator,
  start: Float64Array,
  { tolerance = 1e-10, maxIterations = 1000 }: IterationOptions = {},
): Promise<DominantEigenpair> {
  const apply = squareProduct("powerIteration", operator);
  requireIterationOptions("powerIteration", { tolerance, maxIterations });
  requireThat(
    start.length === operator.cols,
    "powerIteration",
    `the start must have ${operator.cols} entries`,
    start.length,
  );
  const size = uncheckedNorm(start);
  requireThat(size > 0 && size < Infinity, "powerIteration", "the start must be finite and not 0", `the norm ${size}`);
  let vector = start.map((entry) => entry / size);
  for (let iterations = 1; ; iterations++) {
    await breathe();
    const image = apply(vector);
    const growth = norm(image);
    requireThat(growth < Infinity, "powerIteration", "the norm of a product must not overflow", growth);
    if (growth === 0) {
      const message = `converged: after ${iterations} iterations nothing is left of the start, as for a nilpotent map`;
      return { value: 0, vector, residual: 0, iterations, converged: true, message };
    }
    const value = dot(vector, image);
    const defect = image.map((entry, k) => entry - value * vector[k]);
    const residual = norm(defect) / growth;
    if (residual <= tolerance) return { value, vector, ...iterationOutcome(residual, iterations, tolerance) };
    if (iterations >= maxIterations) {
      const advice = whatIsInTheWay(apply, vector, value, defect);
      return { value, vector, ...iterationOutcome(residual, iterations + 1, tolerance, advice) };
    }
    vector = image.map((entry) => entry / growth);
  }
}

/**
 * Two steps of Arnoldi's method from the last iterate x: A x = λx + βq and A q give the 2×2 matrix of A on their span,
 * whose eigenvalues are the two dominant ones once the others have died out.
 */
function whatIsInTheWay(
  apply: (vector: Float64Array) => Float64Array,
  vector: Float64Array,
  value: number,
  defect: Float64Array,
): string {
  const beta = norm(defect);
  const direction = defect.map((entry) => entry / beta);
  const image = apply(direction);
  const [b, d] = [dot(vector, image), dot(direction, image)];
  const outside = norm(image.map((entry, k) => entry - b * vector[k] - d * direction[k]));
  // The characteristic polynomial of [[λ, b], [β, d]].
  const mean = (value + d) / 2;
  const discriminant = ((value - d) / 2) ** 2 + b * beta;
  const root = Math.sqrt(Math.abs(discriminant));
  const moduli = discriminant < 0 ? [Math.hypot(mean, root)] : [mean + root, mean - root].map(Math.abs);
  const isPair = outside <= 1e-3 * Math.max(...moduli); // tuned: the rest has died out by three digits
  if (!isPair) return "raise maxIterations or the tolerance";
  const show = (x: number): string => String(Number(x.toPrecision(4)));
  if (discriminant < 0) {
    return `the dominant eigenvalues are a complex pair near ${show(mean)} ± ${show(root)}i of modulus ${show(moduli[0])}, between which power iteration does not decide`;
  }
  const [first, second] = [mean + root, mean - root];
  const names = `near ${show(first)} and ${show(second)}`;
  return Math.abs(first + second) <= 1e-6 * Math.abs(first - second) // tuned: their moduli agree to six digits
    ? `the dominant eigenvalues are two ${names} of one modulus, between which power iteration does not decide: apply the operator twice, or add a multiple of the identity`
    : `the two dominant eigenvalues, ${names}, are close in modulus: raise maxIterations, or take topEigenpairs if the operator is symmetric`;
}
