import { eigh, gram, type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFinite } from "../core/requirements";

/**
 * The coefficients a (m) of least norm ‖a‖₂ with Φa = y, for features Φ (n×m) of full row rank, n ≤ m:
 *
 *   a = Φᵀ(ΦΦᵀ)⁻¹y,
 *
 * by the eigenvectors of ΦΦᵀ. With Φ_ij = relu(w_j·x_i) for weights drawn once it is the random-feature interpolant,
 * which full-batch gradient descent on a finds from a = 0 (Rahimi and Recht 2007 for the features). About n²m + 9n³
 * operations. The residual is some eps·κ(ΦΦᵀ)·‖y‖.
 *
 * @param features Φ (n×m), the features of one sample in each row
 * @param targets y (n)
 * @throws InvalidArgumentError when there is not one target a row, an entry is not finite, the rows of Φ are linearly
 *   dependent up to rounding (no interpolant need exist then), or ΦΦᵀ overflows
 *
 * @example
 * minimumNormInterpolant(matrix([[3, 4]]), Float64Array.of(50)); // [6, 8]
 */
export function minimumNormInterpolant(features: Matrix, targets: Float64Array): Float64Array {
  const { rows: n, cols: m } = features;
  requireFiniteEntries("minimumNormInterpolant", features, "the features must be finite");
  const fits = targets.length === n;
  requireThat(fits, "minimumNormInterpolant", `the targets must have length ${n}`, targets.length);
  requireFinite("minimumNormInterpolant", "the targets", targets);
  requireThat(n >= 1 && n <= m, "minimumNormInterpolant", "there must be 1 ≤ n ≤ m samples", `n = ${n}, m = ${m}`);
  const { values, vectors } = eigh(gram(features));
  // ΦΦᵀ is known to m·eps of its norm, its eigenvalues by Weyl's inequality as well: below that, zero is not ruled out.
  const rounding = Math.max(n, m) * Number.EPSILON * values[n - 1];
  const independent = values[0] > rounding;
  const requirement = `the features' rows must be independent: λ_min(ΦΦᵀ) must be above rounding, ${rounding}`;
  requireThat(independent, "minimumNormInterpolant", requirement, values[0]);

  // z = (ΦΦᵀ)⁻¹y = Σ_k v_k (v_k·y)/λ_k, then a = Φᵀz.
  const solution = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    let overlap = 0;
    for (let i = 0; i < n; i++) overlap += vectors.data[i * n + k] * targets[i];
    for (let i = 0; i < n; i++) solution[i] += (vectors.data[i * n + k] * overlap) / values[k];
  }
  const coefficients = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) coefficients[j] += features.data[i * m + j] * solution[i];
  }
  requireFinite("minimumNormInterpolant", "the coefficients", coefficients);
  return coefficients;
}
