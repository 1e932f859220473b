import { spectralDensity } from "flat-minima/landscape";
import * as fc from "fast-check";
import { number, operator, positive, size, stream, symmetricOf, vector } from "./arguments";
import { at, badCount, badEntries, badPositive, type Corruption } from "./corruptions";
import { entry, type Registry } from "./entry";

const symmetric = size.chain((n) => operator(symmetricOf(n)));
const options = fc.record({ probes: fc.integer({ min: 2, max: 4 }), steps: fc.constant(1), stream });
const badProduct: Record<string, Corruption> = {
  "an operator with a product of NaN": at("0.apply", () => (v: Float64Array) => v.map(() => NaN)),
};

export const landscapeSpectra: Registry = {
  spectralDensity: entry(
    spectralDensity,
    size.chain((n) =>
      fc.tuple(
        operator(symmetricOf(n)),
        fc.record({ probes: fc.integer({ min: 2, max: 4 }), steps: fc.integer({ min: 1, max: n }), stream }),
      ),
    ),
    {
      use: ({ quadratures, moment, density, cumulative }, [, { steps }]) => [
        quadratures,
        moment(2 * steps - 1),
        density([-1, 0, 1], 0.5),
        cumulative([-1, 0, 1]),
      ],
      refuses: {
        ...badCount("1.probes", 2),
        ...badCount("1.steps"),
        "more steps than parameters": at("1.steps", (_, [{ cols }]) => cols + 1),
        "an operator that is not symmetric": at("0.symmetric", () => false),
      },
      refusesInUse: badProduct,
    },
  ),
  "spectralDensity, moment": entry(
    async (power: number, ...args: Parameters<typeof spectralDensity>) =>
      (await spectralDensity(...args)).moment(power),
    fc.tuple(fc.integer({ min: 0, max: 1 }), symmetric, options),
    { refuses: {}, refusesInUse: { ...badCount("0", 0), "a power of 2 after one step": at("0", () => 2) } },
  ),
  "spectralDensity, density": entry(
    async (grid: Float64Array, width: number, ...args: Parameters<typeof spectralDensity>) =>
      (await spectralDensity(...args)).density(grid, width),
    fc.tuple(vector(3, number), positive, symmetric, options),
    { refuses: {}, refusesInUse: { ...badEntries("0"), ...badPositive("1") } },
  ),
  "spectralDensity, cumulative": entry(
    async (grid: Float64Array, ...args: Parameters<typeof spectralDensity>) =>
      (await spectralDensity(...args)).cumulative(grid),
    fc.tuple(vector(3, number), symmetric, options),
    { refuses: {}, refusesInUse: badEntries("0") },
  ),
};
