import * as tf from "@tensorflow/tfjs-core";
import { breathe, engine, type Matrix, requireThat, zeros } from "../core";
import { copyUpperToLower, requireFiniteEntries } from "../core/matrix";
import { requireFinite, requireSize } from "../core/requirements";
import { registerExactGradients } from "./exact-gradients";
import { gradientAt } from "./gradient-at";
import { singlePrecision } from "./single-precision";

/** How much is kept at a time; see {@link gramMatrix}. */
export interface GramMatrixOptions {
  /** Samples whose gradients are kept, of two such groups at a time (default: what fits into 256 MB each,
   * for one output; tuned). */
  readonly chunkSize?: number;
}

/**
 * The Gram matrix K = JJᵀ (nc × nc) of a network's gradients: K[i·c + k, j·c + l] = ∇f_k(x_i)·∇f_l(x_j), no division by
 * n, exactly symmetric. With m samples in a chunk, the gradients of all n are taken once where m ≥ n, else (n/m + 1)/2
 * times; each of the c outputs of a sample takes one pass over it. The gradients come in single precision; their inner
 * products are added up in double precision.
 *
 * Nothing is left behind among the tensors. They are read synchronously, which the backends can, but for webgpu.
 *
 * @param network f as a tensor (1 × c), from θ (p) and one input (1 × d) as tensors
 * @param parameters θ (p)
 * @param inputs X (n × d), one sample in each row
 * @throws InvalidArgumentError when θ is empty, θ or X is not finite in single precision, chunkSize is no positive integer,
 *   the network gives no tensor of shape [1, c], or a gradient is not finite
 *
 * @example
 * import * as tf from "@tensorflow/tfjs-core"; // with a backend, as from tensorBackend()
 * const linear = (theta: tf.Tensor1D, x: tf.Tensor2D) => tf.matMul<tf.Tensor2D>(x, tf.reshape(theta, [2, 1]));
 * await gramMatrix(linear, Float64Array.of(1, 1), matrix([[1, 2], [3, 4]])); // XXᵀ, that is [[5, 11], [11, 25]]
 */
export async function gramMatrix(
  network: (parameters: tf.Tensor1D, input: tf.Tensor2D) => tf.Tensor2D,
  parameters: Float64Array,
  inputs: Matrix,
  options: GramMatrixOptions = {},
): Promise<Matrix> {
  const name = "gramMatrix";
  const p = parameters.length;
  requireThat(p > 0, name, "there must be a parameter", "none");
  const theta = singlePrecision(name, "the parameters", parameters);
  requireThat(inputs.rows > 0 && inputs.cols > 0, name, "there must be a sample with an entry", inputs);
  requireFiniteEntries(name, inputs, "the inputs must be finite");
  const X = singlePrecision(name, "the inputs", inputs.data);
  const { chunkSize = Math.max(1, Math.floor(CHUNK_ENTRIES / p)) } = options;
  requireSize(name, "chunkSize", chunkSize);

  registerExactGradients();
  const { rows: n, cols: d } = inputs;
  let outputCount = 0;

  /** ∇f_k(x_i) for the outputs k of one sample, row by row (c × p). */
  const gradientsOf = (i: number): Float32Array =>
    tf.tidy(() => {
      const x = tf.tensor2d(X.subarray(i * d, (i + 1) * d), [1, d]);
      const point = tf.tensor1d(theta);
      const outputs = (at: tf.Tensor): tf.Tensor => {
        const f = network(at as tf.Tensor1D, x);
        const [one, c] = f.shape;
        const fits = f.rank === 2 && one === 1 && c > 0 && (outputCount || c) === c;
        requireThat(fits, name, "the network must give a tensor of shape [1, c]", `[${f.shape.join(", ")}]`);
        outputCount = c;
        return f;
      };
      if (outputCount === 0) outputs(point);
      const rows = new Float32Array(outputCount * p);
      for (let k = 0; k < outputCount; k++) {
        const unit = new Float32Array(outputCount);
        unit[k] = 1;
        rows.set(gradientAt(outputs, point, tf.tensor2d(unit, [1, outputCount])).dataSync(), k * p);
      }
      return rows;
    });

  const chunk = async (start: number): Promise<Float32Array[]> => {
    const gradients: Float32Array[] = [];
    for (let i = start; i < Math.min(start + chunkSize, n); i++) {
      gradients.push(gradientsOf(i));
      await breathe();
    }
    return gradients;
  };

  let K: Matrix | undefined;
  for (let a = 0; a < n; a += chunkSize) {
    const ofRows = await chunk(a);
    for (let b = a; b < n; b += chunkSize) {
      const ofColumns = a === b ? ofRows : await chunk(b);
      K ??= zeros(n * outputCount, n * outputCount);
      const block = await innerProducts(ofRows, ofColumns, outputCount, p);
      for (let row = 0; row < block.rows; row++) {
        K.data.set(
          block.data.subarray(row * block.cols, (row + 1) * block.cols),
          (a * outputCount + row) * K.cols + b * outputCount,
        );
      }
    }
  }
  copyUpperToLower(K!);
  requireFinite(name, "the gradients' inner products", K!.data);
  return K!;
}

/** 256 MB of single precision. */
const CHUNK_ENTRIES = 2 ** 26;

/** Columns that are copied to double precision at a time (tuned). */
const STRIP = 4096;

/** The inner products of the rows in two lists of matrices (c × p each), in double precision. */
async function innerProducts(
  left: readonly Float32Array[],
  right: readonly Float32Array[],
  outputCount: number,
  p: number,
): Promise<Matrix> {
  const block = zeros(left.length * outputCount, right.length * outputCount);
  for (let start = 0; start < p; start += STRIP) {
    const width = Math.min(STRIP, p - start);
    const A = strip(left, outputCount, p, start, width);
    const B = left === right ? A : strip(right, outputCount, p, start, width);
    engine().gemmInto(block, A, B, { transposeB: true, beta: 1 });
    await breathe();
  }
  return block;
}

function strip(
  gradients: readonly Float32Array[],
  outputCount: number,
  p: number,
  start: number,
  width: number,
): Matrix {
  const result = zeros(gradients.length * outputCount, width);
  gradients.forEach((rows, i) => {
    for (let k = 0; k < outputCount; k++) {
      const from = k * p + start;
      result.data.set(rows.subarray(from, from + width), (i * outputCount + k) * width);
    }
  });
  return result;
}
