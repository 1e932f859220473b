import { requireThat } from "./errors";
import {
  type IterationOptions,
  type IterationOutcome,
  iterationOutcome,
  requireIterationOptions,
} from "./iterative-result";
import { type LinearOperator, symmetricProduct } from "./linear-operator";
import { breathe } from "./progress";
import { dot, norm, uncheckedNorm } from "./vector";

/** The solution of a linear system, and how far the method got: `residual` is ‖b − Ax‖/‖b‖. */
export interface LinearSolution extends IterationOutcome {
  /** x. */
  readonly solution: Float64Array;
}

/** What conjugate gradients may be told. */
export interface ConjugateGradientsOptions extends IterationOptions {
  /** Where to start. Default 0. */
  readonly start?: Float64Array;
  /** A symmetric positive definite operator close to A⁻¹ and cheap to apply. */
  readonly preconditioner?: LinearOperator;
}

/**
 * Solves Ax = b for a symmetric positive definite operator by (preconditioned) conjugate gradients (Hestenes and Stiefel
 * 1952): about √κ/2·log(2/tolerance) products for the condition number κ of A. It stops on the residual ‖b − Ax‖/‖b‖,
 * which is measured at the end: the one that the recurrence carries along drifts, and if it was too small by this the
 * iteration starts again from where it is. The error ‖x − A⁻¹b‖ is at most κ times the residual, relatively.
 *
 * A direction p of no positive curvature, pᵀAp ≤ 0, proves that the operator is not positive definite and is an error,
 * not a solution. Default of maxIterations: 10n, but at least 200 (tuned: n suffice without rounding). Yields to the
 * event loop.
 *
 * @throws InvalidArgumentError when the operator is not symmetric or is found not to be positive definite, the same for
 *   the preconditioner; when b or the start do not fit or are not finite, the tolerance is below eps, maxIterations is
 *   no positive integer, or a product is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const A = denseOperator(matrix([[4, 0], [0, 2]]));
 * (await conjugateGradients(A, Float64Array.of(4, 4))).solution; // Float64Array [1, 2]
 */
export async function conjugateGradients(
  operator: LinearOperator,
  b: Float64Array,
  {
    tolerance = 1e-10,
    maxIterations = Math.max(200, 10 * operator.cols),
    start,
    preconditioner,
  }: ConjugateGradientsOptions = {},
): Promise<LinearSolution> {
  const apply = symmetricProduct("conjugateGradients", operator);
  requireIterationOptions("conjugateGradients", { tolerance, maxIterations });
  const n = operator.cols;
  for (const [name, vector] of Object.entries({ b, start: start ?? b })) {
    requireThat(vector.length === n, "conjugateGradients", `${name} must have ${n} entries`, vector.length);
    requireThat(Number.isFinite(uncheckedNorm(vector)), "conjugateGradients", `${name} must be finite`, vector);
  }
  if (preconditioner) {
    const shape = `${preconditioner.rows}×${preconditioner.cols}`;
    requireThat(preconditioner.cols === n, "conjugateGradients", `the preconditioner must be ${n}×${n}`, shape);
  }
  const precondition = preconditioner && symmetricProduct("conjugateGradients", preconditioner);

  const size = norm(b);
  // Without a right-hand side the relative residual has no meaning, and the solution is known.
  if (size === 0) return { solution: new Float64Array(n), ...iterationOutcome(0, 0, tolerance) };
  const solution = start ? start.slice() : new Float64Array(n);
  let iterations = 0;
  let residual = b.slice();
  let direction = new Float64Array(n);
  let energy = 0; // rᵀM⁻¹r, where 0 stands for a direction that is to be started anew
  const measure = (): void => {
    const image = apply(solution);
    iterations++;
    residual = b.map((entry, k) => entry - image[k]);
    energy = 0;
  };
  if (start) measure();
  for (let measured = true; ; measured = false) {
    const small = norm(residual) <= tolerance * size;
    if ((small || iterations >= maxIterations) && !measured) {
      measure();
      measured = true;
    }
    const outcome = iterationOutcome(norm(residual) / size, iterations, tolerance);
    if (measured && (outcome.converged || iterations >= maxIterations)) return { solution, ...outcome };

    await breathe();
    const z = precondition ? precondition(residual) : residual;
    const nextEnergy = dot(residual, z);
    const got = `rᵀM⁻¹r = ${nextEnergy} after ${iterations} products`;
    requireThat(nextEnergy > 0, "conjugateGradients", "the preconditioner must be positive definite", got);
    const memory = energy === 0 ? 0 : nextEnergy / energy;
    energy = nextEnergy;
    direction = direction.map((entry, k) => z[k] + memory * entry);
    const image = apply(direction);
    iterations++;
    const curvature = dot(direction, image);
    requireThat(
      curvature > 0,
      "conjugateGradients",
      "the operator must be positive definite",
      `a direction p with pᵀAp/pᵀp = ${curvature / dot(direction, direction)} after ${iterations} products`,
    );
    const step = energy / curvature;
    for (let k = 0; k < n; k++) {
      solution[k] += step * direction[k];
      residual[k] -= step * image[k];
    }
  }
}
