import { InvalidArgumentError, randomStream } from "flat-minima/core";
import { fashionMnistSample, loadImages } from "flat-minima/data";
import { experiments, type ImageEdgeConfiguration } from "flat-minima/experiments";
import { initialParameters, multilayerPerceptron } from "flat-minima/models";
import { beforeAll, describe, expect, it } from "vitest";
import { realData, realDataIsThere } from "../real-data";

const experiment = experiments["image-edge"];
const small: ImageEdgeConfiguration = {
  task: "fashion-ten",
  sampleCount: 12,
  hiddenWidths: [4, 3],
  learningRate: 0.05,
  steps: 20,
  every: 10,
};

type Pixels = { images: { cols: number; data: Float64Array }; height: number; width: number; channels: number };

/** Images averaged over blocks of b × b pixels, each entry less its mean, all over their root mean square; in loops. */
function centredBlocks({ images, height, width, channels }: Pixels, rows: readonly number[], b: number): number[][] {
  const blocks = rows.map((i) => {
    const values: number[] = [];
    for (let r = 0; r < height; r += b)
      for (let q = 0; q < width; q += b)
        for (let k = 0; k < channels; k++) {
          let sum = 0;
          for (let u = 0; u < b; u++)
            for (let v = 0; v < b; v++) sum += images.data[i * images.cols + ((r + u) * width + q + v) * channels + k];
          values.push(sum / b ** 2);
        }
    return values;
  });
  const means = blocks[0].map((_, k) => blocks.reduce((sum, block) => sum + block[k], 0) / blocks.length);
  const rests = blocks.map((block) => block.map((value, k) => value - means[k]));
  const size = Math.sqrt(rests.flat().reduce((sum, value) => sum + value * value, 0) / rests.flat().length);
  return rests.map((rest) => rest.map((value) => value / size));
}

/** L(θ_0) by loops, of the network that a seed of the experiment starts with. */
function naiveLoss(inputs: number[][], targets: number[][], seed: number): number {
  const widths = [inputs[0].length, ...small.hiddenWidths, targets[0].length];
  const network = multilayerPerceptron({ widths, activation: "relu" });
  const stream = randomStream(seed, "image-edge", "initialisation");
  const theta = initialParameters(network, stream, { scheme: "LeCun" });
  let loss = 0;
  inputs.forEach((x, i) => {
    let state = x;
    let at = 0;
    widths.slice(1).forEach((outputs, layer) => {
      const before = state;
      const bias = at + before.length * outputs;
      state = Array.from({ length: outputs }, (_, j) =>
        before.reduce((sum, value, k) => sum + value * theta[at + k * outputs + j], theta[bias + j]),
      );
      if (layer < widths.length - 2) state = state.map((value) => Math.max(value, 0));
      at = bias + outputs;
    });
    state.forEach((output, j) => (loss += (output - targets[i][j]) ** 2));
  });
  return loss / (2 * inputs.length);
}

/** Sums of some hundred products of size 1, in another order: 1e3 eps of the loss. */
const close = (value: number, expected: number) => Math.abs(value - expected) <= 1e-12 * expected;
const firstTwelve = Array.from({ length: 12 }, (_, i) => i);

describe("image-edge", () => {
  it("starts at the mean half square loss of its network on the first shipped images", async () => {
    const sample = fashionMnistSample();
    const inputs = centredBlocks({ ...sample, channels: 1 }, firstTwelve, 2);
    const ten = firstTwelve.map((i) => Array.from({ length: 10 }, (_, k) => Number(sample.labels[i] === k)));
    const halves = firstTwelve.map((i) => [sample.labels[i] < 5 ? -1 : 1]);
    const { losses } = await experiment.run(small, 3);
    expect(close(losses[0], naiveLoss(inputs, ten, 3))).toBe(true);
    const other = await experiment.run({ ...small, task: "fashion-halves" }, 3);
    expect(close(other.losses[0], naiveLoss(inputs, halves, 3))).toBe(true);
  });

  it("looks where it is told to, descends, and gives the same again", async () => {
    const result = await experiment.run(small, 1);
    expect(result).toMatchObject({ ended: "completed", lastStep: 20, steps: [0, 10, 20] });
    expect(result.losses[2]).toBeLessThan(result.losses[0]);
    expect(await experiment.run(small, 1)).toEqual(result);
  });

  it("names the step of a run that diverges", async () => {
    const result = await experiment.run({ ...small, learningRate: 1e4, steps: 1000 }, 1);
    expect(result.ended).toBe("diverged");
    expect(result.lastStep).toBeLessThan(1000);
  });

  describe.skipIf(!realDataIsThere)("on CIFAR-10", () => {
    beforeAll(() => void (process.env.FLAT_MINIMA_DATA = realData));

    it("starts at the loss on the first airplanes and automobiles", async () => {
      const all = loadImages("cifar-10", { split: "train", count: 96 });
      const rows = Array.from(all.labels.keys())
        .filter((i) => all.labels[i] < 2)
        .slice(0, 12);
      const targets = rows.map((i) => [all.labels[i] === 0 ? 1 : -1]);
      const { losses } = await experiment.run({ ...small, task: "cifar-two" }, 2);
      expect(close(losses[0], naiveLoss(centredBlocks(all, rows, 4), targets, 2))).toBe(true);
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ task: "mnist" }, "here: task must be one of fashion-ten, fashion-halves, cifar-two, got mnist"],
    [{ sampleCount: 251 }, "here: sampleCount must be an integer from 2 to 250, got 251"],
    [{ task: "cifar-two", sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 10000, got 1"],
    [{ hiddenWidths: 3 }, "here: hiddenWidths must be a list, got 3"],
    [{ hiddenWidths: [0] }, "here: a hidden width must be an integer from 1 to 10000, got 0"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 1000000000, got 0"],
    [{ every: 0.5 }, "here: every must be an integer from 1 to 1000000000, got 0.5"],
    [{ noise: 1 }, "here: the fields must be"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
