import { norm, type RandomStream } from "../core";
import type { Samples } from "../data";
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

/** A certificate, and the error that it bounds. */
export interface CertifiedError {
  /** The bound on the stochastic network's error, with probability 0.965. */
  readonly certificate: number;
  /** KL(Q‖P), in nats. */
  readonly klDivergence: number;
  /** The stochastic network's error on fresh samples, by 2,000 draws of 100. */
  readonly testError: number;
}

/** Two certificates of a network and its flat-minima bound. */
export interface NetworkCertificates {
  /** The trained network's share of errors on its samples. */
  readonly trainingError: number;
  /** The same on fresh samples. */
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

/** What a network is trained and certified on. */
export interface NetworkCertificatesOptions {
  /** With targets ±1. */
  readonly sample: Samples;
  /** Fresh samples, for the errors. */
  readonly fresh: Samples;
  /** Of one hidden layer of tanh. */
  readonly hiddenWidth: number;
  /** What the posterior is trained on. */
  readonly objective: CertificateObjectiveKind;
  /** The stream of a purpose. */
  readonly streamOf: (purpose: string) => RandomStream;
}

const RADII = [0.1, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 30, 60];
/** δ of the certificates and δ′ of their draws, as in the source; the flat-minima bound has their sum. */
const [SAMPLE_FAILURE, DRAW_FAILURE] = [0.025, 0.01];

/**
 * Trains a network by Adam and certifies it. Training, draws and errors are the same bits on every machine. Logarithms
 * of the host go into the bounds, which differ in their last bit between versions of Node; the inversions multiply that
 * by less than a hundred.
 */
export async function networkCertificates(options: NetworkCertificatesOptions): Promise<NetworkCertificates> {
  const { sample, fresh, hiddenWidth, objective, streamOf } = options;
  const sampleCount = sample.inputs.rows;
  const all = splitForCertificate(sample);
  const test = splitForCertificate(fresh).forCertificate;
  const network = multilayerPerceptron({ widths: [sample.inputs.cols, hiddenWidth, 1], activation: "tanh" });
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
}
