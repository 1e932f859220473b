export { flattestRescaling, type FlattestRescaling, rescaleNeurons } from "./neuron-rescaling";
export { pathNorm } from "./path-norm";
export { balancedNeurons, squaredWeightedNorm } from "./weighted-norm";
export { gaussNewtonMeasures, type GaussNewtonMeasures } from "./gauss-newton-measures";
export { concentrationSampleSize } from "./concentration-sample-size";
export { meanRectifiedCoordinate } from "./mean-rectified-coordinate";
export { minimumNormInterpolant } from "./minimum-norm-interpolant";
export { populationGaussNewton } from "./population-gauss-newton";
export { activeNeurons, isOneHot } from "./active-neurons";
export { hypercubeVertices } from "./hypercube-vertices";
export { memorizingSolution } from "./memorizing-solution";
export { traceGap, type TraceGap, traceLowerBound } from "./trace-lower-bound";
export { type ExtremePointSeparator, extremePointSeparator } from "./extreme-point-separator";
export { layerNormTraceLowerBound } from "./layer-norm-trace-lower-bound";
export { leastNormHullPoint, type LeastNormHullPoint } from "./least-norm-hull-point";
export { memorizingNetworkOfExtremePoints } from "./memorizing-network-of-extreme-points";
export { wendelProbability } from "./wendel-probability";
export { xorSolution } from "./xor-solution";
export { averageSharpness, type AverageSharpnessOptions, type PerturbationCovariance } from "./average-sharpness";
export { gradientNoiseCovariance } from "./noise-covariance";
export { boxSharpness, type BoxSharpness, type BoxSharpnessOptions, type LossWithGradient } from "./box-sharpness";
export { worstCaseSharpness, type WorstCaseSharpness, type WorstCaseSharpnessOptions } from "./worst-case-sharpness";
export { interpolateLosses, type ParameterLine } from "./loss-interpolation";
export { lossSurface, type LossSurface, type ParameterPlane } from "./loss-surface";
export { type DirectionNormalization, randomDirection } from "./perturbation-directions";
export { mostCorrelatedPlanarNeuron, type CorrelatedNeuron } from "./most-correlated-planar-neuron";
export {
  type CorrelatedNeuronSearch,
  type NeuronSearchOptions,
  searchMostCorrelatedNeuron,
} from "./most-correlated-neuron-search";
export { type PathNormBall, pathNormRademacherBound, type PathNormComplexity } from "./path-norm-rademacher";
export { planarPathNormRademacher } from "./planar-path-norm-rademacher";
export {
  estimatePlanarPathNormRademacher,
  type PathNormComplexityFromBelow,
  pathNormRademacherFromBelow,
  type SignSamples,
} from "./path-norm-rademacher-estimate";
export { inputGradients, robustnessBound } from "./input-robustness";
export { type InputNoiseOptions, lossIncreaseUnderInputNoise } from "./input-noise";
export { type LayerOperators, layerOperators } from "./layer-operators";
export { displacementCovariance, minimiserDisplacement, type QuadraticLossAt } from "./minimiser-displacement";
export {
  spectralDensity,
  type SpectralDensity,
  type SpectralDensityOptions,
  type SpectralQuadrature,
} from "./spectral-density";
