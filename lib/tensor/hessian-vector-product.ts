import * as tf from "@tensorflow/tfjs-core";
import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { registerExactGradients } from "./exact-gradients";
import { gradientAt } from "./gradient-at";
import { singlePrecision } from "./single-precision";

/**
 * The product ∇²L(θ)v (p) of the Hessian of a loss with a vector, by differentiating ⟨∇L(θ), v⟩ once more (double
 * backward; Pearlmutter 1994). Two gradients of L, about, in single precision: v is brought to size 1 first, and the
 * product back, so that it may be of any size.
 *
 * L is what the function returns, with its own normalisation; it may use the operations that
 * {@link registerExactGradients} lists, which is called here. Tensors made in between are disposed. The result is read
 * synchronously, which the backends can, but for webgpu.
 *
 * @param loss L as a tensor of one number, from θ (p) as a tensor
 * @param parameters θ (p)
 * @param direction v (p)
 * @throws InvalidArgumentError when θ is empty or not finite in single precision, v has another length or is not finite,
 *   the loss is no tensor of one number, or the product overflows
 *
 * @example
 * import * as tf from "@tensorflow/tfjs-core"; // with a backend, as from tensorBackend()
 * const fourth = (theta: tf.Tensor1D) => tf.sum(tf.pow(theta, 4));
 * hessianVectorProduct(fourth, Float64Array.of(1, 2), Float64Array.of(1, 1)); // 12 θ² v, that is 12 and 48
 */
export function hessianVectorProduct(
  loss: (parameters: tf.Tensor1D) => tf.Tensor,
  parameters: Float64Array,
  direction: Float64Array,
): Float64Array {
  const name = "hessianVectorProduct";
  const count = parameters.length;
  requireThat(count > 0, name, "there must be a parameter", "none");
  const theta = singlePrecision(name, "the parameters", parameters);
  requireThat(direction.length === count, name, `the direction must have ${count} entries`, direction.length);
  requireFinite(name, "the direction", direction);

  registerExactGradients();
  const size = direction.reduce((largest, entry) => Math.max(largest, Math.abs(entry)), 0) || 1;
  const product = tf.tidy(() => {
    const v = tf.tensor1d(Float32Array.from(direction, (entry) => entry / size));
    const checkedLoss = (point: tf.Tensor): tf.Tensor => {
      const value = loss(point as tf.Tensor1D);
      requireThat(
        value.size === 1,
        name,
        "the loss must be a tensor of one number",
        `shape [${value.shape.join(", ")}]`,
      );
      return value;
    };
    const slope = (point: tf.Tensor): tf.Tensor => tf.sum(tf.mul(gradientAt(checkedLoss, point), v));
    return gradientAt(slope, tf.tensor1d(theta)).dataSync();
  });
  const scaled = Float64Array.from(product, (entry) => size * entry);
  requireFinite(name, "the product", scaled);
  return scaled;
}
