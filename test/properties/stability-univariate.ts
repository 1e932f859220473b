import {
  functionSpaceBound,
  functionSpaceWeight,
  leastSharpness,
  type PiecewiseLinear,
  piecewiseLinearOf,
  weightedTotalVariation,
} from "flat-minima/stability";
import * as fc from "fast-check";
import { number, size, vector } from "./arguments";
import { at, badEntries, badNumber, badValues, badVector, type Corruption, empty } from "./corruptions";
import { entry, type Registry } from "./entry";

/** Inputs with two decimals, two of them different, and knots between: with a third decimal. */
const problem = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: -300, max: 300 }), { minLength: 2, maxLength: 6 }),
    fc.uniqueArray(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 3 }),
  )
  .chain(([hundredths, places]) =>
    fc
      .tuple(vector(places.length), number, number)
      .map(([slopeChanges, slope, offset]): [PiecewiseLinear, Float64Array] => {
        const f: PiecewiseLinear = {
          knots: Float64Array.from(places, (place) => place / 100 + 0.005),
          slopeChanges,
          slope,
          offset,
        };
        return [f, Float64Array.from(hundredths, (x) => x / 100)];
      }),
  );

const badFunction: Record<string, Corruption> = {
  ...badVector("0.slopeChanges"),
  ...badEntries("0.knots"),
  ...badNumber("0.slope"),
  ...badNumber("0.offset"),
  ...badEntries("1"),
  ...empty("1"),
  "a knot twice": at("0", (f: PiecewiseLinear) => ({
    ...f,
    knots: Float64Array.of(0.005, 0.005),
    slopeChanges: Float64Array.of(1, 1),
  })),
  "a knot on an input": (args, pick) => [
    { knots: [args[1][Math.floor(pick * args[1].length)]], slopeChanges: [1], slope: 0, offset: 0 },
    args[1],
  ],
};

export const stabilityUnivariate: Registry = {
  functionSpaceWeight: entry(
    functionSpaceWeight,
    size.chain((n) => fc.tuple(vector(n), number)),
    { refuses: { ...badEntries("0"), ...empty("0"), ...badNumber("1") } },
  ),
  weightedTotalVariation: entry(weightedTotalVariation, problem, { refuses: badFunction }),
  functionSpaceBound: entry(functionSpaceBound, problem, { refuses: badFunction }),
  piecewiseLinearOf: entry(
    piecewiseLinearOf,
    size.chain((m) =>
      fc.tuple(vector(3 * m + 1).map((theta) => theta.map((value, j) => (j < m && value === 0 ? 1 : value)))),
    ),
    { refuses: badVector("0") },
  ),
  leastSharpness: entry(
    leastSharpness,
    problem.map(([f, inputs]) => [f, inputs, {}] as const),
    {
      refuses: {
        ...badFunction,
        ...badValues("2.tolerance", NaN, 0, -1),
        "one input only": at("1", () => [1, 1]),
      },
      runs: 4,
    },
  ),
};
