import { InvalidArgumentError, mean, randomStream } from "flat-minima/core";
import { centredImages, halvedImages, loadImages, oneHot } from "flat-minima/data";
import { experiments, type ImageBatchSizeConfiguration } from "flat-minima/experiments";
import { crossEntropyLoss, empiricalRisk, multilayerPerceptron } from "flat-minima/models";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { realData, realDataIsThere } from "../real-data";

const experiment = experiments["image-batch-size"];
const small: ImageBatchSizeConfiguration = {
  model: "perceptron on MNIST",
  widths: [6],
  trainCount: 30,
  testCount: 20,
  optimizer: "SGD",
  learningRate: 0.2,
  batchSize: 5,
  targetLoss: 0.4,
  maximumSteps: 2000,
  subspaces: 1,
};
const smallVgg: ImageBatchSizeConfiguration = {
  ...small,
  model: "VGG on CIFAR-10",
  backend: "wasm",
  widths: [4],
  learningRate: 0.05,
  targetLoss: 2,
  subspaces: 0,
};

/** The perceptron's training, in loops over the gradients of batches. */
function naive({ widths, trainCount, testCount, learningRate, batchSize, targetLoss }: typeof small, seed: number) {
  const train = loadImages("mnist", { split: "train", count: trainCount });
  const test = loadImages("mnist", { split: "test", count: testCount });
  const shape = { height: 28, width: 28, channels: 1 };
  const ofTraining = halvedImages(train.images, shape);
  const inputs = centredImages(ofTraining);
  const network = multilayerPerceptron({ widths: [14 * 14, ...widths, 10], activation: "relu" });
  const risk = empiricalRisk({ network, loss: crossEntropyLoss, inputs, targets: oneHot(train.labels, 10) });
  const normals = randomStream(seed, "image-batch-size", "initialisation");
  const theta = new Float64Array(network.parameterCount);
  for (const { inputs: m, outputs, weightsStart } of network.layouts) {
    for (let k = 0; k < m * outputs; k++) theta[weightsStart + k] = Math.sqrt(2 / m) * normals.normal();
  }
  const batches = randomStream(seed, "image-batch-size", "batches", batchSize);
  let step = 0;
  for (; step % 25 !== 0 || risk.loss(theta) > targetLoss; step++) {
    const gradient = risk.batchGradient(theta, batches.choice(trainCount, batchSize));
    for (let k = 0; k < theta.length; k++) theta[k] -= learningRate * gradient[k];
  }
  const pixels = centredImages(halvedImages(test.images, shape), { of: ofTraining });
  const { outputs } = network.evaluate(theta, pixels);
  const right = Array.from(test.labels, (label, i) => {
    const own = outputs.data[i * 10 + label];
    return Number(outputs.data.slice(i * 10, i * 10 + 10).every((value) => value <= own));
  });
  return { step, loss: risk.loss(theta), testAccuracy: mean(right), risk, theta };
}

