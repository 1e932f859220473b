import { requireThat } from "../core";
import { requireFinite } from "../core/requirements";
import { uncheckedDot, uncheckedNorm } from "../core/vector";
import type { SmoothLoss } from "../models";
import { requireGradientAt, requirePoint, requireVectorLike } from "./perturbation-requirements";

/** How SAM perturbs. */
export interface PerturbedLossGradientOptions {
  /** ρ ≥ 0. */
  readonly perturbationRadius: number;
  /** Whether ε = ρ∇L/‖∇L‖ (default true) or, as in USAM, ε = ρ∇L. */
  readonly normalized?: boolean;
}

/** The gradient of θ ↦ L(θ + ε(θ)) and its two parts, each p long. */
export interface PerturbedLossGradient {
  /** ε(θ). */
  readonly perturbation: Float64Array;
  /** ∇L(θ + ε), which SAM descends along. */
  readonly samGradient: Float64Array;
  /** (∂ε/∂θ)ᵀ∇L(θ + ε), which SAM drops. */
  readonly droppedTerm: Float64Array;
  /** Their sum. */
  readonly gradient: Float64Array;
}

/**
 * The exact gradient of what SAM says that it minimizes, θ ↦ L(θ + ε(θ)) with ε = ρ∇L(θ)/‖∇L(θ)‖, as the sum of the
 * part that SAM uses, ∇L(θ + ε), and the part that it drops (Foret et al. 2021, before equation 3):
 * (∂ε/∂θ)ᵀ∇L(θ + ε) = (ρ/‖g‖) H (I − ĝĝᵀ) ∇L(θ + ε), where g = ∇L(θ), ĝ = g/‖g‖ and H = ∇²L(θ).
 *
 * To leading order the dropped part is (ρ²/‖g‖) H (I − ĝĝᵀ) H ĝ, a power of ρ below the effect ρHĝ of SAM itself: the
 * projector takes away what ∇L(θ + ε) has in common with g. With `normalized: false`, where ε = ρg and
 * (∂ε/∂θ)ᵀ = ρH, there is no projector, and what is dropped is, to leading order, as large as the effect.
 *
 * Costs two gradients and a Hessian-vector product, exact up to rounding.
 *
 * @param loss ∇L and ∇²L v, whatever their normalisation
 * @param parameters θ (p)
 * @param options ρ, and how ε is normalised
 * @throws InvalidArgumentError when ρ is not finite and at least 0, θ is empty or not finite, a gradient or product has
 *   another length than θ or is not finite, or ∇L(θ) = 0 under the normalized perturbation: it has no derivative there
 *
 * @example
 * const H = matrix([[3, 0], [0, 1]]);
 * const bowl = { ...quadratic([H]), hessianVectorProduct: (_: Float64Array, v: Float64Array) => multiplyVector(H, v) };
 * const parts = perturbedLossGradient(bowl, Float64Array.of(1, 4), { perturbationRadius: 0.5 }); // g = (3, 4)
 * parts.perturbation; // [0.3, 0.4]
 * parts.samGradient; // [3.9, 4.4]
 * parts.droppedTerm; // [0.1152, -0.0288]
 */
export function perturbedLossGradient(
  loss: Pick<SmoothLoss, "gradient" | "hessianVectorProduct">,
  parameters: Float64Array,
  { perturbationRadius: radius, normalized = true }: PerturbedLossGradientOptions,
): PerturbedLossGradient {
  requirePoint("perturbedLossGradient", parameters);
  const valid = radius >= 0 && Number.isFinite(radius);
  requireThat(valid, "perturbedLossGradient", "perturbationRadius must be finite and at least 0", radius);
  const slope = requireGradientAt("perturbedLossGradient", loss.gradient, parameters);
  const size = uncheckedNorm(slope);
  requireThat(
    !normalized || (size > 0 && size < Infinity),
    "perturbedLossGradient",
    "the gradient must not be 0, nor its square, nor infinite: the perturbation has no derivative there",
    size,
  );

  const direction = normalized ? slope.map((value) => value / size) : slope;
  const perturbation = direction.map((value) => radius * value);
  const perturbed = parameters.map((value, k) => value + perturbation[k]);
  requireFinite("perturbedLossGradient", "the perturbed parameters", perturbed);
  const samGradient = requireGradientAt("perturbedLossGradient", loss.gradient, perturbed);

  const along = normalized ? uncheckedDot(direction, samGradient) : 0;
  const across = samGradient.map((value, k) => value - along * direction[k]);
  const product = requireVectorLike(
    "perturbedLossGradient",
    "the Hessian-vector product",
    loss.hessianVectorProduct(parameters, across),
    parameters.length,
  );
  const scale = normalized ? radius / size : radius;
  const droppedTerm = product.map((value) => scale * value);
  const gradient = samGradient.map((value, k) => value + droppedTerm[k]);
  return { perturbation, samGradient, droppedTerm, gradient };
}
