import * as tf from "@tensorflow/tfjs-core";
import { DivergenceError, InterruptedError, norm, randomStream } from "flat-minima/core";
import { readNpy, writeNpy } from "flat-minima/data";
import { convolutional, crossEntropyLoss, empiricalRisk } from "flat-minima/models";
import {
  gradientDescent,
  runTrajectory,
  sam,
  stochasticGradientDescent,
  stochasticSam,
  type UpdateMap,
} from "flat-minima/optimizers";
import {
  type ImageShape,
  type StoppedTensorTrainingError,
  tensorCrossEntropyLoss,
  type TensorCheckpoint,
  tensorRisk,
  type TensorTrainingOptions,
  trainTensorNetwork,
  vgg,
} from "flat-minima/tensor";
import { afterEach, describe, expect, it } from "vitest";
import { installFakeHost, removeFakeHost } from "../core/fake-host";
import { onEveryBackend } from "./backends";
import { noiseImages, startOf, TOLERANCE } from "./image-networks";

afterEach(removeFakeHost);

const imageShape = [6, 6, 1] as ImageShape;
const network = vgg({ imageShape, widths: [4], depth: 1, outputCount: 3, padding: "valid", pooling: "average" });
const layers = [{ channels: 4, kernel: 3, pool: 2 }];
const twin = convolutional({ imageShape, layers, activation: "relu", outputCount: 3 });
const { inputs, targets } = noiseImages(network, 10);
const start = startOf(network);
const core = empiricalRisk({ network: twin, loss: crossEntropyLoss, inputs, targets });
const risk = tensorRisk({ network, loss: tensorCrossEntropyLoss, inputs, targets, chunkSize: 4 });

const learningRate = 0.05;
const perturbationRadius = 0.1;
const rule = { batchSize: 3, sampling: "with replacement" } as const;
const subsets = { batchSize: 3, sampling: "without replacement" } as const;
const stream = () => randomStream(2, "batches");
const stochastic = { ...core, learningRate };

/** What to train by, and the same optimizer of the float64 core. */
const twins: Record<string, { options: () => Partial<TensorTrainingOptions>; update: () => UpdateMap }> = {
  "gradient descent": { options: () => ({}), update: () => gradientDescent({ ...core, learningRate }) },
  "SGD with replacement": {
    options: () => ({ batch: { ...rule, stream: stream() } }),
    update: () => stochasticGradientDescent({ ...stochastic, ...rule, stream: stream() }),
  },
  "SGD without replacement": {
    options: () => ({ batch: { ...subsets, stream: stream() } }),
    update: () => stochasticGradientDescent({ ...stochastic, ...subsets, stream: stream() }),
  },
  SAM: {
    options: () => ({ perturbationRadius }),
    update: () => sam({ ...core, learningRate, perturbationRadius }),
  },
  "SAM on batches": {
    options: () => ({ batch: { ...rule, stream: stream() }, perturbationRadius }),
    update: () => stochasticSam({ ...stochastic, ...rule, perturbationRadius, stream: stream() }),
  },
};