describe.skipIf(!realDataIsThere)("batches of some size on real images", () => {
  beforeAll(() => vi.stubEnv("FLAT_MINIMA_DATA", realData));
  afterAll(() => vi.unstubAllEnvs());

  it("train the perceptron, in loops", async () => {
    const expected = naive(small, 3);
    const { ended, steps, minimum } = await experiment.run(small, 3);
    expect({ ended, steps }).toEqual({ ended: "converged", steps: expected.step });
    // The same steps, bit by bit; the loss's own sum in another order: a hundred roundings.
    expect(Math.abs(minimum!.trainingLoss / expected.loss - 1)).toBeLessThanOrEqual(1e-12);
    expect(minimum!.testAccuracy).toBe(expected.testAccuracy);
    expect(minimum!.trainingLoss).toBeLessThanOrEqual(small.targetLoss);
    expect(minimum!.sharpness.map(({ boxSize }) => boxSize)).toEqual([1e-3, 5e-4]);
    const [wide, narrow] = minimum!.sharpness;
    expect(wide.whole).toBeGreaterThan(narrow.whole);
    expect(wide.subspaces).toHaveLength(1);
    expect(narrow.subspaces[0]).toBeGreaterThan(0);
    // The corner that the gradient points to is in the box, and the loss there a lower bound but for its curvature.
    const { risk, theta } = expected;
    const slope = risk.gradient(theta);
    const corner = theta.map((value, k) => value + 1e-3 * (Math.abs(value) + 1) * Math.sign(slope[k]));
    const there = (100 * (risk.loss(corner) - expected.loss)) / (1 + expected.loss);
    expect(wide.whole).toBeGreaterThanOrEqual(there * (1 - 1e-9));
    // λ_max by differences of gradients along a power iteration: 1e-6 of the step, and what 300 steps leave.
    let v = randomStream(1).sphere(theta.length);
    let top = 0;
    for (let k = 0; k < 300; k++) {
      const ahead = risk.gradient(theta.map((value, i) => value + 1e-5 * v[i]));
      const behind = risk.gradient(theta.map((value, i) => value - 1e-5 * v[i]));
      const product = ahead.map((value, i) => (value - behind[i]) / 2e-5);
      top = Math.hypot(...product);
      v = product.map((value) => value / top);
    }
    expect(Math.abs(minimum!.topEigenvalue / top - 1)).toBeLessThanOrEqual(1e-3);
    expect(await experiment.run(small, 3)).toEqual({ ended, steps, minimum });
  });

  it("train it by Adam, and a VGG-like net, the same bits again", async () => {
    const adam: typeof small = { ...small, optimizer: "Adam", learningRate: 0.01 };
    expect((await experiment.run(adam, 0)).ended).toBe("converged");
    const result = await experiment.run(smallVgg, 0);
    expect(result.ended).toBe("converged");
    expect(result.minimum!.trainingLoss).toBeLessThanOrEqual(smallVgg.targetLoss);
    expect(result.minimum!.topEigenvalue).toBeGreaterThan(0);
    expect(await experiment.run(smallVgg, 0)).toEqual(result);
  });

  it("name training that does not get there and training that diverges", async () => {
    const short = await experiment.run({ ...small, maximumSteps: 3 }, 0);
    expect(short).toEqual({ ended: "not converged", steps: 3, minimum: null });
    const wild = await experiment.run({ ...small, learningRate: 1e12 }, 0);
    expect(wild).toMatchObject({ ended: "diverged", minimum: null });
  });
});

describe("what the experiment takes", () => {
  it("is its own grid", () => {
    for (const { configuration } of experiment.grid) {
      expect(experiment.validate("here", configuration)).toEqual(configuration);
    }
    expect(experiment.validate("here", smallVgg)).toEqual(smallVgg);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ ...smallVgg, model: "VGG" }, 'here: model must be "perceptron on MNIST" or "VGG on CIFAR-10", got VGG'],
    [{ backend: "wasm" }, "here: the fields must be"],
    [{ ...smallVgg, backend: "float64" }, 'here: backend must be "wasm" or "tensorflow", got float64'],
    [{ ...smallVgg, optimizer: "Adam" }, 'here: optimizer must be "SGD", or "Adam" for the perceptron, got Adam'],
    [{ widths: [] }, "here: widths must be a list of layers"],
    [{ widths: [3, 0] }, "here: widths[1] must be an integer from 1 to 10000, got 0"],
    [{ trainCount: 1 }, "here: trainCount must be an integer from 2 to 60000, got 1"],
    [{ testCount: 0 }, "here: testCount must be an integer from 1 to 10000, got 0"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ batchSize: 31 }, "here: batchSize must be an integer from 1 to 30, got 31"],
    [{ targetLoss: NaN }, "here: targetLoss must be positive and finite, got NaN"],
    [{ maximumSteps: 0 }, "here: maximumSteps must be an integer from 1 to 1000000000, got 0"],
    [{ subspaces: -1 }, "here: subspaces must be an integer from 0 to 100, got -1"],
    [{ depth: 2 }, "here: the fields must be"],
  ])("is not %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
