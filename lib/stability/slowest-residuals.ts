import { type Matrix, symmetricPart } from "../core";
import { requireGramMatrix } from "../core/gram-matrix";
import { gramSpectrum } from "./gram-spectrum";

/**
 * The direction in which the residuals of gradient flow vanish, for models linear in their parameters and the
 * linearisation of all others: since e(t) = exp(−Kt/n)e(0), e(t)/‖e(t)‖ tends to the eigenvector of the smallest positive
 * eigenvalue of K that e(0) is not orthogonal to, in general that of the smallest of all, which is returned. Of gradient
 * descent too, when η < 2/(λ_max(G) + λ_min(G)).
 *
 * At interpolation, e = 0, the alignment factors are 0/0. They do not depend on the length of e, so that along a path of
 * residuals they tend to those of its direction: `alignmentFactors({ gramMatrix, residuals: slowestResiduals(gramMatrix) })`
 * is their limit along gradient flow. (Where the smallest positive eigenvalue is a multiple one, the limit depends on
 * e(0), and this is one of several.) Cost: the eigenvectors of an n×n matrix.
 *
 * @param gramMatrix K (n×n), not divided by n
 * @returns e (n), ‖e‖ = 1, with the sign of `eigh`
 * @throws InvalidArgumentError when K is no Gram matrix or vanishes
 *
 * @example
 * slowestResiduals(matrix([[1, 0], [0, 3]])); // Float64Array [1, 0]
 */
export function slowestResiduals(gramMatrix: Matrix): Float64Array {
  requireGramMatrix("slowestResiduals", gramMatrix);
  const n = gramMatrix.rows;
  const { vectors, rank } = gramSpectrum("slowestResiduals", symmetricPart(gramMatrix));
  return Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + n - rank]);
}
