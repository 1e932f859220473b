import { DivergenceError, hutchinsonTrace, type Matrix, randomStream, requireThat, topEigenpairs } from "../core";
import { initialParameters } from "../models";
import type { StoppedTensorTrainingError } from "../tensor";
import type { TensorExperimentBackend } from "./image-network-sizes";
import { type ClassificationFit, classificationFit, classifiedImages } from "./classified-images";
import type { Experiment } from "./experiment";
import { requireFields, requireInteger, requireNonNegative, requirePositive } from "./requirements";

/** SGD or SAM on a ResNet-like net, on images of CIFAR-10. */
export interface ImageSamConfiguration {
  /** The images are 32 × 32, with their height and width halved so many times, 0 to 3. */
  readonly halvings: number;
  /** The channels of each stage, first to last. */
  readonly widths: readonly number[];
  /** Blocks, of two convolutions each, in each stage. */
  readonly depth: number;
  /** n: the first n training images. */
  readonly trainingImages: number;
  readonly testImages: number;
  /** B, drawn with replacement. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** ρ; 0 is SGD. */
  readonly perturbationRadius: number;
  readonly steps: number;
  /** The losses and accuracies are looked at this often. */
  readonly fitEvery: number;
  /** The Hessian is looked at this often, a multiple of `fitEvery`. */
  readonly hessianEvery: number;
  /** The Hessian is that of the loss over so many of the first training images. */
  readonly hessianImages: number;
  readonly backend: TensorExperimentBackend;
}

/** The Hessian of the training loss over some images. */
export interface ImageHessian {
  /** λ_max, within 0.1 % of the Hessian's norm. */
  readonly sharpness: number;
  /** Hutchinson's estimate of the trace and its standard error. */
  readonly trace: number;
  readonly traceError: number;
}

/** The state of training after so many steps. */
export interface ImageSamRecord {
  readonly step: number;
  /** The gradients of batches so far: one a step of SGD, two of SAM. */
  readonly gradients: number;
  readonly train: ClassificationFit;
  readonly test: ClassificationFit;
  /** null where it was not looked at. */
  readonly hessian: ImageHessian | null;
}

/** What became of the run. */
export interface ImageSamResult {
  readonly ended: "finished" | "diverged";
  /** The last step whose parameters are finite. */
  readonly step: number;
  /** At multiples of `fitEvery`. */
  readonly records: ImageSamRecord[];
}

const NAME = "image-sam";
const PROBES = 8;
const LANCZOS_TOLERANCE = 1e-3;

const miniature = {
  halvings: 2,
  widths: [16, 32],
  depth: 1,
  trainingImages: 1000,
  testImages: 1000,
  batchSize: 32,
  learningRate: 0.2,
  fitEvery: 250,
  hessianEvery: 1000,
  hessianImages: 256,
  backend: "wasm",
} as const;

/**
 * Claim W36 (Chen, Hsieh and Gong 2022) in miniature: a ResNet-like net without normalisation, trained by SGD and by SAM
 * from the same start with the same batches; the fit along the run, and the Hessian's top eigenvalue and trace. SGD makes
 * twice as many steps and is looked at half way, so that there are both comparisons: after as many steps, and after as
 * many gradients. The learning rate is one at which SGD fits these images in that time (tuned for SGD); of 16 × 16 pixels
 * it does not fit them all in as much time, so that they are halved twice.
 *
 * With "wasm" the training is the same bits on every machine with WebAssembly's SIMD. Lanczos' method ends at a residual
 * of 1e-3 of the norm, where its last bits, which the BLAS has, may cost or spare it a step: two runs are within twice that.
 *
 * At a larger scale: `npm run sweep -- image-sam --grid notebooks/results/grids/image-sam-paper.json`.
 */
