import { InvalidArgumentError, type Matrix, matrix, randomStream, rowOf } from "flat-minima/core";
import { centredImages, halvedImages, loadImages, oneHot, randomizedLabels } from "flat-minima/data";
import { experiments, type ImageLabelsConfiguration } from "flat-minima/experiments";
import { crossEntropyLoss, empiricalRisk, initialParameters, multilayerPerceptron } from "flat-minima/models";
import { describe, expect, it } from "vitest";
import { realData, realDataIsThere } from "../real-data";

process.env.FLAT_MINIMA_DATA ||= realData;

const experiment = experiments["image-labels"];
const small: ImageLabelsConfiguration = {
  set: "mnist",
  network: "perceptron",
  widths: [6],
  trainingImages: 40,
  testImages: 30,
  randomFraction: 0.3,
  batchSize: 10,
  learningRate: 0.2,
  maximumEpochs: 400,
};
const convolutional: ImageLabelsConfiguration = {
  ...small,
  set: "cifar-10",
  network: "vgg",
  backend: "wasm",
  widths: [2],
  trainingImages: 8,
  testImages: 5,
  batchSize: 8,
  maximumEpochs: 2,
};

const largest = (row: Float64Array): number => row.indexOf(Math.max(...row));
const share = (outputs: Matrix, labels: ArrayLike<number>): number =>
  Array.from(labels).filter((label, i) => largest(rowOf(outputs, i)) === label).length / labels.length;

/** The same training in loops, from the description. */
function naive(seed: number, epochs: number) {
  const { trainingImages: n, testImages, widths, batchSize, learningRate } = small;
  const stream = (...purpose: (string | number)[]) => randomStream(seed, "image-labels", ...purpose);
  const pool = loadImages("mnist", { split: "train", count: 5000 });
  const test = loadImages("mnist", { split: "test", count: testImages });
  const chosen = stream("images").choice(5000, n);
  const images = halvedImages(matrix(chosen.map((i) => Array.from(rowOf(pool.images, i)))), pool);
  const trueLabels = chosen.map((i) => pool.labels[i]);
  const labels = randomizedLabels(trueLabels, { classCount: 10, fraction: 0.3, stream: stream("labels") });
  const inputs = centredImages(images);
  const network = multilayerPerceptron({ widths: [14 * 14, ...widths, 10], activation: "relu" });
  const risk = empiricalRisk({ network, loss: crossEntropyLoss, inputs, targets: oneHot(labels, 10) });
  const theta = initialParameters(network, stream("initialisation"), { scheme: "He" });
  const batches = stream("batches", batchSize);
  for (let step = 0; step < (epochs * n) / batchSize; step++) {
    const gradient = risk.batchGradient(theta, batches.choice(n, batchSize));
    for (let k = 0; k < theta.length; k++) theta[k] -= learningRate * gradient[k];
  }
  const outputs = network.evaluate(theta, inputs).outputs;
  const ofTest = network.evaluate(theta, centredImages(halvedImages(test.images, test), { of: images })).outputs;
  return {
    wrong: trueLabels.filter((label, i) => label !== labels[i]).length,
    /** All 40 images are among the first 256: the sharpness is that of this loss. */
    risk: risk.at(theta),
    last: {
      epoch: epochs,
      loss: risk.loss(theta),
      fitted: share(outputs, labels),
      trueLabels: share(outputs, trueLabels),
      test: share(ofTest, test.labels),
    },
  };
}

