import { InvalidArgumentError, randomStream, rowOf } from "flat-minima/core";
import { centredImages, halvedImages, loadImages, oneHot } from "flat-minima/data";
import { experiments, type ImageSamConfiguration } from "flat-minima/experiments";
import { initialParameters } from "flat-minima/models";
import { drawBatch } from "flat-minima/optimizers";
import {
  hessianVectorProduct,
  residualNetwork,
  tensorCrossEntropyLoss,
  tensorOutputs,
  tensorRisk,
  useTensorBackend,
} from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { realData, realDataIsThere } from "../real-data";

process.env.FLAT_MINIMA_DATA ||= realData;

const experiment = experiments["image-sam"];
const small: ImageSamConfiguration = {
  halvings: 2,
  widths: [1, 2],
  depth: 1,
  trainingImages: 12,
  testImages: 7,
  batchSize: 4,
  learningRate: 0.1,
  perturbationRadius: 0.5,
  steps: 4,
  fitEvery: 2,
  hessianEvery: 4,
  hessianImages: 5,
  backend: "wasm",
};

/** Training in loops over the gradients of batches, and the whole Hessian, column by column. */
async function naive({ perturbationRadius, learningRate, steps }: ImageSamConfiguration, seed: number) {
  await useTensorBackend("wasm");
  const train = loadImages("cifar-10", { split: "train", count: 12 });
  const test = loadImages("cifar-10", { split: "test", count: 7 });
  const halves = [train, test].map((one) =>
    halvedImages(halvedImages(one.images, one), { height: 16, width: 16, channels: 3 }),
  );
  const [X, Z] = halves.map((images) => centredImages(images, { of: halves[0] }));
  const network = residualNetwork({ imageShape: [8, 8, 3], widths: [1, 2], depth: 1, outputCount: 10 });
  const targets = oneHot(train.labels, 10);
  const risk = tensorRisk({ network, loss: tensorCrossEntropyLoss, inputs: X, targets });
  let theta = initialParameters(network, randomStream(seed, "image-sam", "initialisation"), { scheme: "He" });
  const stream = randomStream(seed, "image-sam", "batches", 4);
  for (let t = 0; t < steps; t++) {
    const batch = drawBatch(stream, { sampleCount: 12, batchSize: 4, sampling: "with replacement" });
    let { gradient } = await risk.evaluate(theta, batch);
    if (perturbationRadius > 0) {
      const factor = perturbationRadius / Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
      const ascended = theta.map((value, k) => value + factor * gradient[k]);
      gradient = (await risk.evaluate(ascended, batch)).gradient;
    }
    theta = theta.map((value, k) => value - learningRate * gradient[k]);
  }
  const fit = async (images: typeof X, labels: ArrayLike<number>) => {
    const outputs = await tensorOutputs(network, theta, images);
    let [loss, right] = [0, 0];
    for (let i = 0; i < images.rows; i++) {
      const f = [...rowOf(outputs, i)];
      loss += Math.log(f.reduce((sum, value) => sum + Math.exp(value - f[labels[i]]), 0)) / images.rows;
      if (f.every((value) => value <= f[labels[i]])) right += 1 / images.rows;
    }
    return { loss, accuracy: right };
  };
  const columns = Array.from(theta, (_, k) => {
    const unit = new Float64Array(theta.length);
    unit[k] = 1;
    return hessianVectorProduct((point) => risk.loss(point, [0, 1, 2, 3, 4]), theta, unit);
  });
  return { train: await fit(X, train.labels), test: await fit(Z, test.labels), columns };
}

/** Float32's rounding, 6e-8, over four steps of a net with seven layers: as TOLERANCE in test/tensor/image-networks.ts. */
const TOLERANCE = 4 * 6e-5;

describe.skipIf(!realDataIsThere)("image-sam, on real images", () => {
  it.each([0, 0.5])("is SGD or SAM in loops, for ρ = %d", { timeout: 120_000 }, async (perturbationRadius) => {
    const configuration = { ...small, perturbationRadius };
    const { ended, step, records } = await experiment.run(configuration, 1);
    expect([ended, step]).toEqual(["finished", 4]);
    expect(records.map((record) => record.step)).toEqual([0, 2, 4]);
    expect(records.map(({ gradients }) => gradients)).toEqual(perturbationRadius > 0 ? [0, 4, 8] : [0, 2, 4]);
    expect(records.map(({ hessian }) => hessian === null)).toEqual([true, true, false]);
    const { train, test, hessian } = records[2];
    const expected = await naive(configuration, 1);
    for (const [fit, own] of [
      [train, expected.train],
      [test, expected.test],
    ]) {
      expect(Math.abs(fit.loss - own.loss)).toBeLessThan(TOLERANCE * own.loss);
      expect(fit.accuracy).toBeCloseTo(own.accuracy, 12);
    }
    // λ_max ≥ H_kk for all k, and ≤ the largest sum of moduli in a column; Hutchinson's within 6 of its errors.
    const diagonal = expected.columns.map((column, k) => column[k]);
    const most = Math.max(...expected.columns.map((column) => column.reduce((sum, h) => sum + Math.abs(h), 0)));
    expect(hessian!.sharpness).toBeGreaterThan(Math.max(...diagonal));
    expect(hessian!.sharpness).toBeLessThan(most);
    const trace = diagonal.reduce((sum, h) => sum + h, 0);
    expect(Math.abs(hessian!.trace - trace)).toBeLessThan(6 * hessian!.traceError);
  });

  it("names what diverges", async () => {
    const result = await experiment.run({ ...small, learningRate: 1e30 }, 1);
    expect(result.ended).toBe("diverged");
    expect(result.step).toBeLessThan(4);
  });
});

describe("image-sam", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ halvings: 4 }, "here: halvings must be an integer from 0 to 3, got 4"],
    [{ widths: [] }, "here: widths must be a list of integers, got []"],
    [{ widths: [0] }, "here: a width must be an integer from 1 to 1000, got 0"],
    [{ depth: 0 }, "here: depth must be an integer from 1 to 100, got 0"],
    [{ trainingImages: 1 }, "here: trainingImages must be an integer from 2 to 50000, got 1"],
    [{ testImages: 0 }, "here: testImages must be an integer from 1 to 10000, got 0"],
    [{ batchSize: 13 }, "here: batchSize must be an integer from 1 to 12, got 13"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ perturbationRadius: -1 }, "here: perturbationRadius must be finite and not negative, got -1"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 1000000000, got 0"],
    [{ fitEvery: 5 }, "here: fitEvery must be an integer from 1 to 4, got 5"],
    [{ hessianEvery: 3 }, "here: hessianEvery must be a multiple of fitEvery = 2, got 3"],
    [{ hessianImages: 13 }, "here: hessianImages must be an integer from 1 to 12, got 13"],
    [{ backend: "cpu" }, 'here: backend must be "tensorflow" or "wasm", got cpu'],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
