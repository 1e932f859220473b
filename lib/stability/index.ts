export { alignmentBound, secondMomentAlignmentBound } from "./alignment-bound";
export { alignmentCertificates, type AlignmentCertificates, type LeastAlignment } from "./alignment-certificates";
export { alignmentFactors, type AlignmentFactors } from "./alignment-factors";
export { almostSureExponent, almostSureIntervals, almostSureThreshold } from "./almost-sure-stability";
export { analyzeGram, type GramAnalysis, type GramAnalysisOptions } from "./analyze-gram";
export {
  type EdgeOfStabilityOptions,
  type EdgeRecord,
  type LearningRatePhase,
  trackEdgeOfStability,
} from "./edge-of-stability";
export { type EigenpairTracker, eigenpairTracker, type EigenpairTrackerOptions } from "./eigenpair-tracker";
export { type EscapeOptions, type EscapeTrajectories, escapeTrajectories } from "./escape-trajectories";
export { type FirstPassageLaw, firstPassageLaw, type MultiplicativeWalk } from "./first-passage";
export { functionSpaceBound, functionSpaceWeight, weightedTotalVariation } from "./function-space-bound";
export { rankBound, sharpnessBound } from "./gradient-descent-bound";
export {
  gradientDescentMultiplier,
  gradientDescentThreshold,
  type QuadraticRun,
  quadraticTrajectory,
} from "./gradient-descent-stability";
export { type OmittedCondition, type StabilityCondition } from "./gram-conditions";
export {
  expectedLossTrajectory,
  gradientDescentLossTrajectory,
  type GramRun,
  type StochasticGramRun,
} from "./gram-recursion";
export { type GramSetting, meanSquareThresholdFromGram } from "./gram-threshold";
export type { IterationOptions, IterativeResult } from "../core/iterative-result";
export { type LinearizedMoments, linearizedMoments, type LinearizedMomentsOptions } from "./linearized-moments";
export { type LeastSharpness, leastSharpness, type LeastSharpnessOptions } from "./least-sharpness";
export { lossQuantiles } from "./loss-quantiles";
export { lyapunovExponent } from "./lyapunov";
export { meanSquareThresholdFromHessians } from "./mean-square-threshold";
export { nonUniformityFromGram } from "./non-uniformity-of-gram";
export {
  geometryAwareNoiseBound,
  geometryAwareNoiseCondition,
  isotropicNoiseBound,
  isotropicNoiseCondition,
} from "./noise-model-bound";
export {
  meanFactor,
  meanSquareThreshold,
  nonUniformity,
  type OneDimensionalSetting,
  type OneDimensionalSgd,
  secondMomentFactor,
  sharpness,
} from "./one-dimension";
export { type PiecewiseLinear, piecewiseLinearOf } from "./piecewise-linear";
export {
  type LinearizedSetting,
  type LinearizedSgd,
  type SecondMomentOperator,
  secondMomentOperator,
  spectralRadius,
} from "./second-moment-operator";
export { repairedGramMatrix } from "./repaired-gram";
export { slowestResiduals } from "./slowest-residuals";
export { type SgdScheme, type StabilityBound } from "./stability-bound";
export { frobeniusBound, traceBound } from "./trace-bound";
export {
  directionalFactor,
  nonUniformityOfHessians,
  sharpnessOfHessians,
  sufficientFactor,
  traceFactor,
} from "./stability-conditions";
export {
  type SwitchingMode,
  type SwitchingSystem,
  switchingSystem,
  type SwitchingSystemOptions,
} from "./switching-system";
export { penalizedGradient, type TwiceDifferentiableLoss } from "./penalized-gradient";
export { secondOrderModifiedGradient } from "./second-order-modified-gradient";
export { type DataKnot, dataKnots } from "./data-knots";
export { dataKnotModes } from "./data-knot-modes";
export { directionalDerivatives } from "./directional-derivatives";
export {
  type DirectionalSharpness,
  directionalSharpness,
  directionalSharpnessFromBelow,
} from "./directional-sharpness";
export { strongStabilityCurvature, type StrongStabilityCurvature } from "./strong-stability-curvature";
export { type UnivariateReluRun, type UnivariateReluTraining, trainUnivariateRelu } from "./univariate-relu-training";
export { weakenedFunctionSpaceBound, weakenedWeight } from "./weakened-function-space-bound";
