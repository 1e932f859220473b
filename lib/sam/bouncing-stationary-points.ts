import { type QuadraticSamOptions } from "./quadratic-sam";
import { quadraticSamThresholds, twoCycleRadius } from "./quadratic-sam-thresholds";

/** The stationary points of J in one eigenspace of Λ, a sphere around 0. */
export interface BouncingStationarySphere {
  /** λ_i > 0. */
  readonly eigenvalue: number;
  /** The first of its places among the eigenvalues, counted from 0. */
  readonly index: number;
  /** The dimension m of the eigenspace: the sphere is two points for m = 1, a circle for m = 2. */
  readonly multiplicity: number;
  /** ‖u‖ = β_i/λ_i = ηρλ_i/(2 - ηλ_i). */
  readonly radius: number;
  /** J = -β_i/2. */
  readonly value: number;
  /** The eigenvalues of ∇²J at each of its points, ascending (d). */
  readonly hessianEigenvalues: Float64Array;
  /** How many of them are positive, negative and 0. */
  readonly inertia: { readonly positive: number; readonly negative: number; readonly zero: number };
}

/**
 * The stationary points of J(u) = ½uᵀCu - ‖Λu‖, the function that SAM descends on a quadratic (`bouncingObjective`): one
 * sphere of radius β_i/λ_i in the eigenspace of each positive eigenvalue λ_i, from the largest to the smallest (Bartlett,
 * Long and Bousquet 2023).
 *
 * At a point of it, û its direction, ∇²J has the eigenvalue λ_i²/β_i = (2 - ηλ_i)/(ηρ) along û, 0 along the sphere
 * (m - 1 times), and in each other direction e_j
 *
 *     λ_j²(1/β_j - 1/β_i) = (1 - λ_j/λ_i)(2(1 + λ_j/λ_i) - ηλ_j)/(ηρ),
 *
 * positive for λ_j < λ_i, 2/(ηρ) for λ_j = 0, negative for λ_j > λ_i. So the first sphere consists of minima, and all
 * others of saddle points. The first is where J is least: J + β₁/2 = ½ Σ_j h_j u_j² + (‖Λu‖ - β₁)²/(2β₁) ≥ 0, with the
 * eigenvalues h_j ≥ 0 above, i = 1. Eigenvalues are one eigenspace when they are equal to the last bit. O(d) a sphere.
 *
 * @throws InvalidArgumentError unless λ is finite, of at least one entry, descending, λ_d ≥ 0 and λ₁ > 0, η positive with
 * ηλ₁ < 1, and ρ positive and finite.
 * @example
 * const [top, saddle] = bouncingStationarySpheres({
 *   eigenvalues: Float64Array.of(2, 1), learningRate: 0.25, perturbationRadius: 3,
 * });
 * [top.radius, top.value]; // [1, -1]
 * saddle.inertia; // { positive: 1, negative: 1, zero: 0 }
 */
export function bouncingStationarySpheres(options: QuadraticSamOptions): BouncingStationarySphere[] {
  const { growth } = quadraticSamThresholds(options);
  const { eigenvalues, learningRate, perturbationRadius } = options;
  const spheres: BouncingStationarySphere[] = [];
  for (let index = 0; index < eigenvalues.length && eigenvalues[index] > 0;) {
    const eigenvalue = eigenvalues[index];
    const multiplicity = eigenvalues.filter((other) => other === eigenvalue).length;
    const spectrum = eigenvalues.map((other, j) =>
      j === index
        ? (2 - learningRate * eigenvalue) / learningRate / perturbationRadius
        : stationaryCurvature(options, eigenvalue, other),
    );
    spheres.push({
      eigenvalue,
      index,
      multiplicity,
      radius: twoCycleRadius(options, eigenvalue),
      value: -growth[index] / 2,
      hessianEigenvalues: spectrum.sort(),
      inertia: {
        positive: eigenvalues.filter((other) => other < eigenvalue).length + 1,
        negative: index,
        zero: multiplicity - 1,
      },
    });
    index += multiplicity;
  }
  return spheres;
}

/** λ_j²(1/β_j - 1/β_i), without its cancellation and for λ_j = 0, too. */
export function stationaryCurvature(
  { learningRate, perturbationRadius }: QuadraticSamOptions,
  eigenvalue: number,
  other: number,
): number {
  const gap = (eigenvalue - other) / eigenvalue;
  return (gap * (2 * (1 + other / eigenvalue) - learningRate * other)) / learningRate / perturbationRadius;
}
