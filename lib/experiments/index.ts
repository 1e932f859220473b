export type {
  AlignmentAlongTrainingConfiguration,
  AlignmentAlongTrainingResult,
  AlignmentObservation,
} from "./alignment-along-training";
export type { AlignmentArchitecture, AlignmentSizes } from "./alignment-architectures";
export { canonicalJson } from "./canonical-json";
export type { EdgeOfStabilityConfiguration, EdgeOfStabilityResult } from "./edge-of-stability";
export type { EscapeConfiguration, EscapeResult } from "./escape";
export type { Experiment, GridEntry, Job } from "./experiment";
export type { FirstPassageConfiguration, FirstPassageResult } from "./first-passage";
export type { FlatnessOverSizesConfiguration, FlatnessOverSizesResult, FlatnessRecord } from "./flatness-over-sizes";
export { jobsOfGrid, type KeyedJob } from "./grid";
export { jobKey } from "./job-key";
export type {
  CertifiedError,
  PacBayesCertificateConfiguration,
  PacBayesCertificateResult,
} from "./pac-bayes-certificate";
export { type ConfigurationOf, type ExperimentName, experiments, type Experiments, type ResultOf } from "./registry";
export { runExperiments, type RunOptions } from "./run-experiments";
export { type Outcome, runInWorkers, type WorkerOptions } from "./run-in-workers";
export { ExperimentError, type Finished, type JobOutcome, runJobs } from "./run-jobs";
export { experimentScale, type Scale } from "./scale";
export type { SamArrivalTimesConfiguration, SamArrivalTimesResult } from "./sam-arrival-times";
export type { SecondMomentThresholdConfiguration, SecondMomentThresholdResult } from "./second-moment-threshold";
export type {
  SharpnessAndNonUniformityConfiguration,
  SharpnessAndNonUniformityResult,
} from "./sharpness-and-non-uniformity";
export { type Machine, parseResults, storedResults, type StoredResult } from "./stored-results";
export type { UnivariateReluDescentConfiguration, UnivariateReluDescentResult } from "./univariate-relu-descent";
export type { XorOneSampleSamConfiguration, XorOneSampleSamEnd, XorOneSampleSamResult } from "./xor-one-sample-sam";
export type { XorScenariosConfiguration, XorScenariosResult } from "./xor-scenarios";
export type { XorFit, XorTraining } from "./xor-training";
