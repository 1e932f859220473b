import { eigh, requireThat, symmetricPart, zeros } from "../core";
import { requireFinite } from "../core/requirements";
import { uncheckedNorm } from "../core/vector";
import type { SmoothLoss } from "../models";
import { sam } from "../optimizers";
import { quadraticSamThresholds } from "./quadratic-sam-thresholds";

/** What {@link samDrift} needs beside the loss and its minimum. */
export interface SamDriftOptions {
  /** η > 0, with ηλ₁ < 1. */
  readonly learningRate: number;
  /** ρ > 0. */
  readonly perturbationRadius: number;
  /** s = ±1, the side of the valley from which the step starts (default 1). */
  readonly side?: 1 | -1;
}

/** One step of SAM from a point of the two-cycle, beside what the drift theorem says of it; made by {@link samDrift}. */
export interface SamDrift {
  /** λ₁ ≥ … ≥ λ_p of H = ∇²ℓ(w_z); what rounding made negative is 0. */
  readonly eigenvalues: Float64Array;
  /** e₁ (p), of length 1. */
  readonly topEigenvector: Float64Array;
  /** ∇λmax(∇²ℓ)(w_z) = D³ℓ(w_z)[e₁, e₁, ·] (p). */
  readonly sharpnessGradient: Float64Array;
  /** w = w_z + s(β₁/λ₁)e₁ (p), from where the step starts. */
  readonly bouncePoint: Float64Array;
  /** -2s(β₁/λ₁)e₁ (p): over to the other side. */
  readonly bounce: Float64Array;
  /** -(ηρ²/2)(1 + ηλ₁/(2 - ηλ₁))² ∇λmax (p). */
  readonly drift: Float64Array;
  /** w₊ - w (p), of the step that SAM takes. */
  readonly displacement: Float64Array;
  /** The displacement without bounce and drift (p). */
  readonly error: Float64Array;
}

/**
 * One step of SAM on a smooth loss ℓ from w = w_z + s(β₁/λ₁)e₁, a point between which it would bounce for ever on the
 * quadratic of the minimum w_z, taken apart (Bartlett, Long and Bousquet 2023, section 5):
 *
 * w₊ - w = -2s(β₁/λ₁)e₁ - (ηρ²/2)(1 + ηλ₁/(2 - ηλ₁))² ∇λmax(∇²ℓ)(w_z) + error,  β₁/λ₁ = ηρλ₁/(2 - ηλ₁).
 *
 * The third derivative is exact, from `loss.thirdDerivative`. λ₁ > λ₂, for otherwise neither e₁ nor ∇λmax is defined;
 * λ_p = 0 is allowed. The error is the difference of numbers of the size of w_z and of the bounce: it is known up to a
 * few units roundoff of these. Costs p Hessian-vector products, 9p³ operations, a third derivative and two gradients.
 *
 * @param minimum w_z (p)
 * @throws InvalidArgumentError unless η and ρ are positive and finite, s is ±1, w_z is finite and of length p, and, at
 *   w_z, λ₁ > 0; λ_p ≥ -10⁻⁸λ₁ (what rounding and a small gradient leave of 0; tuned); ‖∇ℓ‖ ≤ 10⁻⁸β₁ (a gradient g
 *   at w_z turns the ascent direction by ‖g‖/β₁ and so moves the step by at most about ηλ₁ρ‖g‖/β₁ + η‖g‖ ≤
 *   3‖g‖/λ₁, here 3·10⁻⁸ of the half bounce; tuned); λ₁ - λ₂ > 10⁻⁸λ₁ (tuned); and ηλ₁ < 1.
 *
 * @example
 * const valley = polynomialLoss([{ coefficient: 0.5, powers: [2, 0] }, { coefficient: 0.5, powers: [2, 2] }]);
 * const step = samDrift(valley, Float64Array.of(0, 1), { learningRate: 0.25, perturbationRadius: 0.1 });
 * step.sharpnessGradient; // [0, 2]: λmax = 1 + y²
 * step.drift; // [0, -0.004444444444444445]
 */
