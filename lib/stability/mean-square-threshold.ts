import { identity, type Matrix, multiply, requireThat, transpose } from "../core";
import type { IterationOptions, IterativeResult } from "../core/iterative-result";
import { finish, topEigenvalueSteps } from "../core/lanczos";
import { batchNoiseFactor } from "../optimizers";
import { hessianRange } from "./hessian-range";
import type { LinearizedSetting } from "./second-moment-operator";

/**
 * The largest learning rate η* at which SGD is linearly stable in mean square, exactly: with
 * C(M) = ½(HM + MH) and D(M) = (1 - p_B) HMH + p_B (1/n) Σ_i H_i M H_i the second-moment operator is
 * T = I - 2ηC + η²D, so on the range of H
 * ρ(T) ≤ 1 ⇔ T ≤ I ⇔ ηD ≤ 2C ⇔ η ≤ η* = 2/λ_max(C^{-½} D C^{-½}) (Mulayoff and Michaeli, 2024).
 *
 * In the eigenbasis of H, C multiplies entry (k, l) by (λ_k + λ_l)/2. The operator C^{-½} D C^{-½} is self-adjoint and
 * keeps positive semi-definite matrices so ((λ_k + λ_l)^{-½} is one: Cauchy matrices are infinitely divisible, Bhatia
 * 2006), so its top eigenvector is positive semi-definite and Lanczos' method, started at the identity, cannot miss
 * it. The value comes from above; its relative error is at most the residual. For r = rank H it needs at most
 * r(r+1)/2 iterations, each of 2n + 2 products of r×r matrices.
 *
 * @throws InvalidArgumentError unless the Hessians are symmetric, finite and of one size and the batch is possible; H is
 * positive semi-definite and not 0; every H_i positive semi-definite when H is singular; and no square underflows.
 *
 * @example
 * meanSquareThresholdFromHessians({
 *   hessians: [matrix([[1]]), matrix([[3]])], batchSize: 1, sampling: "with replacement",
 * }).value; // 0.8
 */
export function meanSquareThresholdFromHessians(
  { hessians, batchSize, sampling }: LinearizedSetting,
  options: IterationOptions = {},
): IterativeResult {
  const noise = batchNoiseFactor({ sampleCount: hessians.length, batchSize, sampling });
  const { values, vectors } = hessianRange("meanSquareThresholdFromHessians", hessians);
  const rank = values.length;
  const rotated = noise === 0 ? [] : hessians.map((H) => multiply(multiply(transpose(vectors), H), vectors));

  const applyD = (moment: Matrix): Float64Array => {
    const image = moment.data.map(
      (value, index) => (1 - noise) * values[Math.floor(index / rank)] * values[index % rank] * value,
    );
    for (const H of rotated) {
      const term = multiply(multiply(H, moment), H).data;
      for (let index = 0; index < image.length; index++) image[index] += (noise / hessians.length) * term[index];
    }
    return image;
  };
  return thresholdOfPencil("meanSquareThresholdFromHessians", values, applyD, options, finish);
}

/** η* = 2/λ_max(C^{-½} D C^{-½}) for the eigenvalues λ (r) of H and the operator D in its eigenbasis (r×r matrices). */
export function thresholdOfPencil<Outcome>(
  functionName: string,
  eigenvalues: Float64Array,
  applyD: (moment: Matrix) => Float64Array,
  options: IterationOptions,
  run: (steps: Generator<void, IterativeResult>) => Outcome,
): Outcome {
  const rank = eigenvalues.length;
  const inverseRoot = Float64Array.from({ length: rank * rank }, (_, index) =>
    Math.sqrt(2 / (eigenvalues[Math.floor(index / rank)] + eigenvalues[index % rank])),
  );
  const apply = (vector: Float64Array): Float64Array =>
    applyD({ rows: rank, cols: rank, data: vector.map((value, index) => value * inverseRoot[index]) }).map(
      (value, index) => value * inverseRoot[index],
    );
  return run(withThreshold(functionName, topEigenvalueSteps(functionName, apply, identity(rank).data, options)));
}

/** The same steps, with 2/λ in the place of λ. */
function* withThreshold(
  functionName: string,
  steps: Generator<void, IterativeResult>,
): Generator<void, IterativeResult> {
  const top = yield* steps;
  requireThat(top.value > 0, functionName, "the squares of the curvatures must not underflow", top.value);
  return { ...top, value: 2 / top.value };
}
