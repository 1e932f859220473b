import { describe, expect, it } from "vitest";
import { randomStream } from "flat-minima/core";
import {
  type FiniteHypotheses,
  fixedLambdaBound,
  lambdaGridBound,
  maurerBound,
  printedMcAllesterBound,
  seegerBound,
  worstFixedLambdaPosterior,
  worstLambdaGridPosterior,
  worstMaurerPosterior,
  worstMcAllesterPosterior,
  type WorstPosterior,
  worstSeegerPosterior,
  type PacBayesInputs,
} from "flat-minima/pacbayes";
import { meanUnder, naiveBinaryKl, naiveKl, randomDistribution, randomSample } from "./bound-oracles";

interface Kind {
  readonly name: string;
  readonly bound: (inputs: PacBayesInputs) => number;
  readonly worst: (hypotheses: FiniteHypotheses, empiricalRisks: ArrayLike<number>) => WorstPosterior;
  /** What the bound lacks for one posterior, in nats: violated at δ iff log(1/δ) is less. */
  readonly lack: (q: number, p: number, kl: number, n: number) => number;
}

const lambda = 5;
const lambdas = [1, 4, 16];
const forLambda = (q: number, p: number, kl: number, n: number, one: number): number =>
  one * (p - q) - one ** 2 / (8 * n) - kl;
const mcAllester = (q: number, p: number, kl: number, n: number): number => 2 * n * Math.max(0, p - q) ** 2 - kl;

const kinds: Kind[] = [
  { name: "printed McAllester", bound: printedMcAllesterBound, worst: worstMcAllesterPosterior, lack: mcAllester },
  {
    name: "one λ",
    bound: (inputs) => fixedLambdaBound({ ...inputs, dataFreeLambda: lambda }),
    worst: (hypotheses, sample) => worstFixedLambdaPosterior(hypotheses, sample, lambda),
    lack: (q, p, kl, n) => forLambda(q, p, kl, n, lambda),
  },
  {
    name: "a grid of λ",
    bound: (inputs) => lambdaGridBound({ ...inputs, dataFreeLambdas: lambdas }),
    worst: (hypotheses, sample) => worstLambdaGridPosterior(hypotheses, sample, lambdas),
    lack: (q, p, kl, n) => Math.max(...lambdas.map((one) => forLambda(q, p, kl, n, one))) - Math.log(3),
  },
  {
    name: "Maurer",
    bound: maurerBound,
    worst: worstMaurerPosterior,
    lack: (q, p, kl, n) => mcAllester(q, p, kl, n) - Math.log(2 * Math.sqrt(n)),
  },
  {
    name: "Seeger",
    bound: seegerBound,
    worst: worstSeegerPosterior,
    lack: (q, p, kl, n) => (q < p ? n * naiveBinaryKl(q, p) : 0) - kl - Math.log(2 * Math.sqrt(n)),
  },
];

