import {
  exactCoverage,
  expectationBound,
  type FiniteHypotheses,
  fixedLambdaBound,
  flatMinimumBound,
  type FlatMinimumInputs,
  independentCoins,
  lambdaGridBound,
  maurerBound,
  monteCarloCoverage,
  type PacBayesInputs,
  printedFlatMinimumBound,
  printedMcAllesterBound,
  priorFromVarianceGrid,
  seegerBound,
  twoPointCounterexample,
  worstFixedLambdaPosterior,
  worstLambdaGridPosterior,
  worstMaurerPosterior,
  worstMcAllesterPosterior,
  type WorstPosterior,
  worstSeegerPosterior,
} from "flat-minima/pacbayes";
import * as fc from "fast-check";
import { list, positive, size, stream } from "./arguments";
import { at, badCount, badNonNegative, badPositive, badValues, type Corruption, empty } from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";

const risk = fc.integer({ min: 0, max: 20 }).map((k) => k / 20);
const failureProbability = fc.integer({ min: 1, max: 99 }).map((k) => k / 100);
const sampleCount = fc.integer({ min: 1, max: 1000 });
const nonNegative = fc.integer({ min: 0, max: 1000 }).map((k) => k / 100);
const lambdas = fc.integer({ min: 1, max: 3 }).chain((count) => list(count, positive));

const badRisk = (place: string): Record<string, Corruption> => badValues(place, NaN, Infinity, -0.01, 1.01);
const badDelta = (place: string): Record<string, Corruption> => badValues(place, NaN, 0, 1, -0.1, 2);

const inputs: fc.Arbitrary<PacBayesInputs> = fc.record({
  empiricalRisk: risk,
  klToDataFreePrior: nonNegative,
  sampleCount,
  failureProbability,
});
const badInputs: Record<string, Corruption> = {
  ...badRisk("0.empiricalRisk"),
  ...badNonNegative("0.klToDataFreePrior"),
  ...badCount("0.sampleCount"),
  ...badDelta("0.failureProbability"),
};
const bound = (call: (inputs: PacBayesInputs) => number): Entry =>
  entry(call, fc.tuple(inputs), { refuses: badInputs });

const minimum: fc.Arbitrary<FlatMinimumInputs> = fc.record({
  largestEmpiricalRiskInBall: risk,
  dataFreeRadius: positive,
  squaredDistanceToDataFreePriorMean: nonNegative,
  dimension: sampleCount,
  sampleCount,
  failureProbability,
});
const badMinimum: Record<string, Corruption> = {
  ...badRisk("0.largestEmpiricalRiskInBall"),
  ...badPositive("0.dataFreeRadius"),
  ...badNonNegative("0.squaredDistanceToDataFreePriorMean"),
  ...badCount("0.dimension"),
  ...badCount("0.sampleCount"),
  ...badDelta("0.failureProbability"),
};

/** K hypotheses with risks below 1, and their empirical risks. */
const sample = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc
    .tuple(
      list(count, fc.integer({ min: 0, max: 19 })),
      list(count, fc.integer({ min: 0, max: 8 })),
      fc.integer({ min: 1, max: 8 }),
      list(count, risk),
    )
    // Weights that are multiples of ⅛ add up to 1 exactly: the first takes what the others leave.
    .filter(([, weights]) => weights.slice(1).reduce((sum, weight) => sum + weight, 0) <= 8)
    .map(([risks, weights, n, empiricalRisks]): [FiniteHypotheses, number[]] => {
      const others = weights.slice(1).map((weight) => weight / 8);
      const dataFreePrior = [1 - others.reduce((sum, weight) => sum + weight, 0), ...others];
      return [{ risks: risks.map((k) => k / 20), dataFreePrior, sampleCount: n }, empiricalRisks];
    }),
);
const badHypotheses: Record<string, Corruption> = {
  ...badRisk("0.risks.*"),
  ...badValues("0.dataFreePrior.*", NaN, -1, 2),
  "a weight too many": at("0.dataFreePrior", (prior: number[]) => [...prior, 0]),
  "no hypotheses": at("0", () => ({ risks: [], dataFreePrior: [], sampleCount: 1 })),
  ...badCount("0.sampleCount"),
};
const badSample: Record<string, Corruption> = {
  ...badHypotheses,
  ...badRisk("1.*"),
  "a risk too many": at("1", (risks: number[]) => [...risks, 0]),
};
const worst = (
  call: (hypotheses: FiniteHypotheses, empiricalRisks: ArrayLike<number>) => WorstPosterior,
  refuses: Record<string, Corruption> = badSample,
): Entry => entry(call, sample, { refuses });