describe.skipIf(!realDataIsThere)("image-labels on the real images", () => {
  it("is SGD until every label is fitted, in loops", async () => {
    const result = await experiment.run(small, 3);
    expect(result.ended).toBe("fitted");
    const { wrong, last, risk } = naive(3, result.epochs);
    expect(result.wrongLabels).toBe(wrong);
    const record = result.records[result.records.length - 1];
    // The same steps, bit for bit; the loss is a mean of 40 numbers in another order of summation.
    expect({ ...record, loss: 0 }).toEqual({ ...last, loss: 0 });
    expect(Math.abs(record.loss - last.loss)).toBeLessThanOrEqual(1e-12 * last.loss);
    expect(record.fitted).toBe(1);
    expect(record.loss).toBeLessThanOrEqual(0.02);
    for (const earlier of result.records.slice(0, -1)) expect(earlier.fitted === 1 && earlier.loss <= 0.02).toBe(false);

    // By 2000 powers of H from a random vector, which converge to 1e-4 unless the relative gap is below (ln 1e4)/4000,
    // 0.0023; with that gap Lanczos' residual of 1e-3 leaves (1e-3)²/0.0023, 4e-4.
    let v = randomStream(1, "powers").sphere(risk.parameterCount);
    let quotient = 0;
    for (let k = 0; k < 2000; k++) {
      const w = risk.hessianVectorProduct(v);
      quotient = w.reduce((sum, value, i) => sum + value * v[i], 0);
      const length = Math.hypot(...w);
      v = w.map((value) => value / length);
    }
    expect(Math.abs(result.sharpness! - quotient)).toBeLessThanOrEqual(5e-4 * quotient);
  });

  it("records epochs 0 to 5 and then every fifth more, and says when it did not get there", async () => {
    const { ended, epochs, records, sharpness } = await experiment.run(
      { ...small, randomFraction: 1, learningRate: 1e-3, maximumEpochs: 21 },
      0,
    );
    expect({ ended, epochs }).toEqual({ ended: "not fitted", epochs: 21 });
    expect(records.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 21]);
    expect(sharpness).toBeGreaterThan(0);
  });

  it("is gradient descent where the batch is everything: the loss falls at every record", async () => {
    const { records } = await experiment.run({ ...small, batchSize: 40, learningRate: 0.02, maximumEpochs: 30 }, 0);
    for (let k = 1; k < records.length; k++) expect(records[k].loss).toBeLessThan(records[k - 1].loss);
  });

  it("names a run that diverges", async () => {
    const { ended, sharpness } = await experiment.run({ ...small, learningRate: 1e9 }, 0);
    expect({ ended, sharpness }).toEqual({ ended: "diverged", sharpness: null });
  });

  it("trains the network of tensors: the same bits again", { timeout: 60_000 }, async () => {
    const result = await experiment.run(convolutional, 1);
    expect(result.records.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(result.records[2].loss).toBeLessThan(result.records[0].loss);
    expect(await experiment.run(convolutional, 1)).toEqual(result);
  });
});

describe("image-labels", () => {
  it("takes what its grid has", () => {
    for (const { configuration } of experiment.grid) {
      expect(experiment.validate("here", { ...configuration })).toEqual(configuration);
    }
  });

  it.each<[Record<string, unknown>, string]>([
    [{ set: "svhn" }, 'here: the set must be "mnist" or "cifar-10", got svhn'],
    [{ network: "resnet" }, 'here: the network must be "perceptron" or "vgg", got resnet'],
    [{ widths: [] }, "here: widths must be a list of integers, got"],
    [{ widths: [0] }, "here: a width must be an integer from 1 to 10000, got 0"],
    [{ trainingImages: 5001 }, "here: trainingImages must be an integer from 1 to 5000, got 5001"],
    [{ testImages: 0 }, "here: testImages must be an integer from 1 to 10000, got 0"],
    [{ randomFraction: -0.1 }, "here: randomFraction must be finite and not negative, got -0.1"],
    [{ randomFraction: 1.1 }, "here: randomFraction must be at most 1, got 1.1"],
    [{ batchSize: 41 }, "here: batchSize must be an integer from 1 to 40, got 41"],
    [{ batchSize: 12 }, "here: batchSize must divide trainingImages = 40, got 12"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ maximumEpochs: 0 }, "here: maximumEpochs must be an integer from 1 to 1000000, got 0"],
    [{ backend: "wasm" }, "here: the fields must be "],
    [{ network: "vgg", backend: "torch" }, "here: backend must be tensorflow, webgpu, wasm or cpu, got"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
