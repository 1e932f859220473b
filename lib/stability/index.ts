export { alignmentFactors, type AlignmentFactors } from "./alignment-factors";
export { almostSureExponent, almostSureIntervals, almostSureThreshold } from "./almost-sure-stability";
export { type FirstPassageLaw, firstPassageLaw, type MultiplicativeWalk } from "./first-passage";
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
export { lyapunovExponent } from "./lyapunov";
export { meanSquareThresholdFromHessians } from "./mean-square-threshold";
export {
  meanFactor,
  meanSquareThreshold,
  nonUniformity,
  type OneDimensionalSetting,
  type OneDimensionalSgd,
  secondMomentFactor,
  sharpness,
} from "./one-dimension";
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
