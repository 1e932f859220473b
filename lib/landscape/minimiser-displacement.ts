import {
  dot,
  eigh,
  frobeniusNorm,
  type Matrix,
  multiply,
  norm,
  requireThat,
  scale,
  symmetricPart,
  zeros,
} from "../core";
import { requireFiniteEntries, symmetrize } from "../core/matrix";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite, requireSize } from "../core/requirements";

/** What a quadratic loss is at a point θ. */
export interface QuadraticLossAt {
  /** H = ∇²L (p×p), positive semi-definite, the same everywhere. */
  readonly hessian: Matrix;
  /** ∇L(θ) (p). */
  readonly gradient: Float64Array;
}

/**
 * The way from θ to the nearest minimiser of a quadratic loss, δ = −H⁺∇L(θ). At the minimiser of the training loss,
 * with H and ∇L those of the test loss, it is how far the test loss's minimiser lies from the training loss's,
 *
 *   θ_test − θ_train = −H_test⁺ ∇L_test(θ_train),
 *
 * exact for `leastSquares`, one Newton step for other losses. H⁺ is the pseudo-inverse: along directions without
 * curvature the loss has no opinion and θ stays. Eigenvalues up to p·eps·‖H‖_F count as 0. About 9p³ operations.
 *
 * @returns δ (p)
 * @throws InvalidArgumentError unless H is symmetric, finite and positive semi-definite, the gradient has p finite
 *   entries, and it vanishes (within √eps of its length) along the directions without curvature: otherwise the loss
 *   falls for ever and has no minimiser
 *
 * @example
 * const hessian = matrix([[4, 0], [0, 0.5]]);
 * minimiserDisplacement({ hessian, gradient: Float64Array.of(1, 1) }); // [-0.25, -2]
 */
export function minimiserDisplacement({ hessian, gradient }: QuadraticLossAt): Float64Array {
  const { flat, inverse } = pseudoInverse("minimiserDisplacement", hessian);
  const p = hessian.rows;
  const fits = gradient.length === p;
  requireThat(fits, "minimiserDisplacement", `the gradient must have ${p} entries`, gradient.length);
  requireFinite("minimiserDisplacement", "the gradient", gradient);
  const slope = norm(flat.map((direction) => dot(direction, gradient)));
  requireThat(
    slope <= NO_SHARE * norm(gradient),
    "minimiserDisplacement",
    "the gradient must vanish along directions without curvature, or there is no minimiser",
    `a slope of ${slope}`,
  );
  const displacement = uncheckedMultiplyVector(inverse, gradient).map((step) => -step);
  requireFinite("minimiserDisplacement", "the displacement", displacement);
  return displacement;
}

/**
 * The covariance of the displacement of a loss's minimiser that the randomness of its n samples causes,
 *
 *   C = H⁺ Σ H⁺ / n,
 *
 * with H the Hessian of the mean loss and Σ the covariance of one sample's gradient (both p×p): the sandwich of Huber
 * (1967) and White (1982). Exact for least squares with fixed inputs, the limit for large n otherwise. Along a unit
 * vector u the mean square displacement is uᵀCu. For well-specified noise of variance σ², Σ = σ²H, it is σ²/(nλ) along
 * an eigenvector of eigenvalue λ; for Σ = s²I it is s²/(nλ²). The minimisers of a training and of an independent test
 * sample differ by the sum of their covariances. About 18p³ operations and two products of p×p matrices.
 *
 * @returns C (p×p), exactly symmetric; 0 along the directions without curvature
 * @throws InvalidArgumentError unless H and Σ are symmetric, finite, positive semi-definite and of one size, Σ vanishes
 *   (within √eps of its trace) where H does, and n is a positive integer
 *
 * @example
 * const hessian = matrix([[4, 0], [0, 1]]);
 * const [gradientCovariance, sampleCount] = [hessian, 2]; // well specified, σ = 1
 * displacementCovariance({ hessian, gradientCovariance, sampleCount }); // matrix([[0.125, 0], [0, 0.5]])
 */
export function displacementCovariance(options: {
  readonly hessian: Matrix;
  readonly gradientCovariance: Matrix;
  readonly sampleCount: number;
}): Matrix {
  const { hessian, gradientCovariance, sampleCount } = options;
  const name = "displacementCovariance";
  requireSize(name, "sampleCount", sampleCount);
  const { flat, inverse } = pseudoInverse(name, hessian);
  const sigma = nonNegative(name, "the gradients' covariance", gradientCovariance);
  const p = hessian.rows;
  const { rows } = gradientCovariance;
  requireThat(rows === p, name, `the gradients' covariance must be ${p}×${p}`, gradientCovariance);
  const total = sigma.values.reduce((sum, value) => sum + value, 0);
  const noise = flat.reduce((sum, u) => sum + dot(u, uncheckedMultiplyVector(gradientCovariance, u)), 0);
  requireThat(
    noise <= NO_SHARE * total,
    name,
    "gradients must not vary along directions without curvature, or there is no minimiser",
    `a variance of ${noise}`,
  );
  const covariance = multiply(inverse, multiply(symmetricPart(gradientCovariance), inverse));
  return symmetricPart(scale(covariance, 1 / sampleCount));
}

/**
 * What counts as nothing, as a share of the whole: √eps (tuned). Null vectors of a computed Hessian are off by eps·λmax
 * over its smallest positive eigenvalue, far less unless that is itself rounding.
 */
const NO_SHARE = Math.sqrt(Number.EPSILON);

/** H⁺ = Σ_{λ_k > 0} u_k u_kᵀ/λ_k, and the eigenvectors of eigenvalue 0. */
function pseudoInverse(functionName: string, hessian: Matrix): { inverse: Matrix; flat: Float64Array[] } {
  const { values, vectors, zero } = nonNegative(functionName, "the Hessian", hessian);
  const p = hessian.rows;
  const inverse = zeros(p, p);
  const flat: Float64Array[] = [];
  values.forEach((value, k) => {
    const u = Float64Array.from({ length: p }, (_, i) => vectors.data[i * p + k]);
    if (value <= zero) {
      flat.push(u);
      return;
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) inverse.data[i * p + j] += (u[i] * u[j]) / value;
  });
  return { inverse, flat };
}

/** The eigenpairs of a positive semi-definite matrix, and what counts as 0: Weyl's bound for a rounding of p·eps·‖A‖. */
function nonNegative(
  functionName: string,
  what: string,
  A: Matrix,
): { values: Float64Array; vectors: Matrix; zero: number } {
  requireThat(A.rows === A.cols, functionName, `${what} must be square`, A);
  requireFiniteEntries(functionName, A, `${what} must be finite`);
  const size = frobeniusNorm(A);
  requireThat(size < Infinity, functionName, `the norm of ${what} must not overflow`, size);
  const zero = A.rows * Number.EPSILON * size;
  const { symmetric, largestGap } = symmetrize(A);
  requireThat(largestGap <= zero, functionName, `${what} must be symmetric`, `entries that differ by ${largestGap}`);
  const { values, vectors } = eigh(symmetric);
  requireThat(values[0] >= -zero, functionName, `${what} must be positive semi-definite`, `an eigenvalue ${values[0]}`);
  return { values, vectors, zero };
}
