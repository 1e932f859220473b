export { type Arrival, type ArrivalOptions, arrivalTime, asymptoticArrivalTime } from "./arrival-time";
export { type OneSampleTrainer, oneSampleSam } from "./one-sample-sam";
export { type OneSampleLoss, type OneSampleSamOptions } from "./one-sample-sam-options";
export { gradientSpaceSam, quadraticSam, type QuadraticSamOptions } from "./quadratic-sam";
export { quadraticSamThresholds, type QuadraticSamThresholds } from "./quadratic-sam-thresholds";
export {
  type PerturbedLossGradient,
  perturbedLossGradient,
  type PerturbedLossGradientOptions,
} from "./perturbed-loss-gradient";
export { type WorstPerturbation, worstPerturbation, type WorstPerturbationOptions } from "./worst-perturbation";
export { quadraticSamTwoCycle, type QuadraticSamTwoCycle } from "./two-cycle";
export {
  type WorstQuadraticPerturbation,
  worstQuadraticPerturbation,
  type WorstQuadraticPerturbationOptions,
} from "./worst-quadratic-perturbation";
export { bouncingObjective, type BouncingObjective } from "./bouncing-objective";
export { bouncingStationarySpheres, type BouncingStationarySphere } from "./bouncing-stationary-points";
export { bouncingDescent, type BouncingDescent } from "./bouncing-descent-bound";
export {
  bouncingVisitBounds,
  type BouncingVisitBounds,
  type BouncingVisitOptions,
  type BouncingVisits,
  countBouncingVisits,
} from "./bouncing-visits";
export { samDrift, type SamDrift, type SamDriftOptions } from "./drift";
export { coarseSamDriftErrorBound, samDriftErrorBound, type SamDriftErrorBoundOptions } from "./drift-error-bound";
export { symmetricFormNorm, type SymmetricFormNorm } from "./symmetric-form-norm";
