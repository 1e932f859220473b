import { engine, type Matrix } from "../core";
import type { ActivationKind, Kernels } from "../core/kernels/kernels";
import { openWorkspace } from "../core/kernels/workspace";
import type { LayerLayout } from "./layer-layout";
import { blasProducts, kernelProducts, type LayerProducts } from "./multilayer-perceptron-products";

/** What a perceptron is made of. */
export interface PerceptronShape {
  readonly layers: readonly LayerLayout[];
  readonly parameterCount: number;
  readonly activation: ActivationKind;
}

/** One layer Z = AW + b and what derivatives keep of it; A are the activations below, φ(Z) those of this layer. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** W and b at θ, along the direction v, and in the gradient: views. */
  readonly weights: Float64Array;
  readonly bias: Float64Array | undefined;
  readonly weightsDirection: Float64Array;
  readonly biasDirection: Float64Array | undefined;
  readonly weightsGradient: Float64Array;
  readonly biasGradient: Float64Array | undefined;
  /** Z (n × outputs). */
  readonly preactivations: Float64Array;
  /** φ(Z); Z itself in the last layer and where φ is linear. */
  readonly activations: Float64Array;
  /** φ'(Z). */
  readonly slopes: Float64Array;
  /** Δ, the derivative of Σ u_ik f_k(x_i) by Z. */
  readonly signals: Float64Array;
  /** E ∘ φ''(Z), where E is the derivative of Σ u_ik f_k(x_i) by φ(Z). */
  readonly curvatures: Float64Array;
  /** The derivatives of Z, φ(Z) and Δ along v. */
  readonly preactivationsTangent: Float64Array;
  readonly activationsTangent: Float64Array;
  readonly signalsTangent: Float64Array;
}

/** The memory of a pass of n inputs through a perceptron, and what in it is up to date. */
export interface Pass {
  readonly activation: ActivationKind;
  readonly reproducible: boolean;
  readonly sampleCount: number;
  readonly kernels: Kernels;
  readonly products: LayerProducts;
  readonly layers: readonly Layer[];
  /** θ, v and a gradient (p). */
  readonly parameters: Float64Array;
  readonly direction: Float64Array;
  readonly gradient: Float64Array;
  /** As long as the activations of the widest layer but the last. */
  readonly scratch: Float64Array;
  /** Where the inputs are copied to; undefined where BLAS reads the caller's own. */
  readonly inputsCopy: Float64Array | undefined;
  /** Z of the last layer. */
  readonly outputs: Matrix;
  inputs: Float64Array;
  slopesKnown: boolean;
  signalsKnown: boolean;
  curvaturesKnown: boolean;
  /** Two nc×nc matrices for the Gram matrix, from the first time that it is asked for. */
  gramScratch: readonly [Matrix, Matrix] | undefined;
  /** The array whose entries are in `direction` and in the tangents. */
  directionKnown: Float64Array | undefined;
}

/** The memory for n inputs, of exactly the size that it needs; pages that nothing writes to cost nothing. */
export function openPass(shape: PerceptronShape, sampleCount: number, reproducible: boolean): Pass {
  const blas = engine();
  // Without a BLAS, the workspace's loops are faster than the plain engine.
  const copies = reproducible || blas.name === "TypeScript";
  const nothing = new Float64Array(0);
  let doubles = 0;
  arrays(shape, sampleCount, copies, (length) => {
    doubles += length;
    return nothing;
  });
  const kernels = openWorkspace(doubles);
  const memory = arrays(shape, sampleCount, copies, (length) => kernels.allocate(length));
  const last = memory.layers[memory.layers.length - 1];
  return {
    ...memory,
    activation: shape.activation,
    reproducible,
    sampleCount,
    kernels,
    products: copies ? kernelProducts(kernels, memory.scratch) : blasProducts(blas),
    outputs: { rows: sampleCount, cols: last.outputs, data: last.preactivations },
    inputs: memory.inputsCopy ?? nothing,
    slopesKnown: false,
    signalsKnown: false,
    curvaturesKnown: false,
    gramScratch: undefined,
    directionKnown: undefined,
  };
}

type Allocate = (length: number) => Float64Array;

function arrays(
  { layers, parameterCount, activation }: PerceptronShape,
  sampleCount: number,
  copies: boolean,
  allocate: Allocate,
): Pick<Pass, "layers" | "parameters" | "direction" | "gradient" | "scratch" | "inputsCopy"> {
  const [parameters, direction, gradient] = [0, 1, 2].map(() => allocate(parameterCount));
  const widest = Math.max(0, ...layers.slice(1).map(({ inputs }) => inputs));
  return {
    parameters,
    direction,
    gradient,
    scratch: allocate(sampleCount * widest),
    inputsCopy: copies ? allocate(sampleCount * layers[0].inputs) : undefined,
    layers: layers.map(({ inputs, outputs, weightsStart, biasStart }, l): Layer => {
      const weightsOf = (theta: Float64Array): Float64Array =>
        theta.subarray(weightsStart, weightsStart + inputs * outputs);
      const biasOf = (theta: Float64Array): Float64Array | undefined =>
        biasStart === undefined ? undefined : theta.subarray(biasStart, biasStart + outputs);
      const size = sampleCount * outputs;
      const [preactivations, preactivationsTangent, signals, signalsTangent] = [0, 1, 2, 3].map(() => allocate(size));
      const bends = l < layers.length - 1 && activation !== "linear";
      return {
        inputs,
        outputs,
        weights: weightsOf(parameters),
        bias: biasOf(parameters),
        weightsDirection: weightsOf(direction),
        biasDirection: biasOf(direction),
        weightsGradient: weightsOf(gradient),
        biasGradient: biasOf(gradient),
        preactivations,
        activations: bends ? allocate(size) : preactivations,
        slopes: allocate(bends ? size : 0),
        signals,
        curvatures: allocate(bends ? size : 0),
        preactivationsTangent,
        activationsTangent: bends ? allocate(size) : preactivationsTangent,
        signalsTangent,
      };
    }),
  };
}
