export { adam, type AdamConstants, type AdamOptions, stochasticAdam, type StochasticAdamOptions } from "./adam";
export { adaptiveSam, type AdaptiveSamOptions } from "./adaptive-sam";
export {
  batchNoiseFactor,
  type BatchRule,
  type BatchScheme,
  drawBatch,
  enumerateBatches,
  type Sampling,
} from "./batches";
export { gradientDescent, type GradientDescentOptions } from "./gradient-descent";
export { type AdaptiveGradientFlow, gradientFlow, type GradientFlowOptions } from "./gradient-flow";
export {
  linearizedStochasticGradientDescent,
  type LinearizedStochasticGradientDescentOptions,
} from "./linearized-stochastic-gradient-descent";
export { type GradientNoise, noisyGradientDescent, type NoisyGradientDescentOptions } from "./noisy-gradient-descent";
export type { BatchGradientOptions } from "./one-batch-a-step";
export { type GradientFlow, quadraticGradientFlow, type QuadraticGradientFlowOptions } from "./quadratic-gradient-flow";
export type { Observer, Series } from "./recording";
export { sam, type SamOptions, stochasticSam, type StochasticSamOptions } from "./sam";
export { stochasticGradientDescent, type StochasticGradientDescentOptions } from "./stochastic-gradient-descent";
export type { Trainer } from "./trainer";
export { runTrajectory, type StoppedTrajectoryError, type Trajectory, type TrajectoryOptions } from "./trajectory";
export type { BatchGradientFunction, GradientFunction, UpdateMap } from "./update-map";
