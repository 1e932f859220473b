import { type Matrix, requireThat, symmetricPart, zeros } from "../core";
import { requireFiniteEntries } from "../core/matrix";

/**
 * F (p×r, r the numerical rank) with FFᵀ = Σ, by Cholesky's method with diagonal pivoting (Higham 2002, section 10.3),
 * O(p²r). In plain TypeScript and without an eigenvector, so that noise made of it has the same bits on every machine.
 *
 * Refuses a matrix that is not symmetric and positive semi-definite but for rounding.
 */
export function covarianceFactor(functionName: string, covariance: Matrix): Matrix {
  const size = covariance.rows;
  requireThat(covariance.cols === size, functionName, "covariance must be square", covariance);
  requireFiniteEntries(functionName, covariance, "covariance must be finite");
  const largest = covariance.data.reduce((bound, value) => Math.max(bound, Math.abs(value)), 0);
  const rounding = size * Number.EPSILON * largest;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const gap = Math.abs(covariance.data[i * size + j] - covariance.data[j * size + i]);
      if (gap > rounding) {
        const got = `entries (${i}, ${j}) and (${j}, ${i}) that differ by ${gap}`;
        requireThat(false, functionName, "covariance must be symmetric", got);
      }
    }
  }

  // What is left of Σ after the columns so far, Σ - Σ_c c cᵀ: positive semi-definite if Σ is, so that its largest entry
  // stands on its diagonal, and nothing is left when that is rounding.
  const rest = symmetricPart(covariance).data;
  const columns: Float64Array[] = [];
  while (columns.length < size) {
    let pivot = 0;
    for (let i = 1; i < size; i++) if (rest[i * size + i] > rest[pivot * size + pivot]) pivot = i;
    const variance = rest[pivot * size + pivot];
    if (variance <= rounding) break;
    const column = rest.slice(pivot * size, (pivot + 1) * size);
    for (let i = 0; i < size; i++) column[i] /= Math.sqrt(variance);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) rest[i * size + j] -= column[i] * column[j];
    }
    columns.push(column);
  }
  // Each of r ≤ p columns leaves a few roundings of the size of the largest entry; 100 is a safety factor, not derived.
  const left = rest.reduce((bound, value) => Math.max(bound, Math.abs(value)), 0);
  requireThat(
    left <= 100 * rounding,
    functionName,
    "covariance must be positive semi-definite",
    `${left} left over by its Cholesky factor`,
  );

  const factor = zeros(size, Math.max(1, columns.length));
  columns.forEach((column, r) => column.forEach((value, i) => (factor.data[i * factor.cols + r] = value)));
  return factor;
}
