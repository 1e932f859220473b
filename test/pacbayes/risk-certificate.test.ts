import { matrix, randomStream, rowOf } from "flat-minima/core";
import { drawnDigits } from "flat-minima/data";
import {
  empiricalRisk,
  initialParameters,
  linearNetwork,
  logisticLoss,
  multilayerPerceptron,
} from "flat-minima/models";
import { runTrajectory, stochasticAdam } from "flat-minima/optimizers";
import {
  dataFreePrior,
  learnedPrior,
  riskCertificate,
  splitForCertificate,
  stochasticError,
  trainCertificate,
} from "flat-minima/pacbayes";
import { beforeAll, describe, expect, it } from "vitest";

/** max{p : kl(q‖p) ≤ c} by bisection. */
function inverse(q: number, c: number): number {
  const kl = (p: number) => (q > 0 ? q * Math.log(q / p) : 0) + (q < 1 ? (1 - q) * Math.log((1 - q) / (1 - p)) : 0);
  let [low, high] = [q, 1];
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (kl(middle) <= c) low = middle;
    else high = middle;
  }
  return low;
}

describe("riskCertificate", () => {
  const network = linearNetwork({ inputCount: 2 });
  const normals = randomStream(3, "inputs").normals(100);
  const inputs = { rows: 50, cols: 2, data: normals };
  const targets = Float64Array.from({ length: 50 }, (_, i) => (normals[2 * i] > 0.2 ? 1 : -1));
  const samples = splitForCertificate({ inputs, targets, priorSampleCount: 10 });
  const prior = dataFreePrior({ mean: Float64Array.of(0, 0.5), standardDeviation: 2 });
  const posterior = { network, mean: Float64Array.of(3, 1), standardDeviation: Float64Array.of(0.5, 1) };
  const setting = {
    posterior,
    prior,
    samples,
    draws: 300,
    failureProbability: 0.04,
    monteCarloFailureProbability: 0.02,
  };

  it("inverts twice, with its own numbers at each place", async () => {
    const result = await riskCertificate({ ...setting, stream: randomStream(1) });
    const { value } = await stochasticError(posterior, samples.forCertificate, { draws: 300, stream: randomStream(1) });
    expect(result).toMatchObject({ empiricalRisk: value, sampleCount: 40, draws: 300 });
    expect(Math.abs(result.confidence - 0.94)).toBeLessThan(1e-15);
    const kl = Math.log(4) + (0.25 + 9) / 8 - 0.5 + Math.log(2) + (1 + 0.25) / 8 - 0.5;
    expect(Math.abs(result.klDivergence - kl)).toBeLessThan(1e-14);
    const bound = inverse(value, Math.log(2 / 0.02) / 300);
    const price = (kl + Math.log((2 * Math.sqrt(40)) / 0.04)) / 40;
    // The bisection stops where rounding of kl, eps, moves p by eps/kl′, kl′ = (p − q)/(p(1 − p)) above 0.1 here.
    expect(Math.abs(result.empiricalRiskBound - bound)).toBeLessThan(1e-13);
    expect(Math.abs(result.certificate - inverse(bound, price))).toBeLessThan(1e-13);
    // Wrong variants: no inversion of the draws; δ and δ′ exchanged; n of the whole sample; no 2√n.
    const wrong = {
      "without the draws' own inversion": inverse(value, price),
      "δ and δ′ exchanged": inverse(
        inverse(value, Math.log(2 / 0.04) / 300),
        (kl + Math.log((2 * Math.sqrt(40)) / 0.02)) / 40,
      ),
      "n of the whole sample": inverse(bound, (kl + Math.log((2 * Math.sqrt(50)) / 0.04)) / 50),
      "without 2√n": inverse(bound, (kl + Math.log(1 / 0.04)) / 40),
    };
    for (const [name, variant] of Object.entries(wrong)) {
      expect(Math.abs(result.certificate - variant), name).toBeGreaterThan(1e-3);
    }
    expect(wrong["without the draws' own inversion"]).toBeLessThan(result.certificate - 0.01);
  });

  it("refuses bad input before it draws", async () => {
    const stream = randomStream(1);
    const refused = (change: object, message: string) =>
      expect(riskCertificate({ ...setting, stream, ...change })).rejects.toThrow(message);
    for (const p of [0, 1, NaN, -0.1]) {
      await refused({ failureProbability: p }, `riskCertificate: the failure probability must be in (0, 1), got ${p}`);
      const requirement = "riskCertificate: monteCarloFailureProbability must be in (0, 1)";
      await refused({ monteCarloFailureProbability: p }, `${requirement}, got ${p}`);
    }
    await refused({ failureProbability: 0.5, monteCarloFailureProbability: 0.5 }, "must sum to less than 1");
    await refused({ draws: 0 }, "riskCertificate: draws must be an integer of at least 2, got 0");
    const deviations = { ...posterior, standardDeviation: Float64Array.of(1, -1) };
    await refused({ posterior: deviations }, "riskCertificate: standardDeviation must be positive, got -1");
    const weights = { ...posterior, mean: Float64Array.of(NaN, 1) };
    await refused({ posterior: weights }, "riskCertificate: mean must be finite, got NaN");
    await refused({ prior: { ...prior, standardDeviation: -1 } }, "the prior's standardDeviation must be positive");
    await refused(
      { prior: { ...prior, learnedFrom: samples.forCertificate } },
      "riskCertificate: the prior must be learned on no sample or on this split's samples for the prior",
    );
    const none = { inputs: { rows: 0, cols: 2, data: new Float64Array(0) }, targets: matrix([[1]]) };
    await refused({ samples: { ...samples, forCertificate: none } }, "riskCertificate: there must be a sample");
    expect(stream.normal()).toBe(randomStream(1).normal());
  });
});

