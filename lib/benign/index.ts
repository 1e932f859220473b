export { type FreshOutputs, freshOutputs } from "./fresh-outputs";
export { type GramSpaceDescent, gramSpaceDescent, type GramSpaceDescentOptions } from "./gram-space-descent";
export { benignExponent, type MarginLemma, marginLemma } from "./margin-lemma";
export { effectiveRanks, type EffectiveRanks, splitIndex } from "./effective-ranks";
export { excessRisk, type ExcessRisk, type ExcessRiskOptions } from "./excess-risk";
export { leastSquaresGradientFlow, type LeastSquaresGradientFlowOptions } from "./least-squares-gradient-flow";
export { minimumNormRegression, type MinimumNormRegression } from "./minimum-norm-regression";
export { trainingRate, type TrainingRate } from "./training-rate";
