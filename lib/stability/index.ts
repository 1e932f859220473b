export { alignmentFactors, type AlignmentFactors } from "./alignment-factors";
export { almostSureExponent, almostSureIntervals, almostSureThreshold } from "./almost-sure-stability";
export {
  type EdgeOfStabilityOptions,
  type EdgeRecord,
  type LearningRatePhase,
  trackEdgeOfStability,
} from "./edge-of-stability";
export { type EigenpairTracker, eigenpairTracker, type EigenpairTrackerOptions } from "./eigenpair-tracker";
export { type FirstPassageLaw, firstPassageLaw, type MultiplicativeWalk } from "./first-passage";
export { functionSpaceBound, functionSpaceWeight, weightedTotalVariation } from "./function-space-bound";
export {
  gradientDescentMultiplier,
  gradientDescentThreshold,
  type QuadraticRun,
  quadraticTrajectory,
} from "./gradient-descent-stability";
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
export { lyapunovExponent } from "./lyapunov";
export { meanSquareThresholdFromHessians } from "./mean-square-threshold";
export { nonUniformityFromGram } from "./non-uniformity-of-gram";
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
