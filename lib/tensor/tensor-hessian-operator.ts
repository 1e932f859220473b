import { type LinearOperator, linearOperator } from "../core";
import { requireSize } from "../core/requirements";
import { requireParameters } from "../models/finite-sum";
import { hessianVectorProduct } from "./hessian-vector-product";
import { singlePrecision } from "./single-precision";
import type { TensorRisk } from "./tensor-risk";

/**
 * The Hessian ∇²L(θ) (p × p) of an empirical risk of tensors as an operator, for `topEigenpairs` and `hutchinsonTrace`:
 * the products H v of chunks of samples, by {@link hessianVectorProduct}, added up in double precision with the chunks'
 * shares. With the risk's own normalisation (the mean over its n samples); about four passes and gradients of all of them
 * a product.
 *
 * A product is off by some 1e-5 of its norm, single precision. A tolerance of 1e-3 for `topEigenpairs` is well above that, and
 * gives an eigenvalue, whose error is about the square of the residual, to three digits at the least.
 *
 * @param risk L, of the samples whose Hessian is wanted
 * @param parameters θ (p), copied
 * @param options.chunkSize samples that go through the network at a time (default 128, tuned): a product takes the memory
 *   of some ten passes of so many
 * @throws InvalidArgumentError when θ has another length or is not finite in single precision, or chunkSize is no positive
 *   integer; its products, when a vector has another length or is not finite
 *
 * @example
 * const network = vgg({ imageShape: [2, 2, 1], widths: [1], depth: 1, outputCount: 1 });
 * const [inputs, targets] = [matrix([[0, 0, 0, 0]]), matrix([[1]])];
 * const risk = tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets }); // on a black image ½(b − 1)²
 * await tensorBackend("wasm");
 * const hessian = tensorHessianOperator(risk, new Float64Array(12));
 * hessian.apply(new Float64Array(12).fill(1))[11]; // 1
 */
export function tensorHessianOperator(
  risk: TensorRisk,
  parameters: Float64Array,
  { chunkSize = 128 }: { readonly chunkSize?: number } = {},
): LinearOperator {
  const { parameterCount: p, sampleCount: n } = risk;
  requireParameters("tensorHessianOperator", parameters, p);
  singlePrecision("tensorHessianOperator", "the parameters", parameters);
  requireSize("tensorHessianOperator", "chunkSize", chunkSize);
  const theta = parameters.slice();
  return linearOperator({
    rows: p,
    cols: p,
    symmetric: true,
    apply: (v) => {
      const product = new Float64Array(p);
      for (let start = 0; start < n; start += chunkSize) {
        const size = Math.min(chunkSize, n - start);
        const chunk = Array.from({ length: size }, (_, k) => start + k);
        const part = hessianVectorProduct((point) => risk.loss(point, chunk), theta, v);
        for (let k = 0; k < p; k++) product[k] += (size / n) * part[k];
      }
      return product;
    },
  });
}
