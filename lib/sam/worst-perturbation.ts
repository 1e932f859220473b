import { breathe, type IterationOptions, type IterationOutcome, requireThat } from "../core";
import { iterationOutcome, requireIterationOptions } from "../core/iterative-result";
import { requireFinite } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import type { GradientFunction } from "../optimizers";
import { requireGradientAt, requirePoint } from "./perturbation-requirements";

/** What the search for the worst perturbation needs. */
export interface WorstPerturbationOptions extends IterationOptions {
  /** ρ > 0: ‖ε‖ ≤ ρ. */
  readonly perturbationRadius: number;
}

/** The worst perturbation; the residual is the distance that one more iteration would move it, over ρ. */
export interface WorstPerturbation extends IterationOutcome {
  /** ε* (p), ‖ε*‖ = ρ. */
  readonly perturbation: Float64Array;
  /** ∇L(θ + ε*) (p): by Danskin's theorem the gradient of θ ↦ max_{‖ε‖≤ρ} L(θ + ε), where ε* is the only maximiser. */
  readonly gradient: Float64Array;
}

/**
 * The perturbation ε* = argmax_{‖ε‖ ≤ ρ} L(θ + ε) that SAM replaces by its first-order guess ρ∇L(θ)/‖∇L(θ)‖ (Foret et
 * al. 2021, equation 2), to rounding: the fixed point of ε ← ρ∇L(θ + ε)/‖∇L(θ + ε)‖, from ε = 0, whose first iterate is
 * that guess.
 *
 * Where ∇L is β-Lipschitz on the ball and βρ < ½‖∇L(θ)‖ this is the maximum, and the only one: ∇L(θ + ε) has at least
 * the length ‖∇L(θ)‖ − βρ, so that there is no critical point inside; on the sphere a maximum is a fixed point; and the
 * map is a contraction by βρ/(‖∇L(θ)‖ − βρ) < 1, so that there is one. Nearer to a critical point it may end at
 * another stationary point of the sphere, or in a cycle; `worstCaseSharpness` of `flat-minima/landscape` searches from
 * many starts, with the precision that differences of the loss allow, and `worstQuadraticPerturbation` solves quadratics
 * everywhere.
 *
 * @param gradient ∇L, whatever its normalisation
 * @param parameters θ (p)
 * @param options ρ and the search; by default the tolerance is 1e-12 (tuned: above the rounding of most gradients) and
 *   maxIterations 1000 (tuned). An iteration costs a gradient
 * @throws InvalidArgumentError when ρ is not positive and finite, θ is empty or not finite, the options of the iteration
 *   are bad, a gradient has another length than θ or is not finite, or one on the way is 0: there no direction is worse
 *   than another, to first order
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const bowl = quadratic([matrix([[3, 0], [0, 1]])]);
 * const worst = await worstPerturbation(bowl.gradient, Float64Array.of(2, 0), { perturbationRadius: 0.5 });
 * worst.perturbation; // [0.5, 0]
 * worst.gradient; // [7.5, 0]
 */
export async function worstPerturbation(
  gradient: GradientFunction,
  parameters: Float64Array,
  options: WorstPerturbationOptions,
): Promise<WorstPerturbation> {
  const { perturbationRadius: radius, tolerance = 1e-12, maxIterations = 1000 } = options;
  requirePoint("worstPerturbation", parameters);
  const valid = radius > 0 && Number.isFinite(radius);
  requireThat(valid, "worstPerturbation", "perturbationRadius must be positive and finite", radius);
  requireIterationOptions("worstPerturbation", { tolerance, maxIterations });

  const gradientAt = (epsilon: Float64Array): Float64Array => {
    const point = parameters.map((value, k) => value + epsilon[k]);
    requireFinite("worstPerturbation", "the perturbed parameters", point);
    return requireGradientAt("worstPerturbation", gradient, point);
  };
  const uphill = (slope: Float64Array): Float64Array => {
    const length = uncheckedNorm(slope);
    requireThat(length > 0, "worstPerturbation", "no gradient on the way may be 0 (nor its square)", length);
    return slope.map((value) => (value / length) * radius);
  };

  let perturbation = uphill(gradientAt(new Float64Array(parameters.length)));
  for (let iterations = 2; ; iterations++) {
    await breathe();
    const slope = gradientAt(perturbation);
    const next = uphill(slope);
    const residual = uncheckedNorm(next.map((value, k) => value - perturbation[k])) / radius;
    if (residual <= tolerance || iterations >= maxIterations) {
      const advice = "raise maxIterations or the tolerance, or lower the radius: ρ‖∇²L‖ should be below ½‖∇L‖";
      return { perturbation, gradient: slope, ...iterationOutcome(residual, iterations, tolerance, advice) };
    }
    perturbation = next;
  }
}
