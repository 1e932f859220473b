export { convolutional, type Convolutional } from "./convolutional";
export type { ConvolutionalOptions, ConvolutionOptions } from "./convolutional-layout";
export { deepLinear } from "./deep-linear";
export { diagonalLinear, type DiagonalLinearOptions } from "./diagonal-linear";
export { empiricalRisk, type EmpiricalRisk } from "./empirical-risk";
export type { RiskEvaluation } from "./empirical-risk-evaluation";
export type { FiniteSum } from "./finite-sum";
export { initialParameters, type InitializationScheme } from "./initialization";
export type { LayeredParameters, LayerLayout } from "./layer-layout";
export { leastSquares, type LeastSquares } from "./least-squares";
export { linearNetwork, type LinearNetworkOptions } from "./linear-network";
export { crossEntropyLoss, halfSquareLoss, logisticLoss, type Loss, type LossEvaluation, squareLoss } from "./losses";
export { gaussNewtonOperator, hessianOperator } from "./model-operators";
export {
  multilayerPerceptron,
  type MultilayerPerceptron,
  type MultilayerPerceptronOptions,
} from "./multilayer-perceptron";
export type { Evaluation, EvaluationOptions, Network, Tangent } from "./network";
export { type Monomial, polynomialLoss } from "./polynomial-loss";
export { quadratic, type Quadratic } from "./quadratic";
export { randomFeatures, type RandomFeatures, type RandomFeaturesOptions } from "./random-features";
export { residualPerceptron, type ResidualPerceptron, type ResidualPerceptronOptions } from "./residual-perceptron";
export type { SmoothLoss } from "./smooth-loss";
export { smoothPerceptronRisk } from "./smooth-perceptron-risk";
export { twoLayer, type TwoLayer, type TwoLayerOptions } from "./two-layer";
export { twoLayerParameters, type TwoLayerParts } from "./two-layer-parameters";
export type { TwoLayerStructure } from "./two-layer-structure";
export { twoMinima, type TwoMinima } from "./two-minima";
export { univariateRelu } from "./univariate-relu";