describe.each(kinds)("the worst posterior for $name", ({ bound, worst, lack }) => {
  const lackOf = (hypotheses: FiniteHypotheses, sample: ArrayLike<number>, Q: ArrayLike<number>): number => {
    const kl = naiveKl(Q, hypotheses.dataFreePrior);
    return lack(meanUnder(Q, sample), meanUnder(Q, hypotheses.risks), kl, hypotheses.sampleCount);
  };
  // Found to 1e-10 nats; the naive sums of terms below n·40 = 800 round by some 1e-12.
  const tolerance = 2e-10;

  it("attains its value, which no random posterior exceeds", () => {
    const stream = randomStream(3, "worst posterior");
    for (let trial = 0; trial < 20; trial++) {
      const { hypotheses, empiricalRisks } = randomSample(stream, 2 + stream.integer(3));
      const { value, posterior, converged, residual } = worst(hypotheses, empiricalRisks);
      expect(converged).toBe(true);
      expect(residual).toBeLessThanOrEqual(1e-10);
      expect(Math.abs(posterior.reduce((sum: number, weight: number) => sum + weight, 0) - 1)).toBeLessThanOrEqual(
        1e-15,
      );
      const attained = lackOf(hypotheses, empiricalRisks, posterior);
      expect(attained).toBeGreaterThanOrEqual(value - tolerance);
      expect(attained).toBeLessThanOrEqual(value + tolerance);
      for (let other = 0; other < 200; other++) {
        const Q = randomDistribution(stream, posterior.length, 1 + stream.integer(6));
        expect(lackOf(hypotheses, empiricalRisks, Q)).toBeLessThanOrEqual(value + tolerance);
        // And none near it.
        const near = Array.from(posterior, (weight: number, h) => weight + 0.01 * (Q[h] - weight));
        expect(lackOf(hypotheses, empiricalRisks, near)).toBeLessThanOrEqual(value + tolerance);
      }
    }
  });

  it("is the best of a fine grid of posteriors over two hypotheses", () => {
    const stream = randomStream(4, "worst posterior");
    const count = 20_000;
    for (let trial = 0; trial < 20; trial++) {
      const { hypotheses, empiricalRisks } = randomSample(stream, 2);
      const { value } = worst(hypotheses, empiricalRisks);
      let best = -Infinity;
      for (let k = 0; k <= count; k++) {
        best = Math.max(best, lackOf(hypotheses, empiricalRisks, [1 - k / count, k / count]));
      }
      expect(best).toBeLessThanOrEqual(value + tolerance);
      // Between the grid's points −KL changes by at most Q log Q at the ends: 5e-5·(1 + log 2e4), and kl alike, n-fold.
      expect(best).toBeGreaterThanOrEqual(value - 21 * 5e-5 * 11);
    }
  });

  it("violates the bound just above δ = e^{−value}, and nothing found violates it just below", () => {
    const stream = randomStream(5, "worst posterior");
    let violated = 0;
    for (let trial = 0; trial < 200; trial++) {
      const { hypotheses, empiricalRisks } = randomSample(stream, 3);
      const { value, posterior } = worst(hypotheses, empiricalRisks);
      const excess = (Q: ArrayLike<number>, failureProbability: number): number =>
        meanUnder(Q, hypotheses.risks) -
        bound({
          empiricalRisk: Math.min(1, meanUnder(Q, empiricalRisks)),
          klToDataFreePrior: Math.max(0, naiveKl(Q, hypotheses.dataFreePrior)),
          sampleCount: hypotheses.sampleCount,
          failureProbability,
        });
      if (value < 1e-3) {
        expect(excess(posterior, 0.9995)).toBeLessThanOrEqual(0);
        continue;
      }
      violated++;
      expect(excess(posterior, Math.exp(-value * (1 - 1e-6)))).toBeGreaterThan(0);
      for (const Q of [posterior, randomDistribution(stream, 3), randomDistribution(stream, 3, 4)]) {
        expect(excess(Q, Math.exp(-value * (1 + 1e-6)))).toBeLessThan(0);
      }
    }
    expect(violated).toBeGreaterThan(20);
  });

  it("leaves out hypotheses of prior 0", () => {
    const hypotheses = { risks: [0.5, 0.9], dataFreePrior: [1, 0], sampleCount: 8 };
    const alone = { risks: [0.5], dataFreePrior: [1], sampleCount: 8 };
    const { value, posterior } = worst(hypotheses, [0.25, 0]);
    expect(Array.from(posterior)).toEqual([1, 0]);
    expect(Math.abs(value - worst(alone, [0.25]).value)).toBeLessThanOrEqual(tolerance);
  });

  it("refuses samples and priors that do not fit", () => {
    const hypotheses = { risks: [0.5, 0.25], dataFreePrior: [0.5, 0.5], sampleCount: 8 };
    const bad =
      (change: object, sample: number[] = [0, 0]) =>
      () =>
        worst({ ...hypotheses, ...change }, sample);
    expect(bad({}, [0])).toThrow(/^worst\w+Posterior: the empirical risks must be 2 numbers, got 1$/);
    expect(bad({}, [0, 1.5])).toThrow("the empirical risks must be in [0, 1], got 1.5");
    expect(bad({ risks: [] })).toThrow("the risks must not be empty, got none");
    expect(bad({ dataFreePrior: [1] })).toThrow("the prior must have 2 weights, got 1");
    expect(bad({ dataFreePrior: [0.5, 0.6] })).toThrow("the prior must add up to 1");
    expect(bad({ sampleCount: 0 })).toThrow("sampleCount must be a positive integer, got 0");
  });
});

describe("the worst posterior for one λ and for a grid", () => {
  const hypotheses = { risks: [0.5], dataFreePrior: [1], sampleCount: 8 };

  it("refuse a bad λ and an empty grid", () => {
    expect(() => worstFixedLambdaPosterior(hypotheses, [0], 0)).toThrow(
      "worstFixedLambdaPosterior: λ must be positive and finite, got 0",
    );
    expect(() => worstLambdaGridPosterior(hypotheses, [0], [])).toThrow(
      "worstLambdaGridPosterior: there must be at least one λ, got none",
    );
    expect(() => worstLambdaGridPosterior(hypotheses, [0], [1, -1])).toThrow("λ must be positive and finite, got -1");
  });
});

describe("the worst posterior for Seeger's bound", () => {
  it("comes out the same with one parameter, where all risks are one, and with two, where they hardly differ", () => {
    const dataFreePrior = [0.25, 0.25, 0.5];
    for (const sample of [
      [0, 0.25, 0.5],
      [0.125, 0.75, 1],
    ]) {
      const one = worstSeegerPosterior({ risks: [0.5, 0.5, 0.5], dataFreePrior, sampleCount: 8 }, sample);
      const two = worstSeegerPosterior({ risks: [0.5, 0.5, 0.5 + 1e-9], dataFreePrior, sampleCount: 8 }, sample);
      // n dkl/dp = n (p − q)/(p(1 − p)) ≤ 16 times 1e-9.
      expect(Math.abs(one.value - two.value)).toBeLessThanOrEqual(16e-9 + 2e-10);
    }
  });

  it("refuses a risk of 1, at which kl is infinite", () => {
    expect(() => worstSeegerPosterior({ risks: [1], dataFreePrior: [1], sampleCount: 8 }, [0])).toThrow(
      "worstSeegerPosterior: the risks must be below 1, got 1",
    );
  });
});
