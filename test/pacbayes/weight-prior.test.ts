import { matrix, randomStream } from "flat-minima/core";
import { empiricalRisk, linearNetwork, logisticLoss } from "flat-minima/models";
import { dataFreePrior, learnedPrior, splitForCertificate } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const network = linearNetwork({ inputCount: 1 });
const inputs = matrix([[1], [1], [1], [1], [-5]]);
const targets = Float64Array.of(1, 1, 1, -1, 1);
const start = Float64Array.of(0);
const options = { network, start, steps: 2000, batchSize: 4, learningRate: 0.01 };

describe("learnedPrior", () => {
  it("ends at the minimum of the logistic loss on its own samples, whatever the others are", async () => {
    const samples = splitForCertificate({ inputs, targets, priorSampleCount: 4 });
    const prior = await learnedPrior({ ...options, samples, stream: randomStream(1) });
    // Three of four are positive: the minimum is at log 3, where the gradient is 0.
    const risk = empiricalRisk({ network, loss: logisticLoss, ...samples.forPrior! });
    expect(Math.abs(risk.gradient(prior.mean)[0])).toBeLessThan(1e-3); // Adam's steps are below its rate times 1/10 there
    expect(Math.abs(prior.mean[0] - Math.log(3))).toBeLessThan(1e-2); // curvature 3/16
    expect(prior.learnedFrom).toBe(samples.forPrior);
    const changed = { inputs: matrix([[1], [1], [1], [1], [7]]), targets, priorSampleCount: 4 };
    const other = await learnedPrior({ ...options, samples: splitForCertificate(changed), stream: randomStream(1) });
    expect(other.mean).toEqual(prior.mean);
  });

  it("refuses a split without samples for it, and bad numbers", async () => {
    const bad = (change: object, priorSampleCount = 4) => {
      const samples = splitForCertificate({ inputs, targets, priorSampleCount });
      return learnedPrior({ ...options, samples, stream: randomStream(1), ...change });
    };
    await expect(bad({}, 0)).rejects.toThrow("learnedPrior: the split must have samples for the prior, got undefined");
    await expect(bad({ start: Float64Array.of(NaN) })).rejects.toThrow("learnedPrior: start must be finite");
    await expect(bad({ steps: 0 })).rejects.toThrow("learnedPrior: steps must be a positive integer");
    await expect(bad({ standardDeviation: -1 })).rejects.toThrow(
      "standardDeviation must be positive and finite, got -1",
    );
  });
});

it("dataFreePrior copies its mean, says that it learned from nothing, and refuses bad numbers", () => {
  const mean = Float64Array.of(1);
  const prior = dataFreePrior({ mean });
  mean[0] = 2;
  expect(prior).toEqual({ mean: Float64Array.of(1), standardDeviation: 1, learnedFrom: undefined });
  expect(() => dataFreePrior({ mean: Float64Array.of(NaN) })).toThrow("dataFreePrior: mean must be finite");
  for (const standardDeviation of [0, -1, NaN, Infinity]) {
    expect(() => dataFreePrior({ mean, standardDeviation })).toThrow("standardDeviation must be positive and finite");
  }
});
