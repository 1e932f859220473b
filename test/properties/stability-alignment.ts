import type { Matrix } from "flat-minima/core";
import {
  alignmentBound,
  alignmentCertificates,
  analyzeGram,
  type GramAnalysisOptions,
  frobeniusBound,
  geometryAwareNoiseBound,
  geometryAwareNoiseCondition,
  isotropicNoiseBound,
  isotropicNoiseCondition,
  rankBound,
  repairedGramMatrix,
  secondMomentAlignmentBound,
  sharpnessBound,
  slowestResiduals,
  traceBound,
} from "flat-minima/stability";
import * as fc from "fast-check";
import { batchRule, gramOf, positive, positiveDefiniteOf, size, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badNonNegative,
  badOption,
  badPositive,
  badSymmetric,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";

const badScheme: Record<string, Corruption> = {
  ...badPositive("0.learningRate"),
  ...badCount("0.sampleCount"),
  ...badCount("0.batchSize"),
  ...badOption("0.sampling"),
};

/** A setting of SGD together with what a bound needs beside it. */
const scheme = <More extends object>(more: fc.Arbitrary<More>) =>
  size.chain((sampleCount) =>
    fc
      .tuple(batchRule(sampleCount), positive, more)
      .map(([rule, learningRate, rest]): [object] => [{ sampleCount, ...rule, learningRate, ...rest }]),
  );

const UNBOUNDED = "without noise there is no bound";

const bound = (call: (options: any) => unknown, more: Record<string, fc.Arbitrary<any>>, refuses: Entry["refuses"]) =>
  entry(call, scheme(fc.record(more)), { refuses: { ...badScheme, ...refuses }, infinite: UNBOUNDED });

const eigenvalues = size.chain((n) => vector(n, positive));
const parameterCount = fc.integer({ min: 5, max: 50 });
const badNorm = badNonNegative("0.frobeniusNorm");
const badSpectrum: Record<string, Corruption> = {
  ...badEntries("0.eigenvalues"),
  ...empty("0.eigenvalues"),
  "a negative eigenvalue": at("0.eigenvalues.0", () => -1),
};

const badGram = (place: string): Record<string, Corruption> => ({
  ...badSymmetric(place),
  [`${place} that is negative`]: at(place, (K: Matrix) => ({ ...K, data: K.data.map((value) => -value - 1) })),
});
const notSingular: Record<string, Corruption> = {
  "two copies of a sample": at("0", (K: Matrix) => {
    const n = K.rows + 1;
    const index = (i: number) => Math.min(i, n - 2);
    return {
      rows: n,
      cols: n,
      data: Float64Array.from({ length: n * n }, (_, k) => K.data[index(Math.floor(k / n)) * (n - 1) + index(k % n)]),
    };
  }),
};

export const stabilityAlignment: Registry = {
  alignmentBound: bound(
    alignmentBound,
    { frobeniusNorm: positive, alignment: positive },
    { ...badNorm, ...badPositive("0.alignment") },
  ),
  secondMomentAlignmentBound: bound(
    secondMomentAlignmentBound,
    { frobeniusNorm: positive, alignment: positive },
    { ...badNorm, ...badPositive("0.alignment") },
  ),
  traceBound: bound(traceBound, { trace: positive }, badNonNegative("0.trace")),
  frobeniusBound: bound(frobeniusBound, { frobeniusNorm: positive }, badNorm),
  geometryAwareNoiseBound: bound(geometryAwareNoiseBound, { frobeniusNorm: positive }, badNorm),
  geometryAwareNoiseCondition: bound(geometryAwareNoiseCondition, { eigenvalues }, badSpectrum),
  isotropicNoiseBound: bound(
    isotropicNoiseBound,
    { trace: positive, parameterCount },
    { ...badNonNegative("0.trace"), ...badCount("0.parameterCount") },
  ),
  isotropicNoiseCondition: bound(
    isotropicNoiseCondition,
    { eigenvalues, parameterCount },
    { ...badSpectrum, ...badCount("0.parameterCount") },
  ),
  sharpnessBound: entry(sharpnessBound, fc.tuple(fc.record({ sharpness: positive, learningRate: positive })), {
    refuses: { ...badNonNegative("0.sharpness"), ...badPositive("0.learningRate") },
  }),
  rankBound: entry(rankBound, fc.tuple(fc.record({ frobeniusNorm: positive, rank: size, learningRate: positive })), {
    refuses: { ...badNorm, ...badCount("0.rank"), ...badPositive("0.learningRate") },
  }),
  alignmentCertificates: entry(alignmentCertificates, fc.tuple(size.chain(positiveDefiniteOf)), {
    refuses: { ...badGram("0"), ...notSingular },
  }),
  slowestResiduals: entry(slowestResiduals, fc.tuple(size.chain(gramOf)), { refuses: badGram("0") }),
  repairedGramMatrix: entry(
    repairedGramMatrix,
    size.chain(gramOf).map((K) => [K, 2 ** -24] as const),
    { refuses: { ...badGram("0"), ...badPositive("1") } },
  ),
  analyzeGram: entry(
    analyzeGram,
    fc.integer({ min: 2, max: 4 }).chain((n) =>
      fc
        .record({
          gramMatrix: positiveDefiniteOf(n),
          residuals: vector(n, positive),
          learningRate: positive,
          parameterCount: fc.integer({ min: 4, max: 9 }),
          rule: batchRule(n),
        })
        .map(({ rule, ...rest }): [GramAnalysisOptions] => [{ ...rest, ...rule }]),
    ),
    {
      refuses: {
        ...badGram("0.gramMatrix"),
        ...badVector("0.residuals"),
        "residuals that vanish": at("0.residuals", (e: Float64Array) => e.fill(0)),
        ...badPositive("0.learningRate"),
        ...badCount("0.batchSize"),
        ...badOption("0.sampling"),
        ...badCount("0.parameterCount"),
      },
      infinite: "a sum over 1/(2 − ηλ) is infinite from 2/λ₁ on",
      runs: 20,
    },
  ),
};
