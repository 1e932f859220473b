import { requireThat } from "../core";

/** The constants in the bounds on the error of {@link samDrift}. */
export interface SamDriftErrorBoundOptions {
  /** λ₁ > 0, the largest eigenvalue of ∇²ℓ(w_z), with ηλ₁ < 1. */
  readonly sharpness: number;
  /** η > 0. */
  readonly learningRate: number;
  /** ρ > 0. */
  readonly perturbationRadius: number;
  /** M ≥ 0, at least the norm of D³ℓ(w_z): the largest |D³ℓ(w_z)[u, u, u]| over unit vectors u. */
  readonly thirdDerivativeNorm: number;
  /** B ≥ 0, a Lipschitz constant of D³ℓ in that norm, on the ball of radius 2ρ/(2 - ηλ₁) round w_z at least. */
  readonly lipschitzConstant: number;
}

/**
 * A bound on ‖error‖ in the drift theorem of {@link samDrift}, in the shape in which the theorem is printed, with
 * constants of one unit each: with K = max(M, Bρ),
 *
 * ‖error‖ ≤ ηρ²[(1 + ηλ₁)³ρB/6 + 2(2λ₁ + Kρ)ηK],  if Kηρ ≤ 1 and ηλ₁ < 1.
 *
 * It implies the printed bound (Bartlett, Long and Bousquet 2023: B for both of its constants) when M ≤ B and ρ ≤ 1,
 * and it does not without either: see notebook 14. Proof, for this project: with t = 1/(2 - ηλ₁), the bound of
 * {@link samDriftErrorBound} has A = 2tρ ≤ (1 + ηλ₁)ρ, so that BA³/6 is under the first term. In the second,
 * σ ≤ Kηρ t(1 + t)/3 ≤ 2/3, hence c(σ) ≤ √2σ, and λ₁ + MA + BA²/2 ≤ λ₁ + 2t(1 + t)Kρ. What is left,
 * (√2/3) t(1 + t) (λ₁ + 2t(1 + t)Kρ) ≤ 4λ₁ + 2Kρ, need be seen at the least λ₁ only, which is (2 - 1/t)Kρ by
 * Kηρ ≤ 1: (√2/3)(2t⁴ + 4t³ + 4t² + t - 1) ≤ 10 - 4/t, true at t = ½ and t = 1 and therefore between, the left side
 * being convex there and the right one concave.
 *
 * @throws InvalidArgumentError unless λ₁, η and ρ are positive and finite, M and B finite and at least 0, ηλ₁ < 1 and
 *   Kηρ ≤ 1, or if the bound overflows.
 *
 * @example
 * coarseSamDriftErrorBound({
 *   sharpness: 2, learningRate: 0.25, perturbationRadius: 0.5, thirdDerivativeNorm: 1, lipschitzConstant: 0,
 * }); // 0.140625
 */
export function coarseSamDriftErrorBound(options: SamDriftErrorBoundOptions): number {
  const name = "coarseSamDriftErrorBound";
  requireConstants(name, options);
  const { sharpness, learningRate, perturbationRadius, thirdDerivativeNorm, lipschitzConstant } = options;
  const K = Math.max(thirdDerivativeNorm, lipschitzConstant * perturbationRadius);
  const premise = K * learningRate * perturbationRadius;
  requireThat(premise <= 1, name, "the premise max(M, Bρ)·ηρ ≤ 1 must hold", premise);
  const quartic = ((1 + learningRate * sharpness) ** 3 * perturbationRadius * lipschitzConstant) / 6;
  const cubic = 2 * (2 * sharpness + K * perturbationRadius) * learningRate * K;
  return finite(name, learningRate * perturbationRadius ** 2 * (quartic + cubic));
}

/**
 * A bound on ‖error‖ in the drift theorem of {@link samDrift} that wants no premise but ηλ₁ < 1, and that the worst
 * losses come near to: with a = β₁/λ₁ = ηρλ₁/(2 - ηλ₁) and A = a + ρ = 2ρ/(2 - ηλ₁),
 *
 * ‖error‖ ≤ η[BA³/6 + ρ c(σ)(λ₁ + MA + BA²/2)],  σ = (ηρ/(2 - ηλ₁))(M/2 + Ba/6),
 *
 * c(σ) = (2 - 2(1 - σ²)^½)^½, which is σ up to σ³, for σ ≤ 1 and 2 beyond.
 *
 * Proof, for this project, on the side s = 1 and with k = D³ℓ(w_z)[e₁, e₁, ·], ‖k‖ ≤ M: by Taylor's theorem
 * ∇ℓ(w) = λ₁a e₁ + m with ‖m‖ ≤ Ma²/2 + Ba³/6 = σλ₁a. Its direction differs from e₁ by a vector of length at most
 * c(σ): a chord of the unit circle whose angle has at most the sine σ, or any chord. So SAM measures its gradient at
 * w_z + Ae₁ + q with ‖q‖ ≤ ρc(σ). By Taylor again ∇ℓ(w_z + Ae₁) = λ₁Ae₁ + A²k/2 up to BA³/6; times -η, these are the
 * bounce and the drift. And q moves the gradient by at most ‖q‖ times the largest ‖∇²ℓ‖ on the segment from Ae₁ to
 * Ae₁ + q, both of whose ends, hence all of it, are within a + ρ = A of w_z: λ₁ + MA + BA²/2.
 *
 * @throws InvalidArgumentError unless λ₁, η and ρ are positive and finite, M and B finite and at least 0, and ηλ₁ < 1,
 *   or if the bound overflows.
 *
 * @example
 * samDriftErrorBound({
 *   sharpness: 2, learningRate: 0.25, perturbationRadius: 0.5, thirdDerivativeNorm: 1, lipschitzConstant: 0,
 * }); // 0.01389…
 */
export function samDriftErrorBound(options: SamDriftErrorBoundOptions): number {
  requireConstants("samDriftErrorBound", options);
  const {
    sharpness,
    learningRate: eta,
    perturbationRadius: rho,
    thirdDerivativeNorm: M,
    lipschitzConstant: B,
  } = options;
  const gap = 2 - eta * sharpness;
  const [a, A] = [(eta * rho * sharpness) / gap, (2 * rho) / gap];
  const sine = ((eta * rho) / gap) * (M / 2 + (B * a) / 6);
  // 2 - 2(1 - σ²)^½ = 2σ²/(1 + (1 - σ²)^½), which does not cancel.
  const chord = sine <= 1 ? sine * Math.sqrt(2 / (1 + Math.sqrt(1 - sine * sine))) : 2;
  const curvature = sharpness + M * A + (B * A * A) / 2;
  return finite("samDriftErrorBound", eta * ((B * A ** 3) / 6 + rho * chord * curvature));
}

function requireConstants(functionName: string, options: SamDriftErrorBoundOptions): void {
  const { sharpness, learningRate, perturbationRadius, thirdDerivativeNorm, lipschitzConstant } = options;
  for (const [what, value] of Object.entries({ sharpness, learningRate, perturbationRadius })) {
    requireThat(value > 0 && Number.isFinite(value), functionName, `${what} must be positive and finite`, value);
  }
  for (const [what, value] of Object.entries({ thirdDerivativeNorm, lipschitzConstant })) {
    requireThat(value >= 0 && Number.isFinite(value), functionName, `${what} must be finite and at least 0`, value);
  }
  const product = learningRate * sharpness;
  requireThat(product < 1, functionName, "the theorem wants learningRate × sharpness below 1", product);
}

function finite(functionName: string, bound: number): number {
  requireThat(Number.isFinite(bound), functionName, "the bound must not overflow", bound);
  return bound;
}
