import { type Matrix, requireThat } from "../core";
import { requireGramMatrix, topEigenvalueOfGram } from "../core/gram-matrix";

/** How the noise of SGD is aligned with the curvature at θ; made by {@link alignmentFactors}. */
export interface AlignmentFactors {
  /** α = Tr(ΣG)/(‖Σ‖_F ‖G‖_F), the cosine between noise covariance and curvature. */
  readonly alpha: number;
  /** β = ‖Σ‖_F/(2L ‖G‖_F), the size of the noise relative to the loss. */
  readonly beta: number;
  /** μ = αβ = Tr(ΣG)/(2L ‖G‖_F²) = μ₁ − μ₂. */
  readonly mu: number;
  /** μ₁ = Tr(Σ₁G)/(2L ‖G‖_F²) ≥ γ, of the second moment Σ₁ of the noise. */
  readonly mu1: number;
  /** μ₂ = ‖G^½ ∇L‖²/(2L ‖G‖_F²) ≤ τ, of the mean gradient. */
  readonly mu2: number;
  /** γ = min χ/mean χ with χ_i = g_iᵀGg_i, the least alignment of a sample. */
  readonly gamma: number;
  /** τ = λ_max(G)²/‖G‖_F². */
  readonly tau: number;
  /** ‖G‖_F. */
  readonly frobeniusNorm: number;
  /** Tr G. */
  readonly trace: number;
}

/**
 * The alignment factors of SGD's noise for the half mean square loss L = (1/2n) Σ e_i² (Wu, Wang and Su 2022). With the
 * gradients g_i = ∇f(x_i; θ) of the outputs and the residuals e_i = f(x_i; θ) − y_i,
 *
 *   G = (1/n) Σ g_i g_iᵀ,   Σ₁ = (1/n) Σ e_i² g_i g_iᵀ,   ∇L = (1/n) Σ e_i g_i,   Σ = Σ₁ − ∇L ∇Lᵀ,
 *
 * where Σ is the noise's covariance for batch size one. None of these p × p matrices is formed: all follow from the
 * Gram matrix K_ij = g_i·g_j and e. With centred gradients c_i = e_i g_i − ∇L,
 *
 *   ‖Σ‖_F² = (1/n²) Σ_ij (c_i·c_j)²,   Tr(ΣG) = (1/n²) Σ_ij (c_i·g_j)²,
 *
 * sums of squares, so that nothing cancels but in the inner products themselves:
 *
 *   c_i·g_j = e_i K_ij − (Ke)_j/n,   c_i·c_j = e_i e_j K_ij − e_i (Ke)_i/n − e_j (Ke)_j/n + eᵀKe/n².
 *
 * The factors do not change when e is multiplied by a number. At interpolation, e = 0, they are 0/0, and along residuals
 * that vanish they tend to the factors of the direction in which these do: give that direction, such as
 * {@link slowestResiduals} of K.
 *
 * O(n²) operations, and λ_max(K) for τ by Lanczos' method, some dozens of n² more.
 *
 * @param gramMatrix K (n×n), not divided by n
 * @param residuals e (n), not divided by n
 * @throws InvalidArgumentError when K is not square and symmetric, or an entry is larger than inner products can be, when
 *   e has another length or vanishes, when K or Σ vanishes (as Σ does for n = 1), or when a number is not finite or
 *   overflows.
 *
 * @example
 * const { alpha, beta, mu } = alignmentFactors({ gramMatrix: identity(2), residuals: Float64Array.of(1, 1) });
 * mu; // 0.5
 * alpha; // 0.7071…
 * beta; // 0.7071…
 */
export function alignmentFactors(options: {
  readonly gramMatrix: Matrix;
  readonly residuals: Float64Array;
}): AlignmentFactors {
  const { gramMatrix, residuals } = options;
  const n = gramMatrix.rows;
  requireThat(residuals.length === n, "alignmentFactors", `the residuals must have length ${n}`, residuals.length);
  requireThat(residuals.every(Number.isFinite), "alignmentFactors", "the residuals must be finite", residuals);
  requireGramMatrix("alignmentFactors", gramMatrix);
  const K = gramMatrix.data;

  /** nχ_i, and Ke. */
  const chi = new Float64Array(n);
  const image = new Float64Array(n);
  let [chiSum, kernelTrace, squares, quadratic, firstTrace, first, second] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    let [squaredRow, product] = [0, 0];
    for (let j = 0, at = i * n; j < n; j++, at++) {
      squaredRow += K[at] * K[at];
      product += K[at] * residuals[j];
    }
    const e = residuals[i];
    chi[i] = squaredRow;
    image[i] = product;
    chiSum += squaredRow;
    kernelTrace += K[i * n + i];
    squares += e * e;
    quadratic += e * product;
    firstTrace += e * e * K[i * n + i];
    first += e * e * squaredRow;
    second += product * product;
  }
  requireThat(
    squares > 0,
    "alignmentFactors",
    "the residuals must not vanish: at interpolation the factors are limits (0/0), along the direction in which the " +
      "residuals vanish; give that direction, as slowestResiduals(gramMatrix) does for gradient flow. Their sum of " +
      "squares must be positive",
    squares,
  );
  requireThat(
    kernelTrace > 0,
    "alignmentFactors",
    "the gradients must not vanish, the sum of the ‖g_i‖² is",
    kernelTrace,
  );

  /** Ke/n. */
  const meanImage = image.map((product) => product / n);
  let traceSum = 0;
  let covarianceSum = 0;
  for (let i = 0; i < n; i++) {
    const e = residuals[i];
    const constant = quadratic / (n * n) - e * meanImage[i];
    for (let j = 0, at = i * n; j < n; j++, at++) {
      const withGradient = e * K[at] - meanImage[j];
      const withCentred = residuals[j] * withGradient + constant;
      traceSum += withGradient * withGradient;
      covarianceSum += withCentred * withCentred;
    }
  }

  const gauss = Math.sqrt(chiSum) / n;
  const covariance = Math.sqrt(covarianceSum) / n;
  // Rounding leaves about n·eps·Tr Σ₁ of a Σ that is zero.
  const rounding = Number.EPSILON * firstTrace;
  requireThat(
    !(covariance <= rounding),
    "alignmentFactors",
    `the noise must not vanish: ‖Σ‖_F must be above rounding, ${rounding}`,
    covariance,
  );
  const twiceLoss = squares / n;
  const scale = twiceLoss * gauss * gauss;
  const noise = traceSum / (n * n);
  const factors: AlignmentFactors = {
    alpha: noise / (covariance * gauss),
    beta: covariance / (twiceLoss * gauss),
    mu: noise / scale,
    mu1: first / (n * n) / scale,
    mu2: second / n ** 3 / scale,
    gamma: (chi.reduce((least, value) => Math.min(least, value), Infinity) * n) / chiSum,
    tau: topEigenvalueOfGram("alignmentFactors", gramMatrix) ** 2 / chiSum,
    frobeniusNorm: gauss,
    trace: kernelTrace / n,
  };
  for (const [name, factor] of Object.entries(factors)) {
    requireThat(Number.isFinite(factor), "alignmentFactors", "the factors must not overflow", `${name} = ${factor}`);
  }
  return factors;
}
