import { type Matrix, norm, type RandomStream, randomStream, requireThat } from "../core";
import { drawnDigits } from "../data";
import { empiricalRisk, initialParameters, logisticLoss, multilayerPerceptron } from "../models";
import { runTrajectory, stochasticAdam } from "../optimizers";
import {
  type CertificateObjectiveKind,
  type CertificateSamples,
  classificationError,
  dataFreePrior,
  errorsInBallsFromBelow,
  flatMinimumBound,
  learnedPrior,
  riskCertificate,
  splitForCertificate,
  stochasticError,
  type StochasticNetwork,
  trainCertificate,
  type WeightPrior,
} from "../pacbayes";
import type { Experiment } from "./experiment";
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

/** A certificate, and the error that it bounds. */
export interface CertifiedError {
  /** The bound on the stochastic network's error, with probability 0.965. */
  readonly certificate: number;
  /** KL(Q‖P), in nats. */
  readonly klDivergence: number;
  /** The stochastic network's error on 4,000 fresh samples, by 2,000 draws of 100. */
  readonly testError: number;
}

/** Two certificates of a network and its flat-minima bound. */
export interface PacBayesCertificateResult {
  /** The trained network's share of errors on its samples. */
  readonly trainingError: number;
  /** The same on 4,000 fresh samples. */
  readonly testError: number;
  /** ‖θ − θ₀‖. */
  readonly distance: number;
  /**
   * A lower estimate of the corrected flat-minima bound, prior at the initialisation, at its best radius, at the same
   * confidence as the certificates: of all radii of a grid and between.
   */
  readonly flatBound: number;
  /** With the prior N(θ₀, I). */
  readonly dataFree: CertifiedError;
  /** With a prior that the first half of the samples trained. */
  readonly learned: CertifiedError;
}

const NAME = "pac-bayes-certificate";
const RADII = [0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 30, 60];
/** δ of the certificates and δ′ of their draws, as in the source; the flat-minima bound has their sum. */
const [SAMPLE_FAILURE, DRAW_FAILURE] = [0.025, 0.01];

/**
 * Claims W19 and N7: the flat-minima bound of a trained network beside its certificates, over n, width and objective.
 *
 * Training, draws and errors are the same bits on every machine. Logarithms of the host go into the bounds, which differ
 * in their last bit between versions of Node; the inversions multiply that by less than a hundred.
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

  async run({ hiddenWidth, sampleCount, objective }, seed) {
    const streamOf = (purpose: string): RandomStream => randomStream(seed, NAME, purpose);
    const sample = digits(sampleCount, streamOf("data"));
    const all = splitForCertificate(sample);
    const test = splitForCertificate(digits(4000, streamOf("test"))).forCertificate;
    const network = multilayerPerceptron({ widths: [64, hiddenWidth, 1], activation: "tanh" });
    const initial = initialParameters(network, streamOf("initialisation"), { scheme: "LeCun" });
    const step = stochasticAdam({
      ...empiricalRisk({ network, loss: logisticLoss, ...all.forCertificate }),
      ...{ batchSize: Math.min(100, sampleCount), sampling: "without replacement", learningRate: 0.01 },
      stream: streamOf("training"),
    });
    const { parameters: trained } = await runTrajectory(step, initial, { steps: 2000, every: 2000, observe: () => 0 });
    const errorOn = ({ inputs, targets }: typeof test): number =>
      classificationError(network.evaluate(trained, inputs, { reproducible: true }).outputs, targets);
    const distance = norm(trained.map((value, k) => value - initial[k]));

    const { weightsStart } = network.layouts[1];
    const lastLayer = trained.map((value, k) => (k < weightsStart ? 0 : -value));
    const errors = await errorsInBallsFromBelow({
      ...{ network, parameters: trained, samples: all.forCertificate, radii: RADII, directions: [lastLayer] },
    });
    // Of the radii from one of the grid to the next, the maximum is at least the first's and the rest at least the next's.
    const between = RADII.map((radius, i) => {
      const bound = flatMinimumBound({
        largestEmpiricalRiskInBall: i === 0 ? errorOn(all.forCertificate) : errors[i - 1],
        dataFreeRadius: radius,
        squaredDistanceToDataFreePriorMean: distance * distance,
        dimension: network.parameterCount,
        sampleCount,
        failureProbability: SAMPLE_FAILURE + DRAW_FAILURE,
      });
      return bound.value;
    });
    const beyond = errors[errors.length - 1] + 1 / Math.sqrt(sampleCount);

    const certified = async (
      purpose: string,
      samples: CertificateSamples,
      prior: WeightPrior,
      start?: Pick<StochasticNetwork, "mean" | "standardDeviation">,
    ): Promise<CertifiedError> => {
      const problem = { network, prior, samples, failureProbability: SAMPLE_FAILURE };
      const steps = start ? 6000 : 2000;
      const training = { ...problem, objective, start, steps, stream: streamOf(`${purpose} posterior`) };
      const { posterior } = await trainCertificate(training);
      const { certificate, klDivergence } = await riskCertificate({
        ...{ ...problem, posterior, monteCarloFailureProbability: DRAW_FAILURE },
        ...{ draws: 5000, stream: streamOf(`${purpose} draws`) },
      });
      const draws = { draws: 2000, stream: streamOf(`${purpose} test draws`) };
      const { value } = await stochasticError(posterior, test, draws);
      return { certificate, klDivergence, testError: value };
    };
    const halves = splitForCertificate({ ...sample, priorSampleCount: Math.floor(sampleCount / 2) });
    const half = { network, samples: halves, start: initial, stream: streamOf("learned prior") };
    const aroundTrained = { mean: trained, standardDeviation: new Float64Array(trained.length).fill(0.05) };
    return {
      trainingError: errorOn(all.forCertificate),
      testError: errorOn(test),
      distance,
      flatBound: Math.min(...between, beyond),
      dataFree: await certified("data-free", all, dataFreePrior({ mean: initial }), aroundTrained),
      learned: await certified("learned", halves, await learnedPrior(half)),
    };
  },
};

/** Images with the label 1 for the digits from 5 on and −1 for the others. */
function digits(sampleCount: number, stream: RandomStream): { inputs: Matrix; targets: Float64Array } {
  const { images, labels } = drawnDigits({ sampleCount, stream });
  return { inputs: images, targets: Float64Array.from(labels, (label) => (label >= 5 ? 1 : -1)) };
}
