import type { LinearOperator, Matrix, RandomStream } from "../core";
import {
  crossEntropyLoss,
  empiricalRisk,
  hessianOperator,
  initialParameters,
  multilayerPerceptron,
  type Network,
} from "../models";
import type { tensorRisk } from "../tensor";
import type { TensorExperimentBackend } from "./image-network-sizes";

/** A classifier and its training set, with the mean cross entropy as the loss. */
export interface Learner {
  readonly start: (stream: RandomStream) => Float64Array;
  /** The gradient of the mean loss over a batch. */
  readonly gradient: (parameters: Float64Array, batch: readonly number[]) => Float64Array | Promise<Float64Array>;
  readonly outputs: (parameters: Float64Array, inputs: Matrix) => Matrix | Promise<Matrix>;
  /** The Hessian of the mean loss over the first samples of the training set. */
  readonly hessian: (parameters: Float64Array, sampleCount: number) => LinearOperator;
}

/** A training set: images, and classes as unit vectors. */
export interface TrainingSet {
  readonly inputs: Matrix;
  readonly targets: Matrix;
}

/** Of {@link TrainingSet}, the first samples. */
function first({ inputs, targets }: TrainingSet, count: number): TrainingSet {
  const head = (A: Matrix): Matrix => ({ rows: count, cols: A.cols, data: A.data.slice(0, count * A.cols) });
  return { inputs: head(inputs), targets: head(targets) };
}

/** ReLU layers of these widths in float64, He's initialisation; but for the Hessian the same bits on every machine. */
export function perceptronLearner(samples: TrainingSet, widths: readonly number[]): Learner {
  const { inputs, targets } = samples;
  const network = multilayerPerceptron({ widths: [inputs.cols, ...widths, targets.cols], activation: "relu" });
  const riskOf = (set: TrainingSet): ReturnType<typeof empiricalRisk> =>
    empiricalRisk({ network, loss: crossEntropyLoss, ...set });
  const risk = riskOf(samples);
  let evaluation: ReturnType<Network["evaluate"]> | undefined;
  return {
    start: (stream) => initialParameters(network, stream, { scheme: "He" }),
    gradient: (parameters, batch) => risk.batchGradient(parameters, batch),
    outputs: (parameters, images) => {
      evaluation = network.evaluate(parameters, images, { reproducible: true, recycle: evaluation });
      return evaluation.outputs;
    },
    hessian: (parameters, count) => hessianOperator(riskOf(first(samples, count)).at(parameters)),
  };
}

/** A VGG-like network of tensors with one convolution a block, He's initialisation, in float32. */
export async function vggLearner(
  samples: TrainingSet,
  widths: readonly number[],
  imageShape: readonly [height: number, width: number, channels: number],
  backend: TensorExperimentBackend,
): Promise<Learner> {
  const tensors = await import("../tensor/index.js");
  await tensors.useTensorBackend(backend);
  const network = tensors.vgg({ imageShape, widths, depth: 1, outputCount: samples.targets.cols });
  const riskOf = (set: TrainingSet): ReturnType<typeof tensorRisk> =>
    tensors.tensorRisk({ network, loss: tensors.tensorCrossEntropyLoss, ...set });
  const risk = riskOf(samples);
  return {
    start: (stream) => initialParameters(network, stream, { scheme: "He" }),
    gradient: async (parameters, batch) => (await risk.evaluate(parameters, batch)).gradient,
    outputs: (parameters, images) => tensors.tensorOutputs(network, parameters, images),
    hessian: (parameters, count) => tensors.tensorHessianOperator(riskOf(first(samples, count)), parameters),
  };
}
