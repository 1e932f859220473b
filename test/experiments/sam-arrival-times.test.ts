import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { experiments, type SamArrivalTimesConfiguration } from "flat-minima/experiments";
import { sam } from "flat-minima/optimizers";
import { describe, expect, it } from "vitest";

const experiment = experiments["sam-arrival-times"];
const configuration: SamArrivalTimesConfiguration = {
  spectrum: "linear",
  dimension: 5,
  smallestEigenvalue: 0.1,
  gap: 3,
  learningRate: 0.4,
  perturbationRadius: 0.5,
  tolerance: 1e-3,
  trajectories: 6,
  maximumSteps: 10_000,
};

/** T of each trajectory, by the generic SAM. */
function naive(eigenvalues: readonly number[], seed: number) {
  const { dimension, learningRate, perturbationRadius, tolerance, trajectories } = configuration;
  const radius = (learningRate * perturbationRadius) / (2 - learningRate);
  const step = sam({ gradient: (w) => w.map((v, i) => eigenvalues[i] * v), learningRate, perturbationRadius });
  const stream = randomStream(seed, "sam-arrival-times", dimension);
  return Array.from({ length: trajectories }, () => {
    let w: Float64Array = Float64Array.from({ length: dimension }, () => stream.normal() / Math.sqrt(dimension));
    let steps = 0;
    const distance = () => Math.hypot(...w.map((v, i) => (i === 0 ? Math.abs(v) - radius : v)));
    for (; distance() > tolerance * radius; steps++) w = step(w);
    return steps;
  });
}

describe("sam-arrival-times", () => {
  it.each<[SamArrivalTimesConfiguration["spectrum"], number[]]>([
    ["linear", [1, 0.5, 0.5 - 0.4 / 3, 0.5 - 0.8 / 3, 0.1]],
    ["harmonic", [1, 1 / 2, 3 / 14, 3 / 22, 1 / 10]],
    ["flat", [1, 0.5, 0.1, 0.1, 0.1]],
  ])("is the generic SAM on a %s spectrum", async (spectrum, expected) => {
    const { eigenvalues, arrivalSteps } = await experiment.run({ ...configuration, spectrum }, 3);
    eigenvalues.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(4 * Number.EPSILON));
    // Distances within rounding of ε r would make a step's difference; with this seed there are none.
    expect(arrivalSteps).toEqual(naive(expected, 3));
  });

  it("starts alike whatever the tolerance, and otherwise with another seed", async () => {
    const { arrivalSteps } = await experiment.run(configuration, 3);
    const fine = await experiment.run({ ...configuration, tolerance: 1e-6 }, 3);
    // In this time the slowest multiplier, 1 − 0.04 − 1.6·0.01 = 0.944, makes up for the factor: 119.9 steps.
    fine.arrivalSteps.forEach((late, k) => expect(Math.abs(late! - arrivalSteps[k]! - 119.9)).toBeLessThan(2));
    expect((await experiment.run(configuration, 4)).arrivalSteps).not.toEqual(arrivalSteps);
  });

  it("says null where it gave up", async () => {
    const { arrivalSteps } = await experiment.run({ ...configuration, maximumSteps: 1 }, 3);
    expect(arrivalSteps).toEqual(new Array(6).fill(null));
  });

  it.each<[Record<string, unknown>, string]>([
    [{ spectrum: "wild" }, "here: spectrum must be one of linear, harmonic, flat, got wild"],
    [{ dimension: 2 }, "here: dimension must be an integer from 3 to 100000, got 2"],
    [{ smallestEigenvalue: 0.6 }, "here: gap and smallestEigenvalue must make 1 > λ₂ ≥ λ_d, got [0.5, 0.6]"],
    [{ gap: 1e-17 }, "here: gap and smallestEigenvalue must make 1 > λ₂ ≥ λ_d, got [1, 0.1]"],
    [{ gap: 0 }, "here: gap must be positive and finite, got 0"],
    [{ learningRate: 2 }, "here: learningRate must be below 2, got 2"],
    [{ perturbationRadius: 0 }, "here: perturbationRadius must be positive and finite, got 0"],
    [{ tolerance: 1 }, "here: tolerance must be below 1, got 1"],
    [{ trajectories: 0 }, "here: trajectories must be an integer from 1 to 1000000, got 0"],
    [{ maximumSteps: 0 }, "here: maximumSteps must be an integer from 1 to 1000000000, got 0"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...configuration, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
