import { type Matrix, type RandomStream, requireThat } from "../core";
import { requireEntryCount } from "../core/matrix";
import { requireFinite, requireSize } from "../core/requirements";
import { requireStructure, type TwoLayerStructure } from "../models/two-layer-structure";

/** The loss of one sample: "square" is (f − y)², "half square" is ½(f − y)². */
export type OneSampleLoss = "square" | "half square";

/** What 1-SAM needs. */
export interface OneSampleSamOptions {
  readonly structure: TwoLayerStructure;
  /** ε > 0 of the simplified layer norm, which needs it; the other structures have none. */
  readonly layerNormEpsilon?: number;
  /** The number m of neurons. */
  readonly width: number;
  /** X (n×d), one sample in each row. */
  readonly inputs: Matrix;
  /** y (n). */
  readonly targets: Float64Array;
  /** θ₀ = (W, b, a) (p), laid out as in `twoLayer`; copied. */
  readonly start: Float64Array;
  /** η > 0. */
  readonly learningRate: number;
  /** ρ ≥ 0; 0 is plain SGD with batch size one. */
  readonly perturbationRadius: number;
  /** λ ≥ 0, by default 0. */
  readonly weightDecay?: number;
  readonly loss: OneSampleLoss;
  /** Where the samples come from; every step takes one draw. */
  readonly stream: RandomStream;
  /** By default WebAssembly, where there is any and the environment variable FLAT_MINIMA_WASM is not `none`. */
  readonly implementation?: "WebAssembly" | "TypeScript";
}

const LOSSES: readonly OneSampleLoss[] = ["square", "half square"];

/** Refuses bad options. */
export function requireOptions(options: OneSampleSamOptions): void {
  const name = "oneSampleSam";
  const { structure, layerNormEpsilon, width, inputs, targets, start, loss, implementation } = options;
  const { learningRate, perturbationRadius, weightDecay = 0 } = options;
  requireStructure(name, structure, layerNormEpsilon);
  requireOneOf("loss", LOSSES, loss);
  requireSize(name, "width", width);
  requireThat(
    learningRate > 0 && learningRate < Infinity,
    name,
    "learningRate must be positive and finite",
    learningRate,
  );
  const radius = "perturbationRadius must be finite and not negative";
  requireThat(perturbationRadius >= 0 && perturbationRadius < Infinity, name, radius, perturbationRadius);
  const decay = "weightDecay must be finite and not negative";
  requireThat(weightDecay >= 0 && weightDecay < Infinity, name, decay, weightDecay);
  const { rows, cols } = inputs;
  requireThat(targets.length === rows, name, `targets must have length ${rows}`, targets.length);
  const parameterCount = width * (cols + (structure === "no bias" ? 1 : 2));
  requireThat(start.length === parameterCount, name, `start must have length ${parameterCount}`, start.length);
  requireEntryCount(name, inputs);
  requireFinite(name, "inputs", inputs.data);
  requireFinite(name, "targets", targets);
  requireFinite(name, "start", start);
  if (implementation !== undefined) requireOneOf("implementation", ["WebAssembly", "TypeScript"], implementation);
}

function requireOneOf(what: string, names: readonly string[], got: string): void {
  const requirement = `${what} must be one of ${names.map((name) => `"${name}"`).join(", ")}`;
  requireThat(names.includes(got), "oneSampleSam", requirement, got);
}
