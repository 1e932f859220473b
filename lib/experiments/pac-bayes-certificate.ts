import { type RandomStream, randomStream, requireThat } from "../core";
import { drawnDigits, type Samples } from "../data";
import type { CertificateObjectiveKind } from "../pacbayes";
import type { Experiment } from "./experiment";
import { networkCertificates, type NetworkCertificates } from "./network-certificates";
import { requireFields, requireInteger } from "./requirements";

/** A tanh network with one hidden layer on drawn digits, at least 5 against less. */
export interface PacBayesCertificateConfiguration {
  /** m: the network has 66m + 1 parameters. */
  readonly hiddenWidth: number;
  /** n. */
  readonly sampleCount: number;
  /** What the posterior is trained on. */
  readonly objective: CertificateObjectiveKind;
}

/** Two certificates of a network and its flat-minima bound, with 4,000 fresh samples. */
export type PacBayesCertificateResult = NetworkCertificates;

const NAME = "pac-bayes-certificate";

/**
 * Claims W19 and N7: the flat-minima bound of a trained network beside its certificates, over n, width and objective.
 *
 * The tolerance is that of {@link networkCertificates}.
 */
export const pacBayesCertificate: Experiment<PacBayesCertificateConfiguration, PacBayesCertificateResult> = {
  name: NAME,
  description: "flat-minima bound and PAC-Bayes certificates of networks on drawn digits, over n and width (W19, N7)",
  version: 1,
  tolerance: 1e-13,
  grid: [
    ...[4, 12, 36, 100].flatMap((hiddenWidth) =>
      [2000, 6000, 20_000].map((sampleCount) => ({
        configuration: { hiddenWidth, sampleCount, objective: "fquad" as const },
        seeds: [0, 1],
      })),
    ),
    ...(["flamb", "fclassic"] as const).map((objective) => ({
      configuration: { hiddenWidth: 36, sampleCount: 6000, objective },
      seeds: [0, 1],
    })),
  ],

  validate(functionName, configuration) {
    requireFields(functionName, configuration, ["hiddenWidth", "sampleCount", "objective"]);
    const { hiddenWidth, sampleCount, objective } = configuration;
    requireInteger(functionName, "hiddenWidth", hiddenWidth, 1, 10_000);
    requireInteger(functionName, "sampleCount", sampleCount, 2, 1e6);
    const known = ["fquad", "flamb", "fclassic", "bbb"].includes(objective as string);
    requireThat(known, functionName, "objective must be fquad, flamb, fclassic or bbb", objective);
    return { hiddenWidth, sampleCount, objective: objective as CertificateObjectiveKind };
  },

  run({ hiddenWidth, sampleCount, objective }, seed) {
    const streamOf = (purpose: string): RandomStream => randomStream(seed, NAME, purpose);
    const [sample, fresh] = [digits(sampleCount, streamOf("data")), digits(4000, streamOf("test"))];
    return networkCertificates({ sample, fresh, hiddenWidth, objective, streamOf });
  },
};

/** Images with the label 1 for the digits from 5 on and −1 for the others. */
function digits(sampleCount: number, stream: RandomStream): Samples {
  const { images, labels } = drawnDigits({ sampleCount, stream });
  return { inputs: images, targets: Float64Array.from(labels, (label) => (label >= 5 ? 1 : -1)) };
}
