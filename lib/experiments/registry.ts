import {
  alignmentAlongTraining,
  type AlignmentAlongTrainingConfiguration,
  type AlignmentAlongTrainingResult,
} from "./alignment-along-training";
import { edgeOfStability, type EdgeOfStabilityConfiguration, type EdgeOfStabilityResult } from "./edge-of-stability";
import { escape, type EscapeConfiguration, type EscapeResult } from "./escape";
import type { Experiment } from "./experiment";
import { firstPassage, type FirstPassageConfiguration, type FirstPassageResult } from "./first-passage";
import {
  flatnessOverSizes,
  type FlatnessOverSizesConfiguration,
  type FlatnessOverSizesResult,
} from "./flatness-over-sizes";
import { imageAlignment, type ImageAlignmentConfiguration, type ImageAlignmentResult } from "./image-alignment";
import { imageEscape, type ImageEscapeConfiguration, type ImageEscapeResult } from "./image-escape";
import {
  perceptronAlignment,
  type PerceptronAlignmentConfiguration,
  type PerceptronAlignmentResult,
} from "./perceptron-alignment";
import { imageLabels, type ImageLabelsConfiguration, type ImageLabelsResult } from "./image-labels";
import { imageBatchSize, type ImageBatchSizeConfiguration, type ImageBatchSizeResult } from "./image-batch-size";
import { imageEdge, type ImageEdgeConfiguration, type ImageEdgeResult } from "./image-edge";
import { imagePacBayes, type ImagePacBayesConfiguration, type ImagePacBayesResult } from "./image-pac-bayes";
import { imageSam, type ImageSamConfiguration, type ImageSamResult } from "./image-sam";
import {
  pacBayesCertificate,
  type PacBayesCertificateConfiguration,
  type PacBayesCertificateResult,
} from "./pac-bayes-certificate";
import { samArrivalTimes, type SamArrivalTimesConfiguration, type SamArrivalTimesResult } from "./sam-arrival-times";
import {
  secondMomentThreshold,
  type SecondMomentThresholdConfiguration,
  type SecondMomentThresholdResult,
} from "./second-moment-threshold";
import {
  sharpnessAndNonUniformity,
  type SharpnessAndNonUniformityConfiguration,
  type SharpnessAndNonUniformityResult,
} from "./sharpness-and-non-uniformity";
import {
  univariateReluDescent,
  type UnivariateReluDescentConfiguration,
  type UnivariateReluDescentResult,
} from "./univariate-relu-descent";
import { xorOneSampleSam, type XorOneSampleSamConfiguration, type XorOneSampleSamResult } from "./xor-one-sample-sam";
import { xorScenarios, type XorScenariosConfiguration, type XorScenariosResult } from "./xor-scenarios";

/** Every experiment under its name. */
export interface Experiments {
  readonly "alignment-along-training": Experiment<AlignmentAlongTrainingConfiguration, AlignmentAlongTrainingResult>;
  readonly "edge-of-stability": Experiment<EdgeOfStabilityConfiguration, EdgeOfStabilityResult>;
  readonly escape: Experiment<EscapeConfiguration, EscapeResult>;
  readonly "first-passage": Experiment<FirstPassageConfiguration, FirstPassageResult>;
  readonly "flatness-over-sizes": Experiment<FlatnessOverSizesConfiguration, FlatnessOverSizesResult>;
  readonly "image-alignment": Experiment<ImageAlignmentConfiguration, ImageAlignmentResult>;
  readonly "image-escape": Experiment<ImageEscapeConfiguration, ImageEscapeResult>;
  readonly "image-labels": Experiment<ImageLabelsConfiguration, ImageLabelsResult>;
  readonly "image-batch-size": Experiment<ImageBatchSizeConfiguration, ImageBatchSizeResult>;
  readonly "image-edge": Experiment<ImageEdgeConfiguration, ImageEdgeResult>;
  readonly "image-pac-bayes": Experiment<ImagePacBayesConfiguration, ImagePacBayesResult>;
  readonly "image-sam": Experiment<ImageSamConfiguration, ImageSamResult>;
  readonly "pac-bayes-certificate": Experiment<PacBayesCertificateConfiguration, PacBayesCertificateResult>;
  readonly "perceptron-alignment": Experiment<PerceptronAlignmentConfiguration, PerceptronAlignmentResult>;
  readonly "sam-arrival-times": Experiment<SamArrivalTimesConfiguration, SamArrivalTimesResult>;
  readonly "second-moment-threshold": Experiment<SecondMomentThresholdConfiguration, SecondMomentThresholdResult>;
  readonly "sharpness-and-non-uniformity": Experiment<
    SharpnessAndNonUniformityConfiguration,
    SharpnessAndNonUniformityResult
  >;
  readonly "univariate-relu-descent": Experiment<UnivariateReluDescentConfiguration, UnivariateReluDescentResult>;
  readonly "xor-one-sample-sam": Experiment<XorOneSampleSamConfiguration, XorOneSampleSamResult>;
  readonly "xor-scenarios": Experiment<XorScenariosConfiguration, XorScenariosResult>;
}

/** The name of an experiment. */
export type ExperimentName = keyof Experiments;

/** What an experiment is run on. */
export type ConfigurationOf<Name extends ExperimentName> = Parameters<Experiments[Name]["run"]>[0];

/** What an experiment gives. */
export type ResultOf<Name extends ExperimentName> = Awaited<ReturnType<Experiments[Name]["run"]>>;

/** The registered experiments, by the names under which `npm run sweep` knows them. */
export const experiments: Experiments = {
  "alignment-along-training": alignmentAlongTraining,
  "edge-of-stability": edgeOfStability,
  escape,
  "first-passage": firstPassage,
  "flatness-over-sizes": flatnessOverSizes,
  "image-alignment": imageAlignment,
  "image-escape": imageEscape,
  "image-labels": imageLabels,
  "image-batch-size": imageBatchSize,
  "image-edge": imageEdge,
  "image-pac-bayes": imagePacBayes,
  "image-sam": imageSam,
  "pac-bayes-certificate": pacBayesCertificate,
  "perceptron-alignment": perceptronAlignment,
  "sam-arrival-times": samArrivalTimes,
  "second-moment-threshold": secondMomentThreshold,
  "sharpness-and-non-uniformity": sharpnessAndNonUniformity,
  "univariate-relu-descent": univariateReluDescent,
  "xor-one-sample-sam": xorOneSampleSam,
  "xor-scenarios": xorScenarios,
};
