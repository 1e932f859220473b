import { InvalidArgumentError, norm, randomStream } from "flat-minima/core";
import { drawnDigits } from "flat-minima/data";
import { experiments, type PacBayesCertificateConfiguration } from "flat-minima/experiments";
import { empiricalRisk, initialParameters, logisticLoss, multilayerPerceptron } from "flat-minima/models";
import { runTrajectory, stochasticAdam } from "flat-minima/optimizers";
import { errorsInBallsFromBelow, flatMinimumBound, splitForCertificate } from "flat-minima/pacbayes";
import { describe, expect, it } from "vitest";

const name = "pac-bayes-certificate";
const experiment = experiments[name];
const small: PacBayesCertificateConfiguration = { hiddenWidth: 3, sampleCount: 300, objective: "fquad" };
const run = async (configuration: PacBayesCertificateConfiguration, seed: number) =>
  await experiment.run(configuration, seed);

/** The data of a job, drawn as the experiment documents it. */
function digits(sampleCount: number, purpose: string) {
  const { images, labels } = drawnDigits({ sampleCount, stream: randomStream(5, name, purpose) });
  return { inputs: images, targets: Float64Array.from(labels, (label) => (label < 5 ? -1 : 1)) };
}

/** The share of wrong signs of f(x) = a·tanh(Wᵀx + b) + c, by loops. */
function naiveError(theta: Float64Array, { inputs, targets }: ReturnType<typeof digits>, m: number): number {
  let wrong = 0;
  for (let i = 0; i < inputs.rows; i++) {
    let f = theta[theta.length - 1];
    for (let j = 0; j < m; j++) {
      let h = theta[64 * m + j];
      for (let d = 0; d < 64; d++) h += theta[d * m + j] * inputs.data[64 * i + d];
      f += theta[65 * m + j] * Math.tanh(h);
    }
    if (f * targets[i] <= 0) wrong++;
  }
  return wrong / inputs.rows;
}

describe("pac-bayes-certificate", () => {
  it("measures the trained network as loops do, and bounds it below the flat-minima bound at every radius", async () => {
    const result = await run(small, 5);
    const network = multilayerPerceptron({ widths: [64, 3, 1], activation: "tanh" });
    const initial = initialParameters(network, randomStream(5, name, "initialisation"), { scheme: "LeCun" });
    const train = digits(300, "data");
    const step = stochasticAdam({
      ...empiricalRisk({ network, loss: logisticLoss, ...train }),
      ...{ batchSize: 100, sampling: "without replacement", learningRate: 0.01 },
      stream: randomStream(5, name, "training"),
    });
    const { parameters } = await runTrajectory(step, initial, { steps: 2000, every: 2000, observe: () => 0 });
    expect(result.trainingError).toBe(naiveError(parameters, train, 3));
    expect(result.testError).toBe(naiveError(parameters, digits(4000, "test"), 3));
    // A sum of 199 squares in the same order.
    expect(result.distance).toBeCloseTo(norm(parameters.map((value, k) => value - initial[k])), 12);

    const radii = [0.05, 0.15, 0.5, 0.9, 2.5, 5, 9, 12, 20, 50, 1000];
    const errors = await errorsInBallsFromBelow({
      ...{ network, parameters, samples: splitForCertificate(train).forCertificate, radii },
      directions: [parameters.map((value, k) => (k < 65 * 3 ? 0 : -value))],
    });
    const bounds = radii.map(
      (radius, i) =>
        flatMinimumBound({
          largestEmpiricalRiskInBall: errors[i],
          dataFreeRadius: radius,
          squaredDistanceToDataFreePriorMean: result.distance ** 2,
          dimension: network.parameterCount,
          sampleCount: 300,
          failureProbability: 0.035,
        }).value,
    );
    expect(result.flatBound).toBeLessThanOrEqual(Math.min(...bounds));
    // Two neighbouring radii differ by at most a factor of 2: not far below either.
    expect(result.flatBound).toBeGreaterThan(Math.min(...bounds) - 0.2);
  });

  it("certifies, above the stochastic networks' errors on fresh samples, and a learned prior is nearer", async () => {
    const { dataFree, learned } = await run(small, 1);
    for (const { certificate, klDivergence, testError } of [dataFree, learned]) {
      expect(certificate).toBeGreaterThan(testError);
      expect(certificate).toBeLessThan(1);
      expect(klDivergence).toBeGreaterThan(0);
    }
    expect(learned.klDivergence).toBeLessThan(dataFree.klDivergence / 5);
  });

  it("gives the same for the same seed, and another for another seed or objective", async () => {
    const tiny = { ...small, sampleCount: 20, hiddenWidth: 1 };
    const first = await run(tiny, 1);
    expect(await run(tiny, 1)).toEqual(first);
    expect(await run(tiny, 2)).not.toEqual(first);
    const other = await run({ ...tiny, objective: "fclassic" }, 1);
    expect(other.distance).toBe(first.distance);
    expect(other.dataFree).not.toEqual(first.dataFree);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ hiddenWidth: 0 }, "here: hiddenWidth must be an integer from 1 to 10000, got 0"],
    [{ sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 1000000, got 1"],
    [{ objective: "elbo" }, "here: objective must be fquad, flamb, fclassic or bbb, got elbo"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
