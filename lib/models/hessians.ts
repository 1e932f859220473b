import { add, frobeniusNorm, type Matrix, requireThat, scale, symmetricPart } from "../core";
import { requireFiniteEntries } from "../core/matrix";

/**
 * The mean H = (1/n) Σ_i H_i (p×p) of per-sample Hessians, exactly symmetric, for a caller whose name the errors carry.
 *
 * @throws InvalidArgumentError unless there is at least one Hessian and all are square, of one size, finite and
 * symmetric but for rounding (asymmetry of at most p·eps·‖H_i‖_F, the rounding of a product of matrices).
 */
export function meanHessian(functionName: string, hessians: readonly Matrix[]): Matrix {
  requireThat(hessians.length > 0, functionName, "at least one Hessian is needed", hessians);
  const size = hessians[0].rows;
  for (const H of hessians) {
    requireThat(H.rows === size && H.cols === size, functionName, `every Hessian must be ${size}×${size}`, H);
    requireFiniteEntries(functionName, H, "every Hessian must be finite");
    const tolerance = size * Number.EPSILON * frobeniusNorm(H);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        const [lower, upper] = [H.data[i * size + j], H.data[j * size + i]];
        requireThat(
          Math.abs(lower - upper) <= tolerance,
          functionName,
          "every Hessian must be symmetric",
          `entries ${lower} and ${upper} at (${i}, ${j}) and (${j}, ${i})`,
        );
      }
    }
  }
  return symmetricPart(scale(hessians.reduce(add), 1 / hessians.length));
}
