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
  readonly "pac-bayes-certificate": Experiment<PacBayesCertificateConfiguration, PacBayesCertificateResult>;
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
  "pac-bayes-certificate": pacBayesCertificate,
  "sam-arrival-times": samArrivalTimes,
  "second-moment-threshold": secondMomentThreshold,
  "sharpness-and-non-uniformity": sharpnessAndNonUniformity,
  "univariate-relu-descent": univariateReluDescent,
  "xor-one-sample-sam": xorOneSampleSam,
  "xor-scenarios": xorScenarios,
};
