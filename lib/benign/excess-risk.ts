import { type Matrix, requireThat } from "../core";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFinite } from "../core/requirements";
import { rowSpace } from "./row-space";

/** What the risk of the minimum-norm solution depends on. */
export interface ExcessRiskOptions {
  /** X (n×p), one sample in each row, in the basis of the covariance's eigenvectors. */
  readonly inputs: Matrix;
  /** λ (p): the inputs' covariance Σ = diag(λ), of any order. */
  readonly variances: ArrayLike<number>;
  /** θ* (p): the labels are Xθ* and noise. */
  readonly parameter: Float64Array;
  /** σ ≥ 0, the standard deviation of the labels' noise. */
  readonly noise: number;
}

/** The excess risk of minimum-norm regression given the inputs, E over the noise. */
export interface ExcessRisk {
  /** What is missed of θ*: ‖Σ^½ P θ*‖², P the projection on the null space of X. */
  readonly bias: number;
  /** What is learnt of the noise: σ² tr((X⁺)ᵀ Σ X⁺). */
  readonly variance: number;
  /** The part of the variance in each direction (p): σ² λ_j ‖row j of X⁺‖². */
  readonly varianceByDirection: Float64Array;
}

/**
 * The exact excess risk of minimum-norm regression given the inputs. For labels y = Xθ* + ε with independent noise of
 * mean 0 and variance σ², and a new input x of covariance Σ = diag(λ), the solution θ̂ = X⁺y, which interpolates where
 * the rows of X are independent, has
 *
 *   E_ε E_x (x·θ̂ − x·θ*)² = bias + variance,  bias = θ*ᵀPΣPθ*,  variance = σ² tr((X⁺)ᵀΣX⁺) = σ² Σ_j λ_j ‖K⁺X e_j‖²,
 *
 * K = XXᵀ, X⁺ = XᵀK⁺ and P = I − X⁺X (Bartlett, Long, Lugosi and Tsigler 2020). Nothing is sampled: the
 * inputs may have any law with this covariance. Inputs of lower rank than n are taken by the pseudo-inverse, eigenvalues
 * of K below max(n, p)·eps of the largest counting as zero. About 3n²p + 9n³ operations; the relative error is some
 * eps·κ(K).
 *
 * @throws InvalidArgumentError when there is not one variance and one parameter a column, a number is not finite, a
 *   variance or σ is negative, X vanishes, or something overflows
 *
 * @example
 * const inputs = matrix([[3, 4]]);
 * const risk = excessRisk({ inputs, variances: [1, 0.25], parameter: Float64Array.of(4, -3), noise: 5 });
 * risk.bias; // 18.25: the parameter is orthogonal to the sample and is missed, 16 + 9/4
 * risk.variance; // 0.52, that is 25 (9 + 16/4)/25²
 */
export function excessRisk(options: ExcessRiskOptions): ExcessRisk {
  const { inputs, variances, parameter, noise } = options;
  const { cols: p } = inputs;
  requireThat(variances.length === p, "excessRisk", `there must be ${p} variances`, variances.length);
  for (let j = 0; j < p; j++) {
    const valid = variances[j] >= 0 && variances[j] < Infinity;
    const got = `${variances[j]} at index ${j}`;
    if (!valid) requireThat(false, "excessRisk", "the variances must be finite and not negative", got);
  }
  requireThat(parameter.length === p, "excessRisk", `the parameter must have length ${p}`, parameter.length);
  requireFinite("excessRisk", "the parameter", parameter);
  requireThat(noise >= 0 && noise < Infinity, "excessRisk", "the noise must be finite and not negative", noise);
  const { values, right } = rowSpace("excessRisk", inputs);

  // X⁺ = Σ_k z_k u_kᵀ/κ_k: row j has the squared norm Σ_k (z_kj/κ_k)², and Pθ* = θ* − Σ_k z_k (z_k·θ*)/κ_k.
  const overlaps = uncheckedMultiplyVector(right, parameter);
  const squares = new Float64Array(p);
  const missed = parameter.slice();
  for (let k = 0; k < values.length; k++) {
    const share = overlaps[k] / values[k];
    for (let j = 0; j < p; j++) {
      const entry = right.data[k * p + j];
      squares[j] += (entry / values[k]) ** 2;
      missed[j] -= entry * share;
    }
  }
  let [bias, variance] = [0, 0];
  const varianceByDirection = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    bias += variances[j] * missed[j] ** 2;
    varianceByDirection[j] = noise ** 2 * variances[j] * squares[j];
    variance += varianceByDirection[j];
  }
  requireFinite("excessRisk", "bias and variance", Float64Array.of(bias, variance));
  return { bias, variance, varianceByDirection };
}
