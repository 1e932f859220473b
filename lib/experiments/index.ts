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
export type { ClassifierAlignment } from "./alignment-of-fit";
export type { ImageAlignmentConfiguration, ImageAlignmentResult } from "./image-alignment";
export type { ImageEscapeConfiguration, ImageEscapeResult } from "./image-escape";
export type { ImageNetworkSizes, TensorExperimentBackend } from "./image-network-sizes";
export type { PerceptronAlignmentConfiguration, PerceptronAlignmentResult } from "./perceptron-alignment";
export type { ImageBatchSizeConfiguration, ImageBatchSizeResult } from "./image-batch-size";
export type { ImageEdgeConfiguration, ImageEdgeResult, ImageEdgeTask } from "./image-edge";
export type { ImagePacBayesConfiguration, ImagePacBayesResult } from "./image-pac-bayes";
export { jobsOfGrid, type KeyedJob } from "./grid";
export type { ImageLabelsConfiguration, ImageLabelsResult, LabelsRecord } from "./image-labels";
export type { ImageHessian, ImageSamConfiguration, ImageSamRecord, ImageSamResult } from "./image-sam";
export { jobKey } from "./job-key";
export type { CertifiedError, NetworkCertificates } from "./network-certificates";
export type { PacBayesCertificateConfiguration, PacBayesCertificateResult } from "./pac-bayes-certificate";
export { type ConfigurationOf, type ExperimentName, experiments, type Experiments, type ResultOf } from "./registry";
export { runExperiments, type RunOptions } from "./run-experiments";
export { type Outcome, runInWorkers, type WorkerOptions } from "./run-in-workers";
export { ExperimentError, type Finished, type JobOutcome, runJobs } from "./run-jobs";
export { experimentScale, type Scale } from "./scale";
export type { SamArrivalTimesConfiguration, SamArrivalTimesResult } from "./sam-arrival-times";
export type { SecondMomentThresholdConfiguration, SecondMomentThresholdResult } from "./second-moment-threshold";
export type { SharpnessAlongDescent } from "./sharpness-along-descent";
export type {
  SharpnessAndNonUniformityConfiguration,
  SharpnessAndNonUniformityResult,
} from "./sharpness-and-non-uniformity";
export { type Machine, parseResults, storedResults, type StoredResult } from "./stored-results";
export type { UnivariateReluDescentConfiguration, UnivariateReluDescentResult } from "./univariate-relu-descent";
export type { XorOneSampleSamConfiguration, XorOneSampleSamEnd, XorOneSampleSamResult } from "./xor-one-sample-sam";
export type { XorScenariosConfiguration, XorScenariosResult } from "./xor-scenarios";
export type { XorFit, XorTraining } from "./xor-training";
