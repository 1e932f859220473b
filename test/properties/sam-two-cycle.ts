import {
  arrivalTime,
  asymptoticArrivalTime,
  type QuadraticSamOptions,
  quadraticSamTwoCycle,
  worstQuadraticPerturbation,
} from "flat-minima/sam";
import * as fc from "fast-check";
import { positive, size, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badPositive,
  badValues,
  badVector,
  type Corruption,
  empty,
  NOTHING,
} from "./corruptions";
import { entry, type Registry } from "./entry";

const spectrum = (length: number, least: number): fc.Arbitrary<Float64Array> =>
  vector(
    length,
    fc.integer({ min: least, max: 100 }).map((k) => k / 100),
  ).map((values) => values.sort().reverse());
const spectrumWithTop = (length: number): fc.Arbitrary<Float64Array> =>
  spectrum(length, 0).map((values) => values.map((value, i) => (i === 0 ? value + 0.01 : value)));

/** λ₁ ≤ 1.01 and η ≤ 1.9: ηλ₁ < 2. */
const rule = (eigenvalues: fc.Arbitrary<Float64Array>): fc.Arbitrary<QuadraticSamOptions> =>
  fc.record({
    eigenvalues,
    learningRate: fc.integer({ min: 1, max: 190 }).map((k) => k / 100),
    perturbationRadius: positive,
  });

const badSpectrum = (place: string): Record<string, Corruption> => ({
  ...badEntries(place),
  ...empty(place),
  "eigenvalues that ascend": at(place, (values: Float64Array) =>
    values.length < 2 ? NOTHING : values.map((_, i) => 0.5 + i / 10),
  ),
  "a negative eigenvalue": at(place, (values: Float64Array) =>
    values.map((value, i) => (i === values.length - 1 ? -1 : value)),
  ),
});

const badRule = (place: string): Record<string, Corruption> => ({
  ...badSpectrum(`${place}.eigenvalues`),
  ...badPositive(`${place}.learningRate`),
  ...badPositive(`${place}.perturbationRadius`),
  "ηλ₁ = 2": at(place, ({ eigenvalues, ...rest }) => ({ ...rest, eigenvalues, learningRate: 2 / eigenvalues[0] + 1 })),
});

export const samTwoCycle: Registry = {
  quadraticSamTwoCycle: entry(
    quadraticSamTwoCycle,
    size.chain((d) => fc.tuple(rule(spectrum(d, 1)), fc.integer({ min: 0, max: d - 1 }))),
    {
      refuses: {
        ...badSpectrum("0.eigenvalues"),
        ...badPositive("0.learningRate"),
        ...badPositive("0.perturbationRadius"),
        ...badValues("1", NaN, -1, 0.5, 5),
        "no positive eigenvalue": at("0.eigenvalues", (values: Float64Array) => values.map(() => 0)),
        "ηλ_i above 2": at("0.learningRate", () => 200),
      },
    },
  ),
  arrivalTime: entry(
    arrivalTime,
    size.chain((d) =>
      fc.tuple(
        rule(spectrumWithTop(d)),
        vector(d),
        fc.record({ tolerance: fc.constantFrom(0.5, 0.01), maxSteps: fc.nat(100) }),
      ),
    ),
    {
      refuses: {
        ...badRule("0"),
        ...badVector("1"),
        ...badValues("2.tolerance", NaN, 0, 1, -1),
        ...badCount("2.maxSteps", 0),
      },
      overflow: "w that is not finite is a DivergenceError",
    },
  ),
  asymptoticArrivalTime: entry(
    asymptoticArrivalTime,
    size.chain((d) => fc.tuple(rule(spectrum(d, 1)), fc.constantFrom(0.5, 0.01))),
    {
      refuses: { ...badRule("0"), ...badValues("1", NaN, 0, 1, -1) },
      infinite: "where ηλ_d underflows SAM stands still",
    },
  ),
  worstQuadraticPerturbation: entry(
    worstQuadraticPerturbation,
    size.chain((d) => fc.tuple(fc.record({ eigenvalues: spectrum(d, 0), radius: positive }), vector(d))),
    { refuses: { ...badSpectrum("0.eigenvalues"), ...badPositive("0.radius"), ...badVector("1") } },
  ),
};
