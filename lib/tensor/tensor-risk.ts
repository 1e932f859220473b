import * as tf from "@tensorflow/tfjs-core";
import { breathe, type Matrix, requireThat, zeros } from "../core";
import { requireEntryCount, requireFiniteEntries } from "../core/matrix";
import { requireSize } from "../core/requirements";
import { requireBatch, requireParameters } from "../models/finite-sum";
import { registerExactGradients } from "./exact-gradients";
import { singlePrecision } from "./single-precision";
import type { TensorLoss } from "./tensor-losses";
import type { TensorNetwork } from "./tensor-network";

/** What makes an empirical risk of tensors. */
export interface TensorRiskOptions {
  readonly network: TensorNetwork;
  readonly loss: TensorLoss;
  /** X (n × d), one image in each row: row by row, channels innermost. */
  readonly inputs: Matrix;
  /** y (n × c). */
  readonly targets: Matrix;
  /** Samples that go through the network at a time (default 128, tuned): the memory is that of so many. */
  readonly chunkSize?: number;
}

/** The mean loss of a network over samples; made by {@link tensorRisk}. */
export interface TensorRisk {
  /** p. */
  readonly parameterCount: number;
  /** n. */
  readonly sampleCount: number;
  /**
   * L_I(θ) = (1/|I|) Σ_{i∈I} ℓ(f(x_i), y_i) as a tensor, from θ (p) as a tensor, to be differentiated: all samples at
   * once, by default those that there are.
   */
  readonly loss: (parameters: tf.Tensor1D, batch?: readonly number[]) => tf.Scalar;
  /** L_I(θ) and ∇L_I(θ) (p): chunk by chunk in single precision, the chunks added up in double precision. */
  readonly evaluate: (parameters: Float64Array, batch?: readonly number[]) => Promise<TensorRiskEvaluation>;
}

