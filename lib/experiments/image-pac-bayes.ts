import { type RandomStream, randomStream } from "../core";
import { halvedImages, type ImageSplit, loadImages, type Samples } from "../data";
import type { Experiment } from "./experiment";
import { networkCertificates, type NetworkCertificates } from "./network-certificates";
import { requireFields, requireInteger } from "./requirements";

/** A tanh network with one hidden layer on MNIST, digits of at least 5 against less. */
export interface ImagePacBayesConfiguration {
  /** m: the network has 198m + 1 parameters. */
  readonly hiddenWidth: number;
  /** n: the first n training images. */
  readonly sampleCount: number;
  /** Test images, for the errors. */
  readonly testCount: number;
}

/** Two certificates of a network and its flat-minima bound, with test images for fresh samples. */
export type ImagePacBayesResult = NetworkCertificates;

const NAME = "image-pac-bayes";

/**
 * Claim W19 on MNIST: the flat-minima bound of a trained network beside its certificates, over n and width, as
 * "pac-bayes-certificate" has it on drawn digits. A width of 12 has as many parameters as 36 there, 2,377.
 *
 * The tolerance is that of {@link networkCertificates}. `npm run sweep -- image-pac-bayes --grid FILE` takes other sizes,
 * such as all 60,000 images.
 */
export const imagePacBayes: Experiment<ImagePacBayesConfiguration, ImagePacBayesResult> = {
  name: NAME,
  description: "flat-minima bound and PAC-Bayes certificates of networks on MNIST, over n and width (W19)",
  version: 1,
  data: ["mnist"],
  tolerance: 1e-13,
  grid: [4, 12, 36].flatMap((hiddenWidth) =>
    [2000, 8000].map((sampleCount) => ({
      configuration: { hiddenWidth, sampleCount, testCount: 2000 },
      seeds: [0, 1],
    })),
  ),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, ["hiddenWidth", "sampleCount", "testCount"]);
    const { hiddenWidth, sampleCount, testCount } = configuration;
    requireInteger(functionName, "hiddenWidth", hiddenWidth, 1, 10_000);
    requireInteger(functionName, "sampleCount", sampleCount, 2, 60_000);
    requireInteger(functionName, "testCount", testCount, 1, 10_000);
    return { hiddenWidth, sampleCount, testCount };
  },

  run({ hiddenWidth, sampleCount, testCount }, seed) {
    const streamOf = (purpose: string): RandomStream => randomStream(seed, NAME, purpose);
    const [sample, fresh] = [digits("train", sampleCount), digits("test", testCount)];
    return networkCertificates({ sample, fresh, hiddenWidth, objective: "fquad", streamOf });
  },
};

/**
 * Images of 14 × 14 with the label 1 for the digits from 5 on and −1 for the others. They are not centred: a mean of the
 * samples must not be in the classifiers among which the prior, which is to know nothing of the samples, chooses.
 */
function digits(split: ImageSplit, count: number): Samples {
  const all = loadImages("mnist", { split, count });
  return {
    inputs: halvedImages(all.images, all),
    targets: Float64Array.from(all.labels, (label) => (label >= 5 ? 1 : -1)),
  };
}
