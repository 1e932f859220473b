import {
  bouncingDescent,
  bouncingObjective,
  bouncingStationarySpheres,
  type BouncingVisitOptions,
  bouncingVisitBounds,
  countBouncingVisits,
} from "flat-minima/sam";
import * as fc from "fast-check";
import { number, positive, size, vector } from "./arguments";
import { at, badCount, badEntries, badPositive, badVector, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

/** λ descending from at least 0.01 to 0 or more, ηλ₁ from 0.01 to 0.9, and a margin. */
const settings = (d: number): fc.Arbitrary<BouncingVisitOptions> =>
  fc
    .tuple(
      vector(d, fc.integer({ min: 0, max: 4 })),
      positive,
      fc.integer({ min: 1, max: 90 }),
      positive,
      fc.integer({ min: 1, max: 90 }),
    )
    .map(([entries, top, percent, perturbationRadius, margin]) => {
      const sorted = entries.sort().reverse();
      const eigenvalues = sorted.map((k, i) => (i === 0 ? top : (k / 5) * top));
      return { eigenvalues, learningRate: percent / 100 / top, perturbationRadius, margin: margin / 100 };
    });

const descending = (place: string): Registry[string]["refuses"] => ({
  [`${place} ascending`]: at(place, (values: Float64Array) => Float64Array.of(...values, values[0] + 1)),
});
const dynamics = {
  ...badEntries("0.eigenvalues"),
  ...empty("0.eigenvalues"),
  ...descending("0.eigenvalues"),
  ...badPositive("0.learningRate"),
  ...badPositive("0.perturbationRadius"),
};
const theory = {
  ...dynamics,
  "a negative eigenvalue": at("0.eigenvalues", (values: Float64Array) => Float64Array.of(...values.slice(0, -1), -1)),
  "ηλ₁ = 2": at("0.learningRate", (_, [{ eigenvalues }]) => 2 / eigenvalues[0]),
};

const withPoint = size.chain((d) =>
  fc.tuple(
    settings(d),
    // Λu is not 0.
    vector(d).map((u) => u.map((value, i) => (i === 0 && value === 0 ? 1 : value))),
  ),
);

export const samBouncing: Registry = {
  bouncingObjective: entry(
    (options: BouncingVisitOptions) => bouncingObjective(options),
    size.chain(settings).map((one): [BouncingVisitOptions] => [one]),
    {
      refuses: dynamics,
      use: (J, [{ eigenvalues }]) => {
        const u = eigenvalues.map((_, i) => 1 / (i + 1));
        return [J.value(u), J.gradient(u), J.hessian(u)];
      },
    },
  ),
  "bouncingObjective, at a point": entry(
    (options: BouncingVisitOptions, point: Float64Array) => {
      const J = bouncingObjective(options);
      return [J.gradient(point), J.value(point), J.hessian(point)];
    },
    withPoint,
    { refuses: badVector("1") },
  ),
  bouncingStationarySpheres: entry(
    (options: BouncingVisitOptions) => bouncingStationarySpheres(options),
    size.chain(settings).map((one): [BouncingVisitOptions] => [one]),
    { refuses: theory },
  ),
  bouncingDescent: entry(
    (options: BouncingVisitOptions, point: Float64Array) => bouncingDescent(options, point),
    withPoint,
    { refuses: { ...dynamics, ...badVector("1") } },
  ),
  bouncingVisitBounds: entry(
    bouncingVisitBounds,
    size.chain(settings).map((one): [BouncingVisitOptions] => [one]),
    { refuses: { ...theory, ...badPositive("0.margin") } },
  ),
  countBouncingVisits: entry(
    countBouncingVisits,
    size.chain((d) =>
      fc.tuple(fc.tuple(settings(d), vector(d, number)).map(([one, start]) => ({ ...one, start, steps: 20 }))),
    ),
    { refuses: { ...theory, ...badPositive("0.margin"), ...badVector("0.start"), ...badCount("0.steps", 0) } },
  ),
};
