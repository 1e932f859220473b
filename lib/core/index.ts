export { DivergenceError, InterruptedError, InvalidArgumentError, requireThat } from "./errors";
export { type NotebookHost, display, displayBundle, notebookHost } from "./host";
export { ProgressBar, breathe, progressBar } from "./progress";
export { type RandomStream, randomStream } from "./random";
export { dot, mean, norm } from "./vector";
export { grid, indices, logGrid } from "./grids";
export {
  type Matrix,
  add,
  diagonal,
  frobeniusNorm,
  identity,
  matrix,
  outer,
  rowOf,
  scale,
  subtract,
  symmetricPart,
  trace,
  transpose,
  zeros,
} from "./matrix";
export { gram, multiply, multiplyVector } from "./products";
export { eigh, topEigenvalue } from "./eigh";
export { engine } from "./engine";
export { type Engine, type GemmIntoOptions, type GemmOptions, type SymmetricEigen } from "./engine-interface";
export { blasEngine } from "./engine-blas";
export { plainEngine } from "./engine-plain";
export { enginesInUse } from "./engines-in-use";
export type { ActivationKind } from "./kernels/kernels";
export { type LinearMap, type LinearOperator, checkAdjoint, linearOperator } from "./linear-operator";
export { denseOperator, gramOperator } from "./dense-operator";
export { scaledOperator, sumOperator } from "./operator-sums";
export { deflatedOperator, restrictedOperator } from "./subspace-operators";
export type { Eigenpairs, IterationOptions, IterationOutcome, IterativeResult } from "./iterative-result";
export { type EigenpairStart, bottomEigenpairs, topEigenpairs } from "./eigenpairs";
export { lobpcg } from "./lobpcg";
export { type DominantEigenpair, powerIteration } from "./power-iteration";
export { type ConjugateGradientsOptions, type LinearSolution, conjugateGradients } from "./conjugate-gradients";
export type { Estimate, EstimateOptions } from "./estimate";
export { hutchinsonTrace } from "./hutchinson-trace";
export { hutchPlusPlusTrace } from "./hutch-plus-plus-trace";
export { xTrace } from "./x-trace";
export { estimateSquaredFrobeniusNorm } from "./squared-frobenius-norm";
export { estimateDiagonal, type VectorEstimate } from "./diagonal-estimate";