onEveryBackend((backend) => {
  const steps = 8;
  const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((entry, k) => entry - b[k]));

  describe.each(Object.entries(twins))("%s", (name, { options, update }) => {
    it("is that of the float64 core, and of no other optimizer", async () => {
      const { parameters, batchLosses } = await trainTensorNetwork(risk, start, { ...options(), steps, learningRate });
      expect(batchLosses.length).toBe(steps);
      const length = async (of: UpdateMap) => (await runTrajectory(of, start, { steps })).parameters;
      const expected = await length(update());
      // Each gradient is off by TOLERANCE of its norm, which is about path/(η steps); later steps double that at the most:
      // (1 + η‖H‖)^8 < 2 for ‖H‖ < 1.8.
      const path = distance(expected, start);
      expect(distance(parameters, expected)).toBeLessThan(2 * TOLERANCE * path);
      for (const other of Object.keys(twins).filter((key) => key !== name)) {
        expect(distance(parameters, await length(twins[other].update()))).toBeGreaterThan(0.001 * path);
      }
    });

    it("goes on from a checkpoint as if it had not stopped", async () => {
      const saved: TensorCheckpoint[] = [];
      const checkpoints = { every: 3, save: (checkpoint: TensorCheckpoint) => void saved.push(checkpoint) };
      const whole = await trainTensorNetwork(risk, start, { ...options(), steps, learningRate, checkpoints });
      expect(saved.map(({ step }) => step)).toEqual([3, 6, 8]);
      const { data } = readNpy(writeNpy({ shape: [start.length], data: saved[1].parameters }));
      const rest = await trainTensorNetwork(
        risk,
        { step: 6, parameters: data },
        { ...options(), steps, learningRate, every: 2, observe: ({ step }) => step },
      );
      expect([rest.step, rest.steps, rest.observations]).toEqual([8, [6, 8], [6, 8]]);
      // TensorFlow adds up in parallel, in an order that may change.
      if (backend === "tensorflow") {
        expect(distance(rest.parameters, whole.parameters)).toBeLessThan(TOLERANCE * distance(whole.parameters, start));
      } else {
        expect(rest.parameters).toEqual(whole.parameters);
        expect(rest.batchLosses).toEqual(whole.batchLosses.slice(6));
      }
    });
  });

  it("observes θ and leaves the start as it is", async () => {
    const before = start.slice();
    const { steps: seen, observations } = await trainTensorNetwork(risk, start, {
      steps: 5,
      learningRate,
      every: 2,
      observe: ({ parameters }) => Promise.resolve(core.loss(parameters)),
    });
    expect(seen).toEqual([0, 2, 4]);
    expect(observations[0]).toBe(core.loss(start));
    expect(observations[2]).toBeLessThan(observations[0]);
    expect(start).toEqual(before);
  });

  it("leaves no tensor behind", async () => {
    const options = { steps: 3, learningRate, perturbationRadius };
    await trainTensorNetwork(risk, start, options);
    const before = tf.memory();
    await trainTensorNetwork(risk, start, { ...options, batch: { ...rule, stream: stream() }, steps: 20 });
    const during: number[] = [];
    await trainTensorNetwork(risk, start, { ...options, observe: () => void during.push(tf.memory().numTensors) });
    expect(during).toEqual(during.map(() => before.numTensors));
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it("names the step and the rate of a divergence, and hands over what there was", async () => {
    const error: unknown = await trainTensorNetwork(risk, start, { steps: 50, learningRate: 1e20 }).catch((e) => e);
    expect(error).toBeInstanceOf(DivergenceError);
    const { message, step, training } = error as DivergenceError & StoppedTensorTrainingError;
    expect(message).toMatch(/^trainTensorNetwork: diverged at step \d+, .* \(learning rate 100000000000000000000\)$/);
    expect(step).toBeGreaterThan(0);
    expect(training.step).toBeGreaterThanOrEqual(step - 1);
    expect(training.batchLosses.length).toBe(training.step);
    expect(training.parameters.every((entry) => Math.abs(entry) < 3.5e38)).toBe(true);
    expect(training.batchLosses.every(Number.isFinite)).toBe(true);
  });

  it("hands over what there was when it is interrupted, and goes on from there", async () => {
    const options = { steps: 6, learningRate, progress: "training" };
    const host = installFakeHost();
    // Heard between the chunks of the gradient at step 4.
    const observe = ({ step }: TensorCheckpoint) => (step === 4 ? host.interrupt() : undefined);
    const error: unknown = await trainTensorNetwork(risk, start, { ...options, observe }).catch((e: unknown) => e);
    removeFakeHost(); // it stays interrupted
    expect(error).toBeInstanceOf(InterruptedError);
    expect(host.sent[0].data["text/plain"]).toMatch(/^training \[/);
    const { training } = error as StoppedTensorTrainingError;
    expect([training.step, training.batchLosses.length]).toEqual([4, 4]);
    const whole = await trainTensorNetwork(risk, start, options);
    const rest = await trainTensorNetwork(risk, training, options);
    const path = distance(whole.parameters, start);
    expect(distance(rest.parameters, whole.parameters)).toBeLessThan(TOLERANCE * path);
  });

  it("stays at a point where the gradient is 0, also with SAM", async () => {
    const flat = { ...risk, evaluate: () => Promise.resolve({ loss: 1, gradient: new Float64Array(start.length) }) };
    const { parameters } = await trainTensorNetwork(flat, start, { steps: 2, learningRate, perturbationRadius });
    expect(parameters).toEqual(start);
  });
});

describe("trainTensorNetwork", () => {
  it("names bad arguments before it draws a batch", async () => {
    const options = { steps: 2, learningRate };
    const refused = (from: Float64Array | TensorCheckpoint, more: Partial<TensorTrainingOptions>, message: string) =>
      expect(trainTensorNetwork(risk, from, { ...options, ...more })).rejects.toThrow(`trainTensorNetwork: ${message}`);
    await refused(start, { learningRate: 0 }, "learningRate must be positive and finite, got 0");
    await refused(start, { steps: -1 }, "steps must be an integer of at least 0, got -1");
    await refused(start, { perturbationRadius: -1 }, "perturbationRadius must be finite and at least 0, got -1");
    await refused(start.slice(1), {}, `parameters must have length ${start.length}, got ${start.length - 1}`);
    await refused({ step: 3, parameters: start }, {}, "the start's step must be at most steps = 2, got 3");
    await refused(
      start.map(() => 1e39),
      {},
      "the start must be finite in single precision, got 1e+39 at index 0",
    );
    const checkpoints = { every: 0, save: () => {} };
    await refused(start, { checkpoints }, "checkpoints.every must be a positive integer, got 0");
    const fresh = stream();
    const batch = { batchSize: 11, sampling: "without replacement", stream: fresh } as const;
    await refused(start, { batch }, "batchSize must be at most sampleCount = 10 without replacement, got 11");
    expect(fresh.uniform()).toBe(stream().uniform());
  });
});