/** A mean loss and its gradient. They may be infinite or NaN where single precision overflows. */
export interface TensorRiskEvaluation {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/**
 * The empirical risk L(θ) = (1/n) Σ_i ℓ(f(x_i; θ), y_i) of a network of tensors, and of batches I (indices of samples,
 * repeats counted). It holds a copy of the samples in single precision and no tensor; a network's pass and its gradient
 * take the memory of `chunkSize` samples, and leave no tensor behind.
 *
 * @throws InvalidArgumentError when the samples are none, not as many as the targets, of another size than the network's
 *   images, or not finite in single precision; when the targets have no meaning for the loss, or chunkSize is no positive
 *   integer; its functions throw it when θ has another length or is not finite in single precision, and for a batch that
 *   is empty or has an index that is no sample's
 *
 * @example
 * const network = vgg({ imageShape: [2, 2, 1], widths: [1], depth: 1, outputCount: 1 });
 * const [inputs, targets] = [matrix([[1, 0, 0, 1]]), matrix([[3]])];
 * const risk = tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets });
 * await tensorBackend("wasm");
 * const theta = Float64Array.of(0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0.5); // twice the middle; read-out 1, ½
 * (await risk.evaluate(theta)).loss; // 0.125, that is ½(2 + ½ − 3)²
 */
export function tensorRisk({ network, loss, inputs, targets, chunkSize = 128 }: TensorRiskOptions): TensorRisk {
  const name = "tensorRisk";
  const { parameterCount: p, outputCount: c } = network;
  const n = inputs.rows;
  requireSize(name, "chunkSize", chunkSize);
  const X = imagesOf(name, network, inputs);
  requireThat(targets.rows === n, name, `there must be a target for each of the ${n} samples`, targets);
  requireEntryCount(name, targets);
  loss.check(name, targets, c);
  const y = singlePrecision(name, "the targets", targets.data);

  const everything = Array.from({ length: n }, (_, i) => i);
  const lossOf = (parameters: tf.Tensor1D, batch: readonly number[]): tf.Scalar => {
    const chosen = tf.tensor2d(rowsOf(X, network.inputCount, batch), [batch.length, network.inputCount]);
    const wanted = tf.tensor2d(rowsOf(y, c, batch), [batch.length, c]);
    return loss.mean(network.outputs(parameters, chosen), wanted);
  };

  return {
    parameterCount: p,
    sampleCount: n,
    loss: (parameters, batch = everything) => {
      requireBatch("TensorRisk.loss", batch, n);
      return tf.tidy(() => lossOf(parameters, batch));
    },
    evaluate: async (parameters, batch = everything) => {
      const theta = parametersOf("TensorRisk.evaluate", network, parameters);
      requireBatch("TensorRisk.evaluate", batch, n);
      registerExactGradients();
      let value = 0;
      const gradient = new Float64Array(p);
      for (let start = 0; start < batch.length; start += chunkSize) {
        const chunk = batch.slice(start, start + chunkSize);
        const share = chunk.length / batch.length;
        const { value: lossTensor, grad } = tf.tidy(() =>
          tf.valueAndGrad((point) => lossOf(point as tf.Tensor1D, chunk))(tf.tensor1d(theta)),
        );
        const [ofLoss, ofGradient] = await readAndDisposed(lossTensor, grad);
        value += share * ofLoss[0];
        for (let k = 0; k < p; k++) gradient[k] += share * ofGradient[k];
        await breathe();
      }
      return { loss: value, gradient };
    },
  };
}

/**
 * The outputs f (n × c) of a network of tensors on images, in single precision, `chunkSize` samples at a time. Leaves no
 * tensor behind.
 *
 * @param parameters θ (p)
 * @param inputs X (n × d), one image in each row: row by row, channels innermost
 * @param options.chunkSize samples at a time (default 128, tuned)
 * @throws InvalidArgumentError when θ has another length, there is no sample, the samples are of another size than the
 *   network's images, something is not finite in single precision, or chunkSize is no positive integer
 *
 * @example
 * await tensorBackend("wasm");
 * const network = vgg({ imageShape: [2, 2, 1], widths: [1], depth: 1, outputCount: 1 });
 * const theta = Float64Array.of(0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0.5); // twice the middle; read-out 1, ½
 * await tensorOutputs(network, theta, matrix([[1, 0, 0, 1], [0, 3, 0, 0]])); // matrix([[2.5], [6.5]])
 */
export async function tensorOutputs(
  network: TensorNetwork,
  parameters: Float64Array,
  inputs: Matrix,
  { chunkSize = 128 }: { readonly chunkSize?: number } = {},
): Promise<Matrix> {
  const theta = parametersOf("tensorOutputs", network, parameters);
  const X = imagesOf("tensorOutputs", network, inputs);
  requireSize("tensorOutputs", "chunkSize", chunkSize);

  const { inputCount: d, outputCount: c } = network;
  const result = zeros(inputs.rows, c);
  for (let start = 0; start < inputs.rows; start += chunkSize) {
    const end = Math.min(start + chunkSize, inputs.rows);
    const chunk = X.subarray(start * d, end * d);
    const outputs = tf.tidy(() => network.outputs(tf.tensor1d(theta), tf.tensor2d(chunk, [end - start, d])));
    const [values] = await readAndDisposed(outputs);
    result.data.set(values, start * c);
    await breathe();
  }
  requireFiniteEntries("tensorOutputs", result, "the outputs must be finite in single precision");
  return result;
}

function parametersOf(functionName: string, { parameterCount }: TensorNetwork, parameters: Float64Array): Float32Array {
  requireParameters(functionName, parameters, parameterCount);
  return singlePrecision(functionName, "the parameters", parameters);
}

function imagesOf(functionName: string, { inputCount, imageShape }: TensorNetwork, inputs: Matrix): Float32Array {
  requireThat(inputs.rows > 0, functionName, "there must be a sample", inputs);
  const size = `${imageShape.join(" · ")} = ${inputCount}`;
  requireThat(inputs.cols === inputCount, functionName, `the inputs must have ${size} columns`, inputs);
  requireEntryCount(functionName, inputs);
  return singlePrecision(functionName, "the inputs", inputs.data);
}

/** The chosen rows of a matrix, one after the other. */
function rowsOf(data: Float32Array, cols: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * cols);
  rows.forEach((row, k) => result.set(data.subarray(row * cols, (row + 1) * cols), k * cols));
  return result;
}

/** The entries of tensors, read as every backend can; the tensors are disposed, also where that fails. */
async function readAndDisposed(...tensors: tf.Tensor[]): Promise<Float32Array[]> {
  try {
    return await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  } finally {
    tf.dispose(tensors);
  }
}
