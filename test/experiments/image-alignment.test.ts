import { type Matrix, InvalidArgumentError, randomStream } from "flat-minima/core";
import { type ClassifierAlignment, experiments, type ImageAlignmentConfiguration } from "flat-minima/experiments";
import { initialParameters } from "flat-minima/models";
import { alignmentCertificates, meanSquareThresholdFromGram } from "flat-minima/stability";
import { residualNetwork, tensorHalfSquareLoss, tensorOutputs, tensorRisk, vgg } from "flat-minima/tensor";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { realData, realDataIsThere } from "../real-data";
import { naiveAlignment, naiveTwoClasses } from "./naive-classifier";

const experiment = experiments["image-alignment"];
const small: ImageAlignmentConfiguration = {
  family: "vgg",
  width: 2,
  depth: 1,
  sampleCount: 10,
  batchSize: 3,
  learningRate: 0.02,
  warmUpSteps: 2,
  steps: 6,
  every: 3,
  backend: "wasm",
};

describe.skipIf(!realDataIsThere)("image-alignment, on CIFAR-10", () => {
  beforeAll(() => vi.stubEnv("FLAT_MINIMA_DATA", realData));
  afterAll(() => vi.unstubAllEnvs());

  it("sees what SGD in loops and p × p matrices see", async () => {
    const { sampleCount: n, batchSize, learningRate } = small;
    const { inputs, targets } = naiveTwoClasses("cifar-10", [0, 1], n);
    const network = vgg({ imageShape: [16, 16, 3], widths: [2, 4, 8], depth: 1, outputCount: 1 });
    const wanted = { rows: n, cols: 1, data: targets };
    const result = await experiment.run(small, 1); // starts the backend, too
    expect(result).toMatchObject({ ended: "completed", parameterCount: 461 });
    expect(result.observations.map(({ step }) => step)).toEqual([0, 3, 6]);

    const risk = tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets: wanted });
    const draws = (phase: string) => randomStream(1, "image-alignment", phase);
    const theta = initialParameters(network, draws("initialisation"), { scheme: "He" });
    const [slow, full] = [draws("warm-up batches"), draws("batches")];
    // The steps of the warm-up pass in the other stream, too.
    for (let k = 0; k < small.warmUpSteps * batchSize; k++) full.integer(n);
    let gradients: Float64Array[] = [];
    for (let step = 0; step <= small.steps; step++) {
      const seen = result.observations.find((one) => one.step === step);
      if (seen) {
        const outputs = await tensorOutputs(network, theta, inputs);
        const residuals = Array.from(outputs.data, (output, i) => output - targets[i]);
        gradients = [];
        for (let i = 0; i < n; i++) {
          gradients.push((await risk.evaluate(theta, [i])).gradient.map((value) => value / residuals[i]));
        }
        for (const [name, value] of Object.entries(naiveAlignment(gradients, residuals, targets))) {
          const measured = seen[name as keyof ClassifierAlignment];
          // Gradients in single precision, of sums of up to 256 positions: 256 · 6e-8 = 2e-5, entering up to four
          // times, with the largest weight where factors are differences.
          expect(Math.abs(measured - value), `${name} at ${step}`).toBeLessThanOrEqual(4e-4 * Math.abs(value));
        }
      }
      const warm = step < small.warmUpSteps;
      const batch = Array.from({ length: batchSize }, () => (warm ? slow : full).integer(n));
      const { gradient } = await risk.evaluate(theta, batch);
      for (let k = 0; k < theta.length; k++) theta[k] -= (warm ? 0.1 : 1) * learningRate * gradient[k];
    }

    const gram: Matrix = {
      rows: n,
      cols: n,
      data: Float64Array.from({ length: n * n }, (_, k) =>
        gradients[Math.floor(k / n)].reduce((sum, value, l) => sum + value * gradients[k % n][l], 0),
      ),
    };
    const end = result.end!;
    const threshold = await meanSquareThresholdFromGram({ gram, batchSize, sampling: "with replacement" });
    expect(Math.abs(end.threshold - threshold.value)).toBeLessThanOrEqual(4e-4 * threshold.value);
    // A least eigenvalue, to 4e-4 of the largest χ/χ̄, which is at most n.
    const certified = alignmentCertificates(gram).mu.value;
    expect(Math.abs(end.certifiedAlignment - certified)).toBeLessThanOrEqual(4e-4 * n);
    expect(certified).toBeGreaterThan(4e-4 * n * 0.1);
  });

  it("trains the family it names, the same again, another for another seed", async () => {
    const configuration = { ...small, family: "residual", warmUpSteps: 0 } as const;
    const result = await experiment.run(configuration, 1);
    const net = residualNetwork({ imageShape: [16, 16, 3], widths: [2, 4, 8], depth: 1, outputCount: 1 });
    expect(result.parameterCount).toBe(net.parameterCount);
    expect(result.observations.map(({ step }) => step)).toEqual([0, 3, 6]);
    expect(await experiment.run(configuration, 1)).toEqual(result);
    expect(await experiment.run(configuration, 2)).not.toEqual(result);
  });

  it("names a run that diverges", async () => {
    const result = await experiment.run({ ...small, learningRate: 1e20 }, 1);
    expect(result).toMatchObject({ ended: "diverged", end: null });
  });
});

describe("image-alignment", () => {
  it.each<[Record<string, unknown>, string]>([
    [{ family: "perceptron" }, 'here: family must be "vgg" or "residual", got perceptron'],
    [{ width: 0 }, "here: width must be an integer from 1 to 1000, got 0"],
    [{ depth: 0 }, "here: depth must be an integer from 1 to 100, got 0"],
    [{ backend: "cpu" }, 'here: backend must be "tensorflow" or "wasm", got cpu'],
    [{ sampleCount: 1 }, "here: sampleCount must be an integer from 2 to 6000, got 1"],
    [{ batchSize: 0 }, "here: batchSize must be an integer from 1 to 10000, got 0"],
    [{ learningRate: 0 }, "here: learningRate must be positive and finite, got 0"],
    [{ steps: 0 }, "here: steps must be an integer from 1 to 1000000000, got 0"],
    [{ warmUpSteps: 7 }, "here: warmUpSteps must be an integer from 0 to 6, got 7"],
    [{ every: 7 }, "here: every must be an integer from 1 to 6, got 7"],
    [{ every: 4 }, "here: steps must be a multiple of every = 4, got 6"],
  ])("refuses %j", (change, message) => {
    const refused = () => experiment.validate("here", { ...small, ...change });
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
