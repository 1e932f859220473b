import { mean, type RandomStream, requireThat, trace } from "../core";
import { hypercubeXor, type Samples } from "../data";
import { activeNeurons } from "../landscape";
import { initialParameters, type TwoLayer, twoLayer, type TwoLayerStructure } from "../models";
import { requireInteger, requirePositive } from "./requirements";

/** A two-layer ReLU network, where it starts, and how many samples of labels x₁x₂ on the hypercube it is trained on. */
export interface XorTraining {
  readonly structure: TwoLayerStructure;
  /** ε of the simplified layer norm, null for the other structures. */
  readonly layerNormEpsilon: number | null;
  /** d. */
  readonly dimension: number;
  /** n. */
  readonly sampleCount: number;
  /** m. */
  readonly width: number;
  /** s: weights and biases start uniform between ±s/√d, output weights between ±s/√m. */
  readonly initializationScale: number;
}

/** What a network has come to. */
export interface XorFit {
  /** (1/n) Σ_i (f(x_i) − y_i)². */
  readonly trainingLoss: number;
  /** Tr G = (1/n) Σ_i ‖∇f(x_i)‖². */
  readonly traceG: number;
  /** How many neurons fire on a sample, on average. */
  readonly firing: number;
  /** The share of 2,000 fresh points whose label has the sign of f; f = 0 counts as wrong. Its standard error: at most 0.011. */
  readonly testAccuracy: number;
}

const TEST_COUNT = 2000;

/** The fields of a training, for `requireFields`. */
export const XOR_TRAINING_FIELDS = [
  "structure",
  "layerNormEpsilon",
  "dimension",
  "sampleCount",
  "width",
  "initializationScale",
] as const;

/** Refuses fields that make no training. */
export function requireXorTraining(functionName: string, configuration: Record<string, unknown>): XorTraining {
  const { structure, layerNormEpsilon, dimension, sampleCount, width, initializationScale } = configuration;
  const known = structure === "no bias" || structure === "bias" || structure === "simplified layer norm";
  const structures = 'structure must be "no bias", "bias" or "simplified layer norm"';
  requireThat(known, functionName, structures, structure);
  if (structure === "simplified layer norm") requirePositive(functionName, "layerNormEpsilon", layerNormEpsilon);
  else {
    const requirement = `layerNormEpsilon must be null with the structure "${structure}"`;
    requireThat(layerNormEpsilon === null, functionName, requirement, layerNormEpsilon);
  }
  requireInteger(functionName, "dimension", dimension, 2, 1e4);
  requireInteger(functionName, "sampleCount", sampleCount, 1, 1e5);
  requireInteger(functionName, "width", width, 1, 1e5);
  requirePositive(functionName, "initializationScale", initializationScale);
  return { structure, layerNormEpsilon, dimension, sampleCount, width, initializationScale };
}

/**
 * The network, its samples, its start, and how a θ is judged on the samples and on fresh points; the same bits on every
 * machine.
 *
 * @param streamFor a stream of random numbers for each purpose
 */
export function xorTraining(
  training: XorTraining,
  streamFor: (purpose: "data" | "test" | "initialisation" | "training") => RandomStream,
): {
  readonly network: TwoLayer;
  readonly samples: Samples;
  readonly start: Float64Array;
  /** The draws of the samples. */
  readonly order: RandomStream;
  readonly fit: (parameters: Float64Array) => XorFit;
} {
  const { structure, layerNormEpsilon, dimension, sampleCount, width, initializationScale } = training;
  const epsilon = layerNormEpsilon === null ? {} : { layerNormEpsilon };
  const network = twoLayer({ inputCount: dimension, width, structure, activation: "relu", ...epsilon });
  const samples = hypercubeXor({ dimension, sampleCount, stream: streamFor("data") });
  const fresh = hypercubeXor({ dimension, sampleCount: TEST_COUNT, stream: streamFor("test") });
  const scheme = { scheme: "uniform", gain: initializationScale } as const;
  const start = initialParameters(network, streamFor("initialisation"), scheme);

  const fit = (parameters: Float64Array): XorFit => {
    const evaluation = network.evaluate(parameters, samples.inputs, { reproducible: true });
    const squares = evaluation.outputs.data.map((output, i) => (output - samples.targets[i]) ** 2);
    const { outputs } = network.evaluate(parameters, fresh.inputs, { reproducible: true });
    const active = activeNeurons({ parts: network.parts(parameters), inputs: samples.inputs });
    return {
      trainingLoss: mean(squares),
      traceG: trace(evaluation.gramMatrix()) / sampleCount,
      firing: mean(active.map(({ length }) => length)),
      testAccuracy: outputs.data.filter((output, i) => output * fresh.targets[i] > 0).length / TEST_COUNT,
    };
  };
  return { network, samples, start, order: streamFor("training"), fit };
}
