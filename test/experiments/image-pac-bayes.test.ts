import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { loadImages } from "flat-minima/data";
import { experiments, type ImagePacBayesConfiguration } from "flat-minima/experiments";
import { empiricalRisk, initialParameters, logisticLoss, multilayerPerceptron } from "flat-minima/models";
import { runTrajectory, stochasticAdam } from "flat-minima/optimizers";
import { beforeAll, describe, expect, it } from "vitest";
import { realData, realDataIsThere } from "../real-data";

const name = "image-pac-bayes";
const experiment = experiments[name];
const small: ImagePacBayesConfiguration = { hiddenWidth: 3, sampleCount: 300, testCount: 200 };

/** The digits, 14 × 14, by loops. */
function digits(split: "train" | "test", count: number) {
  const { images, labels } = loadImages("mnist", { split, count });
  const inputs = { rows: count, cols: 196, data: new Float64Array(count * 196) };
  for (let k = 0; k < images.data.length; k++) {
    const [i, row, col] = [Math.floor(k / 784), Math.floor((k % 784) / 28), k % 28];
    inputs.data[196 * i + 14 * (row >> 1) + (col >> 1)] += images.data[k] / 4;
  }
  return { inputs, targets: Float64Array.from(labels, (label) => (label < 5 ? -1 : 1)) };
}

/** The share of wrong signs of f(x) = a·tanh(Wᵀx + b) + c, by loops. */
function naiveError(theta: Float64Array, { inputs, targets }: ReturnType<typeof digits>, m: number): number {
  let wrong = 0;
  for (let i = 0; i < inputs.rows; i++) {
    let f = theta[198 * m];
    for (let j = 0; j < m; j++) {
      let h = theta[196 * m + j];
      for (let d = 0; d < 196; d++) h += theta[d * m + j] * inputs.data[196 * i + d];
      f += theta[197 * m + j] * Math.tanh(h);
    }
    if (f * targets[i] <= 0) wrong++;
  }
  return wrong / inputs.rows;
}

describe.skipIf(!realDataIsThere)("image-pac-bayes", () => {
  beforeAll(() => void (process.env.FLAT_MINIMA_DATA = realData));

  it("trains on the halved digits, certifies above the test errors, below the flat-minima bound", async () => {
    const result = await experiment.run(small, 5);
    const network = multilayerPerceptron({ widths: [196, 3, 1], activation: "tanh" });
    const initial = initialParameters(network, randomStream(5, name, "initialisation"), { scheme: "LeCun" });
    const train = digits("train", 300);
    const step = stochasticAdam({
      ...empiricalRisk({ network, loss: logisticLoss, ...train }),
      ...{ batchSize: 100, sampling: "without replacement", learningRate: 0.01 },
      stream: randomStream(5, name, "training"),
    });
    const { parameters } = await runTrajectory(step, initial, { steps: 2000, every: 2000, observe: () => 0 });
    expect(result.trainingError).toBe(naiveError(parameters, train, 3));
    expect(result.testError).toBe(naiveError(parameters, digits("test", 200), 3));
    for (const { certificate, klDivergence, testError } of [result.dataFree, result.learned]) {
      expect(certificate).toBeGreaterThan(testError);
      expect(certificate).toBeLessThan(result.flatBound);
      expect(klDivergence).toBeGreaterThan(0);
    }
  });
});

it.each<[Record<string, unknown>, string]>([
  [{ hiddenWidth: 0 }, "here: hiddenWidth must be an integer from 1 to 10000, got 0"],
  [{ sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 60000, got 1"],
  [{ testCount: 0 }, "here: testCount must be an integer from 1 to 10000, got 0"],
  [{ objective: "fquad" }, "here: the fields must be hiddenWidth, sampleCount, testCount, got"],
])("image-pac-bayes refuses %j", (change, message) => {
  const refused = () => experiment.validate("here", { ...small, ...change });
  expect(refused).toThrow(InvalidArgumentError);
  expect(refused).toThrow(message);
});
