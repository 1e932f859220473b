import { type Estimate, type EstimateOptions, type Matrix, requireThat } from "../core";
import { meanOf, requireSamples } from "../core/estimate";
import { requireFiniteEntries } from "../core/matrix";
import { uncheckedMultiplyVector } from "../core/products";
import { requireFiniteNumber } from "../core/requirements";
import type { FiniteSum } from "../models";
import { covarianceFactor } from "../optimizers/covariance-factor";
import { requirePerturbation } from "./perturbation";

/** The covariance C (p×p) of a perturbation, in one of two forms. */
export type PerturbationCovariance =
  /** C itself, symmetric and positive semi-definite; factored once, O(p³). */
  | { readonly covariance: Matrix }
  /** F (p×r) with C = FFᵀ: Jᵀ/√n for C = G, which needs n numbers a draw instead of p. */
  | { readonly factor: Matrix };

/** What the average over perturbations needs. */
export interface AverageSharpnessOptions extends EstimateOptions {
  /** ρ > 0. */
  readonly radius: number;
  /** ε ~ N(0, ρ²C). By default C = I. */
  readonly perturbation?: PerturbationCovariance;
}

/**
 * The average sharpness (2/ρ²)(E L(θ + ε) − L(θ)) over ε ~ N(0, ρ²C). At a minimum with Hessian H it tends to Tr(CH) as
 * ρ → 0: to Tr H for C = I (the default), to ‖H‖_F² for C = H, with an error of order ρ², since the odd moments of a
 * Gaussian vanish. (Not that of SGD's noise, which goes with (2L/B)H: C is held fixed here.) C must be positive
 * semi-definite, being a covariance: at a point where H is not, the measure with C = H does not exist.
 *
 * A Monte Carlo mean over antithetic pairs ε, −ε, whose first and third order cancel exactly: a sample is
 * (L(θ + ε) + L(θ − ε) − 2L(θ))/ρ², and costs two losses and a draw; its variance tends to 2‖FᵀHF‖_F², FFᵀ = C. To see
 * the error itself below that noise, give it the loss L(θ') − ½(θ' − θ)ᵀH(θ' − θ): what is left is of order ρ².
 *
 * @param risk the loss, an `EmpiricalRisk` for example
 * @param parameters θ (p)
 * @param options ρ, C, the number of pairs (`samples`) and the stream
 * @throws InvalidArgumentError when ρ is not positive and finite, θ is empty or not finite, `samples` is no integer
 *   of at least 2 (a standard error needs two), C or F has not p rows or an entry that is not finite, C is not
 *   symmetric or not positive semi-definite (beyond rounding), or the loss is not finite
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const H = matrix([[4]]);
 * const options = { radius: 0.5, perturbation: { covariance: H }, samples: 20_000, stream: randomStream(1) };
 * const { value, standardError } = await averageSharpness(quadratic([H]), Float64Array.of(0), options);
 * Math.abs(value - 16) <= 3 * standardError; // true: ‖H‖_F² = 16
 */
export async function averageSharpness(
  risk: Pick<FiniteSum, "loss">,
  parameters: Float64Array,
  options: AverageSharpnessOptions,
): Promise<Estimate> {
  const { radius, perturbation, samples, stream } = options;
  requirePerturbation("averageSharpness", parameters, radius);
  requireSamples("averageSharpness", samples, 2);
  const factor = perturbation && factorOf(perturbation, parameters.length);

  const theta = parameters.slice();
  const lossAt = (sign: number, direction: Float64Array): number =>
    requireFiniteNumber(
      "averageSharpness",
      "the loss",
      risk.loss(theta.map((value, k) => value + sign * radius * direction[k])),
    );
  const centre = lossAt(0, theta);
  return meanOf("averageSharpness", samples, () => {
    const z = factor ? uncheckedMultiplyVector(factor, stream.normals(factor.cols)) : stream.normals(parameters.length);
    return (lossAt(1, z) - centre + (lossAt(-1, z) - centre)) / radius ** 2;
  });
}

function factorOf(perturbation: PerturbationCovariance, length: number): Matrix {
  const given = "factor" in perturbation ? perturbation.factor : perturbation.covariance;
  requireThat(given?.rows === length, "averageSharpness", `the covariance or factor must have ${length} rows`, given);
  if ("covariance" in perturbation) return covarianceFactor("averageSharpness", perturbation.covariance);
  requireFiniteEntries("averageSharpness", given, "factor must be finite");
  requireThat(given.cols > 0, "averageSharpness", "factor must have a column", given);
  return given;
}
