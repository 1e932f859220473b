import { type Matrix, requireThat, symmetricPart } from "../core";
import { requireGramMatrix } from "../core/gram-matrix";
import type { IterativeResult } from "../core/iterative-result";
import { requireSize } from "../core/requirements";
import { type BatchRule, batchNoiseFactor } from "../optimizers";
import { requireLearningRate } from "../optimizers/update-map";
import { type AlignmentCertificates, leastAlignments } from "./alignment-certificates";
import { type AlignmentFactors, alignmentFactors } from "./alignment-factors";
import { gramConditions, type OmittedCondition, type StabilityCondition } from "./gram-conditions";
import { gramSpectrum } from "./gram-spectrum";
import { meanSquareThresholdFromGram } from "./gram-threshold";
import { slowestResiduals } from "./slowest-residuals";

/** What is to be analysed. */
export interface GramAnalysisOptions extends BatchRule {
  /** K_ij = ∇f(x_i)·∇f(x_j) (n×n), not divided by n. */
  readonly gramMatrix: Matrix;
  /** e_i = f(x_i) − y_i (n), not divided by n; at interpolation, where they vanish, leave them out. */
  readonly residuals?: Float64Array;
  /** η. */
  readonly learningRate: number;
  /** p, which only the conditions of isotropic noise need. */
  readonly parameterCount?: number;
}

/** Everything that the Gram matrix says of a solution; made by {@link analyzeGram}. */
export interface GramAnalysis {
  readonly sampleCount: number;
  readonly rank: number;
  /** The eigenvalues of G = (1/n) Σ g_i g_iᵀ that can be positive, descending (n). */
  readonly eigenvalues: Float64Array;
  /** p_B. */
  readonly noiseFactor: number;
  readonly factors: AlignmentFactors;
  /** Whether the factors are those of the residuals given, or their limit along the slowest direction. */
  readonly factorsOf: "the residuals" | "the slowest direction";
  /** Lower bounds of μ₁ and μ over all residuals; the minima themselves when K is regular, else `attained` is false. */
  readonly certificates: AlignmentCertificates & { readonly attained: boolean };
  /** η*, the largest learning rate at which SGD is linearly stable in mean square. */
  readonly threshold: IterativeResult;
  readonly conditions: readonly StabilityCondition[];
  /** The conditions that say nothing here, and why. */
  readonly omitted: readonly OmittedCondition[];
}

/**
 * What the Gram matrix of the gradients and the residuals of any model, trained by any program, say of its solution under
 * SGD on the half mean square loss: alignment factors, certificates, the exact threshold η* of linear stability in mean
 * square, and each necessary condition with its slack. Statements on stability are about interpolating solutions, where
 * the Hessian is G; at other parameters they are about the linearised model at its interpolating solution.
 *
 * For a K computed in float32 take `repairedGramMatrix(gramMatrix, 2 ** -24)` first. Cost: O(n³), the eigenvectors of a few
 * n×n matrices and two products for each of the some tens of iterations for η*; memory O(n²) numbers for each of those.
 *
 * @throws InvalidArgumentError when K is no Gram matrix; when the residuals vanish (then leave them out); when η is not
 *   positive, the batch is impossible, or p is below the rank of K; as {@link alignmentFactors}, for n = 1 above all
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const analysis = await analyzeGram({
 *   gramMatrix: matrix([[1, 0], [0, 1]]), residuals: Float64Array.of(1, 1),
 *   learningRate: 1, batchSize: 1, sampling: "with replacement",
 * });
 * analysis.threshold.value; // 2
 * analysis.factors.mu; // 0.5
 * analysis.certificates.mu.value; // 0.5
 */
export async function analyzeGram(options: GramAnalysisOptions): Promise<GramAnalysis> {
  const { learningRate, batchSize, sampling, parameterCount } = options;
  requireGramMatrix("analyzeGram", options.gramMatrix);
  const sampleCount = options.gramMatrix.rows;
  requireLearningRate("analyzeGram", learningRate);
  const noiseFactor = batchNoiseFactor({ sampleCount, batchSize, sampling });
  const gramMatrix = symmetricPart(options.gramMatrix);
  const { values, rank } = gramSpectrum("analyzeGram", gramMatrix);
  if (parameterCount !== undefined) {
    requireSize("analyzeGram", "parameterCount", parameterCount);
    const requirement = `parameterCount must be at least the rank of the Gram matrix, ${rank}`;
    requireThat(parameterCount >= rank, "analyzeGram", requirement, parameterCount);
  }
  const factorsOf = options.residuals === undefined ? "the slowest direction" : "the residuals";
  const residuals = options.residuals ?? slowestResiduals(gramMatrix);
  const factors = alignmentFactors({ gramMatrix, residuals });
  const { mu1, mu } = leastAlignments("analyzeGram", gramMatrix);
  const threshold = await meanSquareThresholdFromGram({ gram: gramMatrix, batchSize, sampling });

  const eigenvalues = values.map((value) => value / sampleCount).reverse();
  const sgd = { learningRate, sampleCount, batchSize, sampling };
  const certified = { mu0: mu.value, gamma: mu1.value };
  return {
    sampleCount,
    rank,
    eigenvalues,
    noiseFactor,
    factors,
    factorsOf,
    certificates: { mu1, mu, attained: rank === sampleCount },
    threshold,
    ...gramConditions({ sgd, eigenvalues, rank, factors, certified, threshold: threshold.value, parameterCount }),
  };
}
