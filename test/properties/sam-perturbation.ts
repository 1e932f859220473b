import {
  perturbedLossGradient,
  type PerturbedLossGradientOptions,
  worstPerturbation,
  type WorstPerturbationOptions,
} from "flat-minima/sam";
import type { GradientFunction } from "flat-minima/optimizers";
import * as fc from "fast-check";
import { positive, size, vector } from "./arguments";
import { badCount, badEntries, badImage, badNonNegative, badPositive, badValues, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

/** The gradient of Σ (½x² + x): its only critical point is −1. */
const slope: GradientFunction = (theta) => theta.map((value) => value + 1);

/** Parameters without a critical point in reach. */
const away = size.chain((p) => vector(p, positive));

export const samPerturbation: Registry = {
  worstPerturbation: entry(
    worstPerturbation,
    fc.tuple(
      fc.constant(slope),
      away,
      fc.record({
        perturbationRadius: positive,
        tolerance: fc.constant(1e-9),
        maxIterations: fc.constantFrom(1, 50),
      }) satisfies fc.Arbitrary<WorstPerturbationOptions>,
    ),
    {
      refuses: {
        ...badEntries("1"),
        ...empty("1"),
        ...badPositive("2.perturbationRadius"),
        ...badValues("2.tolerance", NaN, 0, -1),
        ...badCount("2.maxIterations"),
      },
      refusesInUse: badImage("0"),
      overflow: "a perturbed point or a gradient that is not finite is refused",
    },
  ),
  perturbedLossGradient: entry(
    perturbedLossGradient,
    fc.tuple(
      fc.constant({ gradient: slope, hessianVectorProduct: (_: Float64Array, v: Float64Array) => v.slice() }),
      away,
      fc.record({
        perturbationRadius: positive,
        normalized: fc.constantFrom(undefined, true, false),
      }) satisfies fc.Arbitrary<PerturbedLossGradientOptions>,
    ),
    {
      refuses: { ...badEntries("1"), ...empty("1"), ...badNonNegative("2.perturbationRadius") },
      refusesInUse: { ...badImage("0.gradient"), ...badImage("0.hessianVectorProduct") },
      overflow: "a perturbed point or a gradient that is not finite is refused",
    },
  ),
};
