import { type Matrix, requireThat } from "../core";
import type { TensorNetwork, TensorRisk } from "../tensor";
import type { ImageNetworkSizes, TensorExperimentBackend } from "./image-network-sizes";
import { requireInteger } from "./requirements";
import type { TwoImageClasses } from "./two-image-classes";

/** The fields of a configuration that name the net and what computes its tensors. */
export const IMAGE_NETWORK_FIELDS = ["family", "width", "depth", "backend"] as const;

/** Refuses what names no net or no backend. */
export function requireImageNetwork(
  functionName: string,
  { family, width, depth, backend }: Readonly<Record<string, unknown>>,
): ImageNetworkSizes & { readonly backend: TensorExperimentBackend } {
  const known = family === "vgg" || family === "residual";
  requireThat(known, functionName, 'family must be "vgg" or "residual"', family);
  requireInteger(functionName, "width", width, 1, 1000);
  requireInteger(functionName, "depth", depth, 1, 100);
  const computes = backend === "tensorflow" || backend === "wasm";
  requireThat(computes, functionName, 'backend must be "tensorflow" or "wasm"', backend);
  return { family, width, depth, backend };
}

/**
 * The net and its half mean square loss on the samples, ready to compute: the backend is loaded here, and by nothing that
 * only names an experiment.
 */
export async function imageProblem(
  { family, width, depth, backend }: ImageNetworkSizes & { readonly backend: TensorExperimentBackend },
  { inputs, targets, imageShape }: TwoImageClasses,
): Promise<{ readonly network: TensorNetwork; readonly risk: TensorRisk }> {
  const { residualNetwork, tensorHalfSquareLoss, tensorRisk, useTensorBackend, vgg } =
    await import("../tensor/index.js");
  await useTensorBackend(backend);
  const widths = [width, 2 * width, 4 * width];
  const network = (family === "vgg" ? vgg : residualNetwork)({ imageShape, widths, depth, outputCount: 1 });
  const column = { rows: targets.length, cols: 1, data: targets };
  return { network, risk: tensorRisk({ network, loss: tensorHalfSquareLoss, inputs, targets: column }) };
}

/** How a net of tensors fits its samples, with its Gram matrix. */
export interface ImageFit {
  /** e_i = f(x_i) − y_i (n). */
  readonly residuals: Float64Array;
  /** K_ij = ∇f(x_i)·∇f(x_j) (n×n), of gradients in single precision. */
  readonly gramMatrix: Matrix;
}

/** The fit at θ. */
export async function imageFit(
  network: TensorNetwork,
  parameters: Float64Array,
  { inputs, targets }: TwoImageClasses,
): Promise<ImageFit> {
  const { gramMatrix, tensorOutputs } = await import("../tensor/index.js");
  const outputs = await tensorOutputs(network, parameters, inputs);
  return {
    residuals: outputs.data.map((output, i) => output - targets[i]),
    gramMatrix: await gramMatrix(network.outputs, parameters, inputs),
  };
}