export const pacbayesBounds: Registry = {
  printedMcAllesterBound: bound(printedMcAllesterBound),
  maurerBound: bound(maurerBound),
  seegerBound: bound(seegerBound),
  fixedLambdaBound: entry(
    fixedLambdaBound,
    fc.tuple(inputs, positive).map(([rest, dataFreeLambda]) => [{ ...rest, dataFreeLambda }] as const),
    { refuses: { ...badInputs, ...badPositive("0.dataFreeLambda") } },
  ),
  lambdaGridBound: entry(
    lambdaGridBound,
    fc.tuple(inputs, lambdas).map(([rest, dataFreeLambdas]) => [{ ...rest, dataFreeLambdas }] as const),
    { refuses: { ...badInputs, ...badPositive("0.dataFreeLambdas.*"), ...empty("0.dataFreeLambdas") } },
  ),
  expectationBound: entry(
    expectationBound,
    fc.tuple(fc.record({ expectedKlToDataFreePrior: nonNegative, sampleCount })),
    { refuses: { ...badNonNegative("0.expectedKlToDataFreePrior"), ...badCount("0.sampleCount") } },
  ),
  priorFromVarianceGrid: entry(
    priorFromVarianceGrid,
    fc.tuple(
      fc.record({
        dimension: sampleCount,
        squaredDistanceToDataFreePriorMean: nonNegative,
        dataFreeVariance: positive,
      }),
    ),
    {
      refuses: {
        ...badCount("0.dimension"),
        ...badNonNegative("0.squaredDistanceToDataFreePriorMean"),
        ...badPositive("0.dataFreeVariance"),
        "an overflowing ratio": at("0", () => ({
          dimension: 1,
          squaredDistanceToDataFreePriorMean: 1e300,
          dataFreeVariance: 1e-300,
        })),
      },
    },
  ),
  flatMinimumBound: entry(flatMinimumBound, fc.tuple(minimum), { refuses: badMinimum }),
  printedFlatMinimumBound: entry(printedFlatMinimumBound, fc.tuple(minimum), { refuses: badMinimum }),
  independentCoins: entry(
    independentCoins,
    fc.tuple(
      fc.record({ risks: fc.integer({ min: 1, max: 3 }).chain((count) => list(count, risk)), sampleCount: size }),
    ),
    {
      refuses: {
        ...badRisk("0.risks.*"),
        ...empty("0.risks"),
        ...badCount("0.sampleCount"),
        "too many outcomes": at("0", () => ({ risks: Array(8).fill(0.5), sampleCount: 9 })),
      },
    },
  ),
  twoPointCounterexample: entry(twoPointCounterexample, fc.constant([] as const), {
    refuses: {},
    nothingToRefuse: "it has no arguments",
  }),
  worstMcAllesterPosterior: worst(worstMcAllesterPosterior),
  worstMaurerPosterior: worst(worstMaurerPosterior),
  worstSeegerPosterior: worst(worstSeegerPosterior, { ...badSample, ...badValues("0.risks.*", 1) }),
  worstFixedLambdaPosterior: entry(
    worstFixedLambdaPosterior,
    fc.tuple(sample, positive).map(([[hypotheses, risks], lambda]) => [hypotheses, risks, lambda] as const),
    { refuses: { ...badSample, ...badPositive("2") } },
  ),
  worstLambdaGridPosterior: entry(
    worstLambdaGridPosterior,
    fc.tuple(sample, lambdas).map(([[hypotheses, risks], grid]) => [hypotheses, risks, grid] as const),
    { refuses: { ...badSample, ...badPositive("2.*"), ...empty("2") } },
  ),
  exactCoverage: entry(
    exactCoverage,
    fc
      .tuple(sample, list(2, failureProbability))
      .map(
        ([[hypotheses, empiricalRisks], levels]) =>
          [
            { ...hypotheses, outcomes: [{ probability: 1, empiricalRisks }] },
            worstMcAllesterPosterior,
            levels,
          ] as const,
      ),
    {
      refuses: {
        ...badRisk("0.risks.*"),
        ...badCount("0.sampleCount"),
        ...badValues("0.dataFreePrior.*", NaN, -1, 2),
        ...badValues("0.outcomes.0.probability", NaN, 0, -1, 0.5),
        ...badRisk("0.outcomes.0.empiricalRisks.*"),
        ...empty("0.outcomes"),
        ...badDelta("2.*"),
      },
      refusesInUse: { "NaN from worst": at("1", () => () => ({ value: NaN })) },
    },
  ),
  monteCarloCoverage: entry(
    monteCarloCoverage,
    fc.tuple(
      fc.constant((draws: { uniform(): number }) => draws.uniform() < 0.3),
      fc.record({ trials: fc.integer({ min: 1, max: 50 }), stream, confidence: failureProbability }),
    ),
    {
      refuses: { ...badCount("1.trials"), ...badDelta("1.confidence") },
      refusesInUse: { "a number from violated": at("0", () => () => 1) },
    },
  ),
};
