export {
  batchNoiseFactor,
  type BatchRule,
  type BatchScheme,
  drawBatch,
  enumerateBatches,
  type Sampling,
} from "./batches";
export { gradientDescent, type GradientDescentOptions } from "./gradient-descent";
export { stochasticGradientDescent, type StochasticGradientDescentOptions } from "./stochastic-gradient-descent";
export { runTrajectory, type Trajectory, type TrajectoryOptions } from "./trajectory";
export type { BatchGradientFunction, GradientFunction, UpdateMap } from "./update-map";
