import { allFinite } from "../core/finite";
import { DivergenceError, type Matrix, requireThat } from "../core";
import { type OneSampleSamOptions, requireOptions } from "./one-sample-sam-options";
import {
  CHUNK,
  type OneSampleLoop,
  type OneSampleRule,
  type OneSampleSizes,
  plainOneSampleLoop,
} from "./one-sample-sam-plain";
import { wasmOneSampleLoop, wasmRefusal } from "./one-sample-sam-wasm";

/** A training run of 1-SAM; made by {@link oneSampleSam}. */
export interface OneSampleTrainer {
  readonly implementation: "WebAssembly" | "TypeScript";
  /** The number of steps done. */
  readonly step: number;
  /**
   * Does so many steps. How they are divided among calls makes no difference, but each call also looks once at every
   * parameter, which costs about as much as a step.
   *
   * Throws DivergenceError at the first step whose parameters, pre-activations, output or gradient are not finite, and
   * InvalidArgumentError when the number is not a non-negative integer.
   */
  readonly advance: (steps: number) => void;
  /** θ (p), a copy. */
  readonly parameters: () => Float64Array;
}

/**
 * SAM with batch size one (1-SAM; Wen, Li and Ma 2023) for two-layer ReLU networks, fused and in place. A step draws
 * a sample i uniformly, with replacement, and is, with the normalised perturbation of Foret et al. 2021,
 *
 *   g = ∇ℓ_i(θ),   ε = ρ g/‖g‖ (0 where g = 0),   θ ← (1 − ηλ)θ − η ∇ℓ_i(θ + ε).
 *
 * The loss is that of the one sample, (f − y)² or ½(f − y)², and weight decay takes the unperturbed θ. The network
 * and the layout of θ = (W, b, a) are those of `twoLayer` with ReLU, relu'(0) = 0.
 *
 * A step costs at most 4md operations (5md with weight decay): about 1 µs for d = 30, m = 100 in
 * WebAssembly, some 8 µs in TypeScript. Both give the same bits, on every machine. The data are copied once.
 *
 * @throws InvalidArgumentError when a size, rate, radius or name is not as the options say, when sizes do not belong
 *   together, when a number is not finite, or when WebAssembly is asked for and there is none.
 *
 * @example
 * const trainer = oneSampleSam({
 *   structure: "no bias", width: 1, inputs: matrix([[1]]), targets: Float64Array.of(0), start: Float64Array.of(1, 1),
 *   learningRate: 0.125, perturbationRadius: Math.SQRT2, loss: "half square", stream: randomStream(1),
 * });
 * trainer.advance(1); // f = 1 and ∇ℓ = (1, 1), so θ + ε = (2, 2), where f = 4 and ∇ℓ = (8, 8)
 * trainer.parameters(); // [0, 0]
 */
export function oneSampleSam(options: OneSampleSamOptions): OneSampleTrainer {
  requireOptions(options);
  const { structure, width, inputs, targets, start, stream } = options;
  const { rows: sampleCount, cols: inputCount } = inputs;
  const biased = structure !== "no bias";
  const sizes: OneSampleSizes = {
    sampleCount,
    width: 4 * Math.ceil(width / 4),
    dimension: 2 * Math.ceil((inputCount + (biased ? 1 : 0)) / 2),
  };
  const rule: OneSampleRule = {
    learningRate: options.learningRate,
    shrinkage: 1 - options.learningRate * (options.weightDecay ?? 0),
    perturbationRadius: options.perturbationRadius,
    lossSlope: options.loss === "square" ? 2 : 1,
    layerNormEpsilon: options.layerNormEpsilon ?? 0,
  };
  const implementation = chosenImplementation(options.implementation, sizes);
  const loop = implementation === "WebAssembly" ? wasmOneSampleLoop(sizes, rule) : plainOneSampleLoop(sizes, rule);
  fillData(loop, sizes.dimension, inputs, targets, biased);

  const rowOf = (j: number): Float64Array =>
    loop.weights.subarray(j * sizes.dimension, j * sizes.dimension + inputCount);
  const biasAt = (j: number): number => j * sizes.dimension + inputCount;
  const hiddenCount = width * (inputCount + (biased ? 1 : 0));
  for (let j = 0; j < width; j++) {
    rowOf(j).set(start.subarray(j * inputCount, (j + 1) * inputCount));
    if (biased) loop.weights[biasAt(j)] = start[width * inputCount + j];
  }
  loop.outputWeights.set(start.subarray(hiddenCount));

  let step = 0;
  const diverged = (what: string): never => {
    throw new DivergenceError("oneSampleSam", step, `${what} is not finite; the learning rate is ${rule.learningRate}`);
  };
  return {
    implementation,
    get step() {
      return step;
    },
    advance: (steps) => {
      const valid = Number.isSafeInteger(steps) && steps >= 0;
      requireThat(valid, "oneSampleSam", "the number of steps must be a non-negative integer", steps);
      for (let left = steps; left > 0; left -= CHUNK) {
        const count = Math.min(left, CHUNK);
        for (let t = 0; t < count; t++) loop.indices[t] = stream.integer(sampleCount);
        const done = loop.advance(count);
        step += done;
        if (done < count) diverged("a pre-activation, the output or the gradient");
      }
      if (allFinite(loop.weights) && allFinite(loop.outputWeights)) return;
      diverged("a parameter");
    },
    parameters: () => {
      const theta = new Float64Array(start.length);
      for (let j = 0; j < width; j++) {
        theta.set(rowOf(j), j * inputCount);
        if (biased) theta[width * inputCount + j] = loop.weights[biasAt(j)];
      }
      theta.set(loop.outputWeights.subarray(0, width), hiddenCount);
      return theta;
    },
  };
}

function chosenImplementation(
  wanted: OneSampleSamOptions["implementation"],
  sizes: OneSampleSizes,
): OneSampleTrainer["implementation"] {
  const refusal = wanted === "TypeScript" ? undefined : wasmRefusal(sizes);
  const possible = wanted !== "WebAssembly" || refusal === undefined;
  requireThat(possible, "oneSampleSam", 'implementation "WebAssembly" must be possible here', refusal);
  return wanted ?? (refusal === undefined ? "WebAssembly" : "TypeScript");
}

/** Writes the rows x' = (x, 1) or x, their squared norms and the targets. */
function fillData(
  loop: OneSampleLoop,
  dimension: number,
  inputs: Matrix,
  targets: Float64Array,
  biased: boolean,
): void {
  const { rows: n, cols: d } = inputs;
  for (let i = 0; i < n; i++) {
    const row = loop.inputs.subarray(i * dimension, (i + 1) * dimension);
    row.set(inputs.data.subarray(i * d, (i + 1) * d));
    if (biased) row[d] = 1;
    for (let k = 0; k < dimension; k++) loop.squaredNorms[i] += row[k] * row[k];
  }
  loop.targets.set(targets);
}
