export { binaryKl } from "./binary-kl";
export { lowerBinaryKlInverse, upperBinaryKlInverse } from "./binary-kl-inverse";
export { klDivergence } from "./kl-divergence";
export { gibbsMeasure, logMeanExp } from "./gibbs-measure";
export { type Gaussian, gaussianKl } from "./gaussian-kl";
export {
  type DiagonalGaussian,
  diagonalGaussianKl,
  optimalPriorVariance,
  type OptimalPriorVariance,
} from "./diagonal-gaussian-kl";
export { boundedCrossEntropy } from "./bounded-cross-entropy";
export {
  certificateGradient,
  type CertificateGradient,
  type CertificateProblem,
  type CertificateStep,
} from "./certificate-gradient";
export {
  certificateObjective,
  type CertificateObjective,
  type CertificateObjectiveKind,
  type CertificateObjectiveOptions,
} from "./certificate-objective";
export { type CertificateSamples, splitForCertificate } from "./certificate-samples";
export { type CertificateTraining, type CertificateTrainingOptions, trainCertificate } from "./certificate-training";
export { classificationError } from "./classification-error";
export type { ClassifiedSamples } from "./classified-samples";
export { errorsInBallsFromBelow, type ErrorsInBallsOptions } from "./errors-in-balls";
export { riskCertificate, type RiskCertificate, type RiskCertificateOptions } from "./risk-certificate";
export {
  stochasticError,
  type StochasticErrorOptions,
  stochasticNetwork,
  type StochasticNetwork,
} from "./stochastic-network";
export { dataFreePrior, learnedPrior, type WeightPrior } from "./weight-prior";
export type { PacBayesInputs } from "./bound-inputs";
export { printedMcAllesterBound } from "./mc-allester-bound";
export { fixedLambdaBound, type FixedLambdaInputs } from "./fixed-lambda-bound";
export { lambdaGridBound, type LambdaGridInputs } from "./lambda-grid-bound";
export { maurerBound } from "./maurer-bound";
export { seegerBound } from "./seeger-bound";
export { expectationBound, type ExpectationBoundInputs } from "./expectation-bound";
export { type GridPrior, type IsotropicPosterior, priorFromVarianceGrid } from "./prior-variance-grid";
export {
  flatMinimumBound,
  type FlatMinimumBound,
  type FlatMinimumInputs,
  printedFlatMinimumBound,
} from "./flat-minima-bound";
export type { FiniteHypotheses, FiniteLearningProblem, SampleOutcome } from "./finite-hypotheses";
export { independentCoins } from "./independent-coins";
export { twoPointCounterexample } from "./two-point-counterexample";
export {
  worstFixedLambdaPosterior,
  worstLambdaGridPosterior,
  worstMaurerPosterior,
  worstMcAllesterPosterior,
  type WorstPosterior,
} from "./worst-posterior";
export { worstSeegerPosterior } from "./worst-seeger-posterior";
export { exactCoverage, type ExactCoverage } from "./exact-coverage";
export { monteCarloCoverage, type MonteCarloCoverage, type MonteCarloCoverageOptions } from "./monte-carlo-coverage";