export const imageSam: Experiment<ImageSamConfiguration, ImageSamResult> = {
  name: NAME,
  description: "SGD and SAM on a ResNet-like net and CIFAR-10: accuracy and sharpness over the radius (W36)",
  version: 1,
  data: ["cifar-10"],
  tolerance: 2 * LANCZOS_TOLERANCE,
  grid: [
    { perturbationRadius: 0, steps: 2000 },
    ...[0.02, 0.05, 0.1, 0.2].map((perturbationRadius) => ({ perturbationRadius, steps: 1000 })),
  ].map((rule) => ({ configuration: { ...miniature, ...rule }, seeds: [0, 1, 2] })),

  validate(functionName, configuration) {
    requireFields(functionName, configuration, [...Object.keys(miniature), "perturbationRadius", "steps"]);
    const { backend, hessianEvery, fitEvery } = configuration;
    const { halvings, widths, depth, trainingImages, testImages, batchSize, steps, hessianImages } = configuration;
    requireInteger(functionName, "halvings", halvings, 0, 3);
    const isList = Array.isArray(widths) && widths.length > 0;
    requireThat(isList, functionName, "widths must be a list of integers", widths);
    for (const width of widths as unknown[]) requireInteger(functionName, "a width", width, 1, 1000);
    requireInteger(functionName, "depth", depth, 1, 100);
    requireInteger(functionName, "trainingImages", trainingImages, 2, 50_000);
    requireInteger(functionName, "testImages", testImages, 1, 10_000);
    requireInteger(functionName, "batchSize", batchSize, 1, trainingImages);
    requirePositive(functionName, "learningRate", configuration.learningRate);
    requireNonNegative(functionName, "perturbationRadius", configuration.perturbationRadius);
    requireInteger(functionName, "steps", steps, 1, 1e9);
    requireInteger(functionName, "fitEvery", fitEvery, 1, steps);
    requireInteger(functionName, "hessianEvery", hessianEvery, 1, steps);
    const multiple = hessianEvery % fitEvery === 0;
    requireThat(multiple, functionName, `hessianEvery must be a multiple of fitEvery = ${fitEvery}`, hessianEvery);
    requireInteger(functionName, "hessianImages", hessianImages, 1, trainingImages);
    const computes = backend === "tensorflow" || backend === "wasm";
    requireThat(computes, functionName, 'backend must be "tensorflow" or "wasm"', backend);
    return configuration as unknown as ImageSamConfiguration;
  },

  async run(configuration, seed) {
    const { halvings, widths, depth, trainingImages, testImages, batchSize, hessianImages } = configuration;
    const { learningRate, perturbationRadius, steps, fitEvery, hessianEvery, backend } = configuration;
    const tensors = await import("../tensor/index.js");
    await tensors.useTensorBackend(backend);
    const counts = { train: trainingImages, test: testImages };
    const { train, test, imageShape } = classifiedImages("cifar-10", counts, halvings);
    const network = tensors.residualNetwork({ imageShape, widths, depth, outputCount: train.targets.cols });
    const loss = tensors.tensorCrossEntropyLoss;
    const risk = tensors.tensorRisk({ network, loss, ...train });
    const riskOfHessian = tensors.tensorRisk({
      network,
      loss,
      inputs: firstRows(train.inputs, hessianImages),
      targets: firstRows(train.targets, hessianImages),
    });

    const hessianAt = async (theta: Float64Array, step: number): Promise<ImageHessian> => {
      const hessian = tensors.tensorHessianOperator(riskOfHessian, theta);
      const stream = randomStream(seed, NAME, "Lanczos", step);
      const { values } = await topEigenpairs(hessian, { stream, tolerance: LANCZOS_TOLERANCE });
      const probes = { samples: PROBES, stream: randomStream(seed, NAME, "probes", step) };
      const { value, standardError } = await hutchinsonTrace(hessian, probes);
      return { sharpness: values[0], trace: value, traceError: standardError };
    };
    const observe = async (at: { step: number; parameters: Float64Array }): Promise<ImageSamRecord> => {
      const { step, parameters } = at;
      const [ofTrain, ofTest] = [
        await tensors.tensorOutputs(network, parameters, train.inputs),
        await tensors.tensorOutputs(network, parameters, test.inputs),
      ];
      return {
        step,
        gradients: perturbationRadius > 0 ? 2 * step : step,
        train: classificationFit(ofTrain, train.targets),
        test: classificationFit(ofTest, test.targets),
        hessian: step > 0 && step % hessianEvery === 0 ? await hessianAt(parameters, step) : null,
      };
    };

    const start = initialParameters(network, randomStream(seed, NAME, "initialisation"), { scheme: "He" });
    const stream = randomStream(seed, NAME, "batches", batchSize);
    try {
      const { step, observations } = await tensors.trainTensorNetwork(risk, start, {
        steps,
        learningRate,
        perturbationRadius,
        batch: { batchSize, sampling: "with replacement", stream },
        every: fitEvery,
        observe,
      });
      return { ended: "finished", step, records: observations };
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      const { step, observations } = (error as unknown as StoppedTensorTrainingError<ImageSamRecord>).training;
      return { ended: "diverged", step, records: observations };
    }
  },
};

function firstRows({ cols, data }: Matrix, count: number): Matrix {
  return { rows: count, cols, data: data.slice(0, count * cols) };
}
