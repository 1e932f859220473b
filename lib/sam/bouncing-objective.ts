import { type Matrix, requireThat, zeros } from "../core";
import { requireFinite, requireFiniteNumber } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import type { GradientFunction } from "../optimizers";
import { type QuadraticSamOptions, requireQuadraticSam } from "./quadratic-sam";

/** J and its derivatives; made by {@link bouncingObjective}. Each takes a point u (d) in the eigenbasis. */
export interface BouncingObjective {
  /** J(u) = ½uᵀCu - ‖Λu‖. */
  readonly value: (point: Float64Array) => number;
  /** ∇J(u) = Cu - Λ²u/‖Λu‖ (d), for `gradientDescent` and the like. */
  readonly gradient: GradientFunction;
  /** ∇²J(u) = C - Λ²/‖Λu‖ + (Λ²u)(Λ²u)ᵀ/‖Λu‖³ (d×d). */
  readonly hessian: (point: Float64Array) => Matrix;
}

/**
 * The function that SAM descends on the quadratic ½wᵀΛw (Bartlett, Long and Bousquet 2023):
 *
 *     J(u) = ½uᵀCu - ‖Λu‖,    C = diag((2 - ηλ_i)/(ηρ)),
 *
 * where (2 - ηλ_i)/(ηρ) = λ_i²/β_i for λ_i ≠ 0. With its sign flipped at every other step, u_t = (-1)ᵗw_t, SAM is gradient
 * descent on J with the step ηρ: u - ηρ∇J(u) = -(I - ηΛ - (ηρ/‖Λu‖)Λ²)u. In a direction with λ_i = 0 this is u_i ↦ -u_i,
 * since C is 2/(ηρ) there: J flips what SAM leaves as it is.
 *
 * The gradient and the Hessian are refused where Λu = 0, where J has a kink that points upwards: it falls from there in
 * every direction of the range of Λ, so that no such point is a minimum. (SAM stays put there.) The identity needs no
 * more than ρ > 0. For ηλ₁ > 2 J is not bounded below. O(d) for the value and the gradient, O(d²) for the Hessian.
 *
 * @throws InvalidArgumentError unless λ is finite, of at least one entry and descending, and η and ρ are positive and
 * finite; the functions throw it on a point of another length than λ, where the result overflows, and, but for the value,
 * where Λu = 0 (or ‖Λu‖² rounds to 0).
 * @example
 * const J = bouncingObjective({
 *   eigenvalues: Float64Array.of(2, 1), learningRate: 0.25, perturbationRadius: 1,
 * });
 * J.value(Float64Array.of(0, 2)); // 12: ½·7·2² - 2
 * J.gradient(Float64Array.of(0, 2)); // [0, 13], and 2 - ηρ·13 = -1.25 where SAM goes to 1.25
 */
export function bouncingObjective(options: QuadraticSamOptions): BouncingObjective {
  const name = "bouncingObjective";
  requireQuadraticSam(name, options);
  const { learningRate, perturbationRadius } = options;
  requireThat(perturbationRadius > 0, name, "perturbationRadius must be positive", perturbationRadius);
  const eigenvalues = options.eigenvalues.slice();
  const size = eigenvalues.length;
  // η and ρ one after the other, since their product may overflow or vanish where the quotient does not.
  const curvatures = eigenvalues.map((lambda) => (2 - learningRate * lambda) / learningRate / perturbationRadius);
  requireFinite(name, "the diagonal of C", curvatures);

  /** Λu. */
  const scaled = (point: Float64Array): Float64Array => {
    requireThat(point.length === size, name, `the point must have length ${size}`, point.length);
    return point.map((u, i) => eigenvalues[i] * u);
  };
  const smoothNorm = (v: Float64Array): number => {
    const length = uncheckedNorm(v);
    if (!(length > 0 && length < Infinity)) {
      requireThat(false, name, "J has derivatives only where Λu is finite and not 0", `‖Λu‖ = ${length}`);
    }
    return length;
  };

  return {
    value: (point) => {
      const length = uncheckedNorm(scaled(point));
      const quadratic = point.reduce((sum, u, i) => sum + 0.5 * curvatures[i] * u * u, 0);
      return requireFiniteNumber(name, "J(u)", quadratic - length);
    },
    gradient: (point, into) => {
      const length = smoothNorm(scaled(point));
      const slope = into?.length === size ? into : new Float64Array(size);
      for (let i = 0; i < size; i++) {
        slope[i] = (curvatures[i] - eigenvalues[i] * (eigenvalues[i] / length)) * point[i];
      }
      requireFinite(name, "the gradient", slope);
      return slope;
    },
    hessian: (point) => {
      const v = scaled(point);
      const length = smoothNorm(v);
      const H = zeros(size, size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const projection = (v[i] / length) * (v[j] / length) - (i === j ? 1 : 0);
          // λ_iλ_j first: the product is the same for (i, j) and (j, i), and H symmetric to the last bit.
          H.data[i * size + j] = ((eigenvalues[i] * eigenvalues[j]) / length) * projection;
        }
        H.data[i * size + i] += curvatures[i];
      }
      requireFinite(name, "the Hessian", H.data);
      return H;
    },
  };
}