export function samDrift(loss: SmoothLoss, minimum: Float64Array, options: SamDriftOptions): SamDrift {
  const { learningRate, perturbationRadius, side = 1 } = options;
  const { parameterCount: p } = loss;
  requirePositive("learningRate", learningRate);
  requirePositive("perturbationRadius", perturbationRadius);
  requireThat(side === 1 || side === -1, "samDrift", "side must be 1 or -1", side);
  requireThat(minimum.length === p, "samDrift", `the minimum must have length ${p}`, minimum.length);
  requireFinite("samDrift", "the minimum", minimum);

  const { eigenvalues, topEigenvector } = spectrumAt(loss, minimum);
  const sharpness = eigenvalues[0];
  const product = learningRate * sharpness;
  requireThat(product < 1, "samDrift", "the theorem wants learningRate × largest eigenvalue below 1", product);
  const { cycleRadius } = quadraticSamThresholds({ eigenvalues, learningRate, perturbationRadius });
  const slope = uncheckedNorm(loss.gradient(minimum));
  const most = GRADIENT_TOLERANCE * sharpness * cycleRadius;
  requireThat(slope <= most, "samDrift", `the point must be a minimum, with a gradient of at most ${most}`, slope);

  const sharpnessGradient = loss.thirdDerivative(minimum, topEigenvector, topEigenvector);
  const bouncePoint = minimum.map((w, k) => w + side * cycleRadius * topEigenvector[k]);
  const next = sam({ gradient: loss.gradient, learningRate, perturbationRadius })(bouncePoint);
  const displacement = next.map((w, k) => w - bouncePoint[k]);
  const bounce = topEigenvector.map((e) => -2 * side * cycleRadius * e);
  const factor = -((learningRate * perturbationRadius ** 2) / 2) * (1 + product / (2 - product)) ** 2;
  const drift = sharpnessGradient.map((k) => factor * k);
  const error = displacement.map((moved, k) => moved - bounce[k] - drift[k]);
  return { eigenvalues, topEigenvector, sharpnessGradient, bouncePoint, bounce, drift, displacement, error };
}

/** Tuned, relative to λ₁ and to β₁. */
const EIGENVALUE_TOLERANCE = 1e-8;
const GRADIENT_TOLERANCE = 1e-8;

/** H's eigenvalues, descending, and e₁; refuses what cannot be a minimum with one sharpest direction. */
function spectrumAt(
  loss: SmoothLoss,
  point: Float64Array,
): { eigenvalues: Float64Array; topEigenvector: Float64Array } {
  const { parameterCount: p } = loss;
  const hessian = zeros(p, p);
  for (let k = 0; k < p; k++) {
    const axis = new Float64Array(p);
    axis[k] = 1;
    hessian.data.set(loss.hessianVectorProduct(point, axis), k * p);
  }
  const { values, vectors } = eigh(symmetricPart(hessian));
  const eigenvalues = values.slice().reverse();
  const [sharpness, second = -Infinity] = eigenvalues;
  requireThat(sharpness > 0, "samDrift", "the largest eigenvalue of the Hessian must be positive", sharpness);
  const smallest = eigenvalues[p - 1];
  const noMinimum = "the point must be a minimum, with no negative eigenvalue of the Hessian";
  requireThat(smallest >= -EIGENVALUE_TOLERANCE * sharpness, "samDrift", noMinimum, smallest);
  const oneTop = "the largest eigenvalue of the Hessian must be simple, λ₁ > λ₂";
  const apart = sharpness - second > EIGENVALUE_TOLERANCE * sharpness;
  requireThat(apart, "samDrift", oneTop, `${sharpness} and ${second}`);
  const topEigenvector = Float64Array.from({ length: p }, (_, k) => vectors.data[k * p + p - 1]);
  return { eigenvalues: eigenvalues.map((value) => Math.max(0, value)), topEigenvector };
}

function requirePositive(what: string, value: number): void {
  requireThat(value > 0 && Number.isFinite(value), "samDrift", `${what} must be positive and finite`, value);
}
