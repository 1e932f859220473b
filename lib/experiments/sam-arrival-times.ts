import { randomStream, requireThat } from "../core";
import { arrivalTime } from "../sam";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requirePositive } from "./requirements";

/** SAM on a quadratic with λ₁ = 1, from random starts. */
export interface SamArrivalTimesConfiguration {
  /**
   * How λ₂, …, λ_d go from the second to the smallest: with even steps, with even steps of 1/λ, or λ₂ alone and all
   * others equal to λ_d.
   */
  readonly spectrum: "linear" | "harmonic" | "flat";
  /** d ≥ 3. */
  readonly dimension: number;
  /** λ_d, in (0, λ₂]. */
  readonly smallestEigenvalue: number;
  /** λ₁²/λ₂² − 1 > 0. */
  readonly gap: number;
  /** η in (0, 2). */
  readonly learningRate: number;
  /** ρ; the starts have a mean square of 1. */
  readonly perturbationRadius: number;
  /** ε in (0, 1), the distance from the two-cycle over its radius. */
  readonly tolerance: number;
  readonly trajectories: number;
  /** A trajectory that has not arrived by then is given up. */
  readonly maximumSteps: number;
}

/** When the trajectories arrive, in their order. */
export interface SamArrivalTimesResult {
  /** λ₁, …, λ_d. */
  readonly eigenvalues: readonly number[];
  /** The number of steps, null for a trajectory that was given up. */
  readonly arrivalSteps: readonly (number | null)[];
}

const NAME = "sam-arrival-times";
const SPECTRA = ["linear", "harmonic", "flat"];

/** λ₁ = 1, λ₂ = 1/√(1 + gap), and the rest down to λ_d. No powers, whose last bit is the machine's. */
function eigenvaluesOf({ spectrum, dimension, smallestEigenvalue, gap }: SamArrivalTimesConfiguration): Float64Array {
  const second = 1 / Math.sqrt(1 + gap);
  const last = dimension - 2; // λ_d is so many places behind λ₂
  return Float64Array.from({ length: dimension }, (_, i) => {
    if (i === 0) return 1;
    if (i === 1) return second;
    if (spectrum === "flat" || i - 1 === last) return smallestEigenvalue;
    const share = (i - 1) / last;
    if (spectrum === "linear") return second + share * (smallestEigenvalue - second);
    return 1 / (1 / second + share * (1 / smallestEigenvalue - 1 / second));
  });
}

/**
 * Claim B3: how long SAM takes to the two-cycle ±ηρ/(2 − η) e₁ of a quadratic with λ₁ = 1. The starts are
 * w₀ ~ N(0, I/d), the same for the same seed and d whatever the other numbers are, so that configurations can be
 * compared start by start.
 *
 * Sums, products, quotients and square roots only, so the same bits on every machine.
 */
export const samArrivalTimes: Experiment<SamArrivalTimesConfiguration, SamArrivalTimesResult> = {
  name: NAME,
  description: "the steps that SAM on a quadratic takes to its two-cycle, over λ_d, the gap and d (B3)",
  version: 1,
  tolerance: 0,
  grid: [
    ...[0.05, 0.02, 0.01, 0.005, 0.002].map((smallestEigenvalue) => ({ dimension: 8, smallestEigenvalue, gap: 1 })),
    ...[0.1, 0.05, 0.02, 0.01, 0.005].map((gap) => ({ dimension: 8, smallestEigenvalue: 0.5, gap })),
    ...[4, 16, 64, 256, 1024].map((dimension) => ({ dimension, smallestEigenvalue: 0.05, gap: 1 })),
  ].map((setting) => ({
    configuration: {
      spectrum: "linear",
      ...setting,
      learningRate: 0.4,
      perturbationRadius: 1,
      tolerance: 1e-3,
      trajectories: 200,
      maximumSteps: 1_000_000,
    },
    seeds: [0, 1, 2, 3, 4],
  })),

  validate(functionName, configuration) {
    const fields = ["spectrum", "dimension", "smallestEigenvalue", "gap", "learningRate", "perturbationRadius"];
    requireFields(functionName, configuration, [...fields, "tolerance", "trajectories", "maximumSteps"]);
    const { spectrum, dimension, smallestEigenvalue, gap, learningRate, perturbationRadius } = configuration;
    const { tolerance, trajectories, maximumSteps } = configuration;
    const known = spectrum === "linear" || spectrum === "harmonic" || spectrum === "flat";
    requireThat(known, functionName, `spectrum must be one of ${SPECTRA.join(", ")}`, spectrum);
    requireInteger(functionName, "dimension", dimension, 3, 1e5);
    requirePositive(functionName, "smallestEigenvalue", smallestEigenvalue);
    requirePositive(functionName, "gap", gap);
    const second = 1 / Math.sqrt(1 + gap);
    const apart = second < 1 && smallestEigenvalue <= second;
    const order = "gap and smallestEigenvalue must make 1 > λ₂ ≥ λ_d";
    requireThat(apart, functionName, order, [second, smallestEigenvalue]);
    requirePositive(functionName, "learningRate", learningRate);
    requireThat(learningRate < 2, functionName, "learningRate must be below 2", learningRate);
    requirePositive(functionName, "perturbationRadius", perturbationRadius);
    requirePositive(functionName, "tolerance", tolerance);
    requireThat(tolerance < 1, functionName, "tolerance must be below 1", tolerance);
    requireInteger(functionName, "trajectories", trajectories, 1, 1e6);
    requireInteger(functionName, "maximumSteps", maximumSteps, 1, 1e9);
    return {
      spectrum,
      dimension,
      smallestEigenvalue,
      gap,
      learningRate,
      perturbationRadius,
      tolerance,
      trajectories,
      maximumSteps,
    };
  },

  async run(configuration, seed) {
    const { dimension, learningRate, perturbationRadius, tolerance, trajectories, maximumSteps } = configuration;
    const eigenvalues = eigenvaluesOf(configuration);
    const rule = { eigenvalues, learningRate, perturbationRadius };
    const scale = 1 / Math.sqrt(dimension);
    const stream = randomStream(seed, NAME, dimension);
    const arrivalSteps: (number | null)[] = [];
    for (let trajectory = 0; trajectory < trajectories; trajectory++) {
      const start = stream.normals(dimension).map((value) => scale * value);
      const { converged, iterations } = await arrivalTime(rule, start, { tolerance, maxSteps: maximumSteps });
      arrivalSteps.push(converged ? iterations : null);
    }
    return { eigenvalues: Array.from(eigenvalues), arrivalSteps };
  },
};
