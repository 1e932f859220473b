import { DivergenceError, matrix, randomStream } from "flat-minima/core";
import { linearNetwork } from "flat-minima/models";
import { dataFreePrior, splitForCertificate, trainCertificate } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const network = linearNetwork({ inputCount: 1 });
const row = Array.from({ length: 40 }, (_, i) => [i % 2 === 0 ? 1 : -1]);
const samples = splitForCertificate({ inputs: matrix(row), targets: Float64Array.from(row.flat()) });
const prior = dataFreePrior({ mean: Float64Array.of(0), standardDeviation: 0.5 });
const problem = { network, prior, samples };

/** E_Q of the bounded cross entropy softplus(−θ)/log(1/p_min), cut off at 1: all samples are alike; by the trapezoid rule. */
function surrogateRisk(mean: number, deviation: number, leastProbability: number): number {
  let sum = 0;
  for (let z = -8; z <= 8; z += 0.01) {
    const loss = Math.log1p(Math.exp(-(mean + deviation * z))) / Math.log(1 / leastProbability);
    sum += (0.01 * Math.min(1, loss) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  }
  return sum;
}

describe("trainCertificate", () => {
  it("ends where f(E_Q L̂, KL) is least: fclassic of one weight, against a grid search", async () => {
    const pMin = 0.15;
    const { posterior, history } = await trainCertificate({
      ...problem,
      objective: "fclassic",
      leastProbability: pMin,
      steps: 8000,
      learningRate: 0.002,
      every: 1000,
      stream: randomStream(1, "training"),
    });
    const f = (mean: number, deviation: number): number => {
      const kl = Math.log(0.5 / deviation) + (deviation ** 2 + mean ** 2) / 0.5 - 0.5;
      const K = kl + Math.log((2 * Math.sqrt(40)) / 0.025);
      return surrogateRisk(mean, deviation, pMin) + Math.sqrt(K / 80);
    };
    let least = { value: Infinity, mean: 0, deviation: 0 };
    for (let mean = 0; mean < 3; mean += 0.02) {
      for (let deviation = 0.1; deviation < 1; deviation += 0.02) {
        const value = f(mean, deviation);
        if (value < least.value) least = { value, mean, deviation };
      }
    }
    const [mean, deviation] = [posterior.mean[0], posterior.standardDeviation[0]];
    // The noise of a step of Adam leaves (μ, σ) near the minimum; f is flat there. At the prior it is 0.03 higher.
    expect(f(mean, deviation)).toBeLessThan(least.value + 1e-3);
    expect(f(0, 0.5)).toBeGreaterThan(least.value + 0.03);
    expect(Math.abs(mean - least.mean)).toBeLessThan(0.15);
    expect(history.map(({ step }) => step)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000]);
    expect(history[0].klDivergence).toBeLessThan(1e-14); // the prior
  });

  it("is the same bits again, and begins where it is told", async () => {
    const start = { mean: Float64Array.of(2), standardDeviation: Float64Array.of(0.01) };
    const run = (seed: number) => trainCertificate({ ...problem, start, steps: 3, stream: randomStream(seed) });
    const first = (await run(1)).posterior;
    expect((await run(1)).posterior.mean).toEqual(first.mean);
    expect((await run(2)).posterior.mean).not.toEqual(first.mean);
    expect(Math.abs(first.mean[0] - 2)).toBeLessThanOrEqual(3 * 0.0101); // steps of Adam are at most about its rate
    expect(start.mean[0]).toBe(2);
  });

  it("refuses bad input, and names a divergence", async () => {
    const bad = (change: object) => trainCertificate({ ...problem, steps: 2, stream: randomStream(1), ...change });
    await expect(bad({ steps: 0 })).rejects.toThrow("trainCertificate: steps must be a positive integer, got 0");
    await expect(bad({ every: 0 })).rejects.toThrow("trainCertificate: every must be a positive integer, got 0");
    await expect(bad({ batchSize: 41 })).rejects.toThrow("batchSize must be at most sampleCount = 40");
    await expect(bad({ failureProbability: 1 })).rejects.toThrow("trainCertificate: the failure probability");
    const wrong = { ...prior, mean: Float64Array.of(NaN) };
    await expect(bad({ prior: wrong })).rejects.toThrow("trainCertificate: the prior's mean must be finite");
    const start = { mean: Float64Array.of(0), standardDeviation: Float64Array.of(-1) };
    await expect(bad({ start })).rejects.toThrow("trainCertificate: standardDeviation must be positive, got -1");
    await expect(bad({ learningRate: 1e308, steps: 100 })).rejects.toThrow(DivergenceError);
  });
});
