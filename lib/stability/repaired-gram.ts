import { eigh, frobeniusNorm, gram, type Matrix, requireThat, symmetricPart, zeros } from "../core";
import { requireEntryCount, requireFiniteEntries, symmetrize } from "../core/matrix";

/**
 * The Gram matrix nearest to one that was computed with few digits, as in float32: its symmetric part, with the
 * eigenvalues that rounding made negative, and the positive ones that are no larger, set to 0. What is at most n·u·λ_max
 * counts as rounding in any case. Cost: the eigenvectors of an n×n matrix and a product.
 *
 * @param gramMatrix K (n×n), not divided by n
 * @param unitRoundoff u, of the arithmetic that K was computed in: 2⁻²⁴ for float32
 * @throws InvalidArgumentError when u is not between 0 and 0.01, an entry is not finite, or K is further than √u·‖K‖_F from
 *   symmetric or has an eigenvalue below −√u·‖K‖_F: rounding does not explain that, for inner products of up to 1/u terms
 *
 * @example
 * repairedGramMatrix(matrix([[1, 1.0000001], [1, 1]]), 2 ** -24); // matrix([[1, 1], [1, 1]]) up to 5e-8
 */
export function repairedGramMatrix(gramMatrix: Matrix, unitRoundoff: number): Matrix {
  const n = gramMatrix.rows;
  requireThat(
    n > 0 && n === gramMatrix.cols,
    "repairedGramMatrix",
    "the Gram matrix must be square",
    `${n}×${gramMatrix.cols}`,
  );
  requireEntryCount("repairedGramMatrix", gramMatrix);
  requireFiniteEntries("repairedGramMatrix", gramMatrix);
  requireThat(
    unitRoundoff > 0 && unitRoundoff <= 0.01,
    "repairedGramMatrix",
    "unitRoundoff must be between 0 and 0.01",
    unitRoundoff,
  );
  const { symmetric, largestGap } = symmetrize(gramMatrix);
  const plausible = Math.sqrt(unitRoundoff) * frobeniusNorm(symmetric);
  requireThat(
    largestGap <= plausible,
    "repairedGramMatrix",
    `a Gram matrix must be symmetric up to rounding, ${plausible}`,
    `a difference of ${largestGap}`,
  );
  const { values, vectors } = eigh(symmetric);
  requireThat(
    values[0] >= -plausible,
    "repairedGramMatrix",
    `the Gram matrix must be positive semi-definite up to rounding, ${plausible}`,
    `the eigenvalue ${values[0]}`,
  );
  const rounding = Math.max(n * unitRoundoff * values[n - 1], -values[0]);
  const root = zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      if (values[k] > rounding) root.data[i * n + k] = vectors.data[i * n + k] * Math.sqrt(values[k]);
    }
  }
  return symmetricPart(gram(root));
}
