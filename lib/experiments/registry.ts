import type { Experiment } from "./experiment";
import { firstPassage, type FirstPassageConfiguration, type FirstPassageResult } from "./first-passage";
import {
  pacBayesCertificate,
  type PacBayesCertificateConfiguration,
  type PacBayesCertificateResult,
} from "./pac-bayes-certificate";
import {
  secondMomentThreshold,
  type SecondMomentThresholdConfiguration,
  type SecondMomentThresholdResult,
} from "./second-moment-threshold";
import { xorOneSampleSam, type XorOneSampleSamConfiguration, type XorOneSampleSamResult } from "./xor-one-sample-sam";

/** Every experiment under its name. */
export interface Experiments {
  readonly "first-passage": Experiment<FirstPassageConfiguration, FirstPassageResult>;
  readonly "pac-bayes-certificate": Experiment<PacBayesCertificateConfiguration, PacBayesCertificateResult>;
  readonly "second-moment-threshold": Experiment<SecondMomentThresholdConfiguration, SecondMomentThresholdResult>;
  readonly "xor-one-sample-sam": Experiment<XorOneSampleSamConfiguration, XorOneSampleSamResult>;
}

/** The name of an experiment. */
export type ExperimentName = keyof Experiments;

/** What an experiment is run on. */
export type ConfigurationOf<Name extends ExperimentName> = Parameters<Experiments[Name]["run"]>[0];

/** What an experiment gives. */
export type ResultOf<Name extends ExperimentName> = Awaited<ReturnType<Experiments[Name]["run"]>>;

/** The registered experiments, by the names under which `npm run sweep` knows them. */
export const experiments: Experiments = {
  "first-passage": firstPassage,
  "pac-bayes-certificate": pacBayesCertificate,
  "second-moment-threshold": secondMomentThreshold,
  "xor-one-sample-sam": xorOneSampleSam,
};