describe("a certificate of a network on drawn digits, 3 against 8, n = 500", () => {
  const digits = (sampleCount: number, purpose: string) => {
    const { images, labels } = drawnDigits({ sampleCount: 7 * sampleCount, stream: randomStream(1, purpose) });
    const chosen = Array.from(labels.keys()).filter((i) => labels[i] === 3 || labels[i] === 8);
    const rows = chosen.slice(0, sampleCount);
    return {
      inputs: matrix(rows.map((i) => Array.from(rowOf(images, i)))),
      targets: Float64Array.from(rows, (i) => (labels[i] === 8 ? 1 : -1)),
    };
  };
  const train = digits(500, "train");
  const test = splitForCertificate(digits(1000, "test")).forCertificate;
  const network = multilayerPerceptron({ widths: [64, 10, 1], activation: "tanh" });
  const initial = initialParameters(network, randomStream(2), { scheme: "LeCun" });
  const samples = splitForCertificate(train);
  let trained: Float64Array;

  beforeAll(async () => {
    const risk = empiricalRisk({ network, loss: logisticLoss, ...train });
    const sampling = "without replacement" as const;
    const step = stochasticAdam({ ...risk, batchSize: 100, sampling, learningRate: 0.01, stream: randomStream(3) });
    trained = (await runTrajectory(step, initial, { steps: 500, every: 500 })).parameters.slice();
  });

  /** The certificate and the test error of the posterior that is trained from a prior. */
  const certified = async (options: Parameters<typeof trainCertificate>[0]) => {
    const { posterior } = await trainCertificate(options);
    const certificate = await riskCertificate({ ...options, posterior, stream: randomStream(5) });
    const { value } = await stochasticError(posterior, test, { draws: 2000, stream: randomStream(6) });
    return { ...certificate, testError: value };
  };

  it("is not vacuous, and above the test error", async () => {
    const prior = dataFreePrior({ mean: initial });
    const start = { mean: trained, standardDeviation: new Float64Array(network.parameterCount).fill(0.05) };
    const options = { network, prior, samples, start, steps: 4000, stream: randomStream(4) };
    const result = await certified(options);
    expect(result.certificate).toBeLessThan(0.5);
    // The test error's own deviation is √(¼/1000) = 0.016 at most.
    expect(result.certificate).toBeGreaterThan(result.testError + 4 * 0.016);
    expect(result.empiricalRisk).toBeLessThan(result.empiricalRiskBound);

    // The same with a prior at the weights that the certificate's own samples trained: no certificate, and far lower.
    const cheat = dataFreePrior({ mean: trained, standardDeviation: 0.1 });
    const wrong = await certified({ ...options, prior: cheat, start: undefined, steps: 500 });
    expect(wrong.klDivergence).toBeLessThan(result.klDivergence / 5);
    expect(wrong.certificate).toBeLessThan(result.certificate - 0.1);
  });

  it("is lower with a prior that half of the samples trained", async () => {
    const split = splitForCertificate({ ...train, priorSampleCount: 250 });
    const prior = await learnedPrior({ network, samples: split, start: initial, steps: 500, stream: randomStream(3) });
    const options = { network, prior, samples: split, steps: 500, stream: randomStream(4) };
    const result = await certified(options);
    expect(result.sampleCount).toBe(250);
    expect(result.certificate).toBeLessThan(0.3);
    expect(result.certificate).toBeGreaterThan(result.testError);
    // With the other half in the place of the certificate's the prior is not independent.
    const { posterior } = await trainCertificate(options);
    const swapped = { forPrior: split.forCertificate, forCertificate: split.forPrior! };
    await expect(riskCertificate({ posterior, prior, samples: swapped, stream: randomStream(5) })).rejects.toThrow(
      "riskCertificate: the prior must be learned",
    );
  });
});
