import {
  effectiveRanks,
  excessRisk,
  leastSquaresGradientFlow,
  minimumNormRegression,
  splitIndex,
} from "flat-minima/benign";
import type { Matrix } from "flat-minima/core";
import * as fc from "fast-check";
import { list, matrixOf, positive, size, vector } from "./arguments";
import {
  at,
  badCount,
  badMatrix,
  badNonNegative,
  badPositive,
  badValues,
  badVector,
  empty,
  NOTHING,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const spectrum = fc.array(positive, { minLength: 1, maxLength: 6 }).map((values) => values.sort((a, b) => b - a));
const badSpectrum = {
  ...empty("0"),
  ...badValues("0.*", NaN, Infinity, 0, -1),
  "an ascent": at("0", (values: number[]) => (values.length < 2 ? NOTHING : [values[0], 2 * values[0]])),
};

/** X, not 0. */
const inputs = fc
  .tuple(size, size)
  .chain(([n, p]) => matrixOf(n, p))
  .filter(({ data }) => data.some((value) => value !== 0));
const nothingKnown = at("0.inputs", ({ rows, cols }) => ({ rows, cols, data: new Float64Array(rows * cols) }));
/** Independent rows: 20 I beside anything of at most 5 rows of entries up to 10 in the other columns. */
const independent = fc
  .tuple(size, size)
  .chain(([n, extra]) => matrixOf(n, extra))
  .map(({ rows: n, cols: extra, data }): Matrix => {
    const p = n + extra;
    const wide = new Float64Array(n * p);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < extra; j++) wide[i * p + j] = data[i * extra + j];
      wide[i * p + extra + i] = 20;
    }
    return { rows: n, cols: p, data: wide };
  });

export const benignRegression: Registry = {
  effectiveRanks: entry(effectiveRanks, fc.tuple(spectrum), { refuses: badSpectrum }),
  splitIndex: entry(splitIndex, fc.tuple(spectrum, size, fc.record({ constant: positive })), {
    refuses: { ...badSpectrum, ...badCount("1"), ...badPositive("2.constant") },
  }),
  minimumNormRegression: entry(
    minimumNormRegression,
    independent.chain((X) => fc.tuple(fc.constant(X), vector(X.rows), fc.record({ leadingCount: fc.nat(X.cols) }))),
    {
      refuses: {
        ...badMatrix("0"),
        ...badVector("1"),
        ...badCount("2.leadingCount", 0),
        ...badValues("2.leadingCount", 11),
        "rows that vanish": at("0", ({ rows, cols }) => ({ rows, cols, data: new Float64Array(rows * cols) })),
      },
    },
  ),
  excessRisk: entry(
    excessRisk,
    inputs.chain((X) =>
      fc.tuple(
        fc.record({
          inputs: fc.constant(X),
          variances: list(X.cols, positive),
          parameter: vector(X.cols),
          noise: fc.nat(3),
        }),
      ),
    ),
    {
      refuses: {
        ...badMatrix("0.inputs"),
        "inputs that vanish": nothingKnown,
        "a variance too many": at("0.variances", (values: number[]) => [...values, 1]),
        ...badNonNegative("0.variances.*"),
        ...badVector("0.parameter"),
        ...badNonNegative("0.noise"),
      },
    },
  ),
  leastSquaresGradientFlow: entry(
    leastSquaresGradientFlow,
    inputs.chain((X) =>
      fc.tuple(
        fc.record({
          inputs: fc.constant(X),
          targets: vector(X.rows),
          start: vector(X.cols),
          times: fc.constant([0, 0.5, Infinity]),
        }),
      ),
    ),
    {
      infinite: "the last of the times is the limit",
      refuses: {
        ...badMatrix("0.inputs"),
        "inputs that vanish": nothingKnown,
        ...badVector("0.targets"),
        ...badVector("0.start"),
        ...badValues("0.times.*", NaN, -1),
        "times that descend": at("0.times", () => [1, 0]),
      },
    },
  ),
};
