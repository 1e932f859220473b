import { requireThat } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { requireActivation } from "./activated";
import { requireSize } from "../core/requirements";
import { type ConvolutionLayer, type MapShape, patchLength } from "./convolutional-layer";
import type { LayerLayout } from "./layer-layout";

/** One convolution of a network. */
export interface ConvolutionOptions {
  /** The number of its output channels. */
  readonly channels: number;
  /** The side k of its k×k kernel. */
  readonly kernel: number;
  /** Positions from one patch to the next, down and to the right (default 1). */
  readonly stride?: number;
  /** The side of the blocks that are averaged behind the activation (default 1: no pooling). */
  readonly pool?: number;
}

/** What makes a convolutional network. */
export interface ConvolutionalOptions {
  /** Height, width and channels of an input image, whose entries are listed row by row, channels innermost. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** The convolutions, first to last. */
  readonly layers: readonly ConvolutionOptions[];
  readonly activation: ActivationKind;
  /** The number c of outputs of the linear read-out. */
  readonly outputCount: number;
}

/** Where the parameters of a layer lie in θ; every layer has biases. */
export interface LayerPlace extends LayerLayout {
  readonly biasStart: number;
}

/** A layer and its place. */
export interface PlacedLayer {
  readonly layer: ConvolutionLayer;
  readonly layout: LayerPlace;
}

/**
 * The layers of a network with their sizes and places in θ. The read-out comes last: it is a convolution whose one
 * patch is the whole map.
 */
export function placedLayers({ imageShape, layers, activation, outputCount }: ConvolutionalOptions): PlacedLayer[] {
  ["height", "width", "number of channels"].forEach((name, k) =>
    requireSize("convolutional", `the ${name} of an image`, imageShape[k]),
  );
  requireActivation("convolutional", activation);
  requireSize("convolutional", "outputCount", outputCount);

  const placed: PlacedLayer[] = [];
  let end = 0;
  const place = (layer: ConvolutionLayer): void => {
    const [inputs, outputs] = [patchLength(layer), layer.output.channels];
    placed.push({
      layer,
      layout: { inputs, outputs, weightsStart: end, neurons: "columns", biasStart: end + inputs * outputs },
    });
    end += (inputs + 1) * outputs;
  };

  let input: MapShape = { height: imageShape[0], width: imageShape[1], channels: imageShape[2] };
  layers.forEach((options, index) => {
    const layer = convolutionLayer(`layers[${index}]`, input, options, activation);
    place(layer);
    input = layer.pooled;
  });
  const output = { height: 1, width: 1, channels: outputCount };
  const { height: kernelHeight, width: kernelWidth } = input;
  place({ input, output, pooled: output, kernelHeight, kernelWidth, stride: 1, pool: 1, activation: "linear" });
  return placed;
}

function convolutionLayer(
  name: string,
  input: MapShape,
  { channels, kernel, stride = 1, pool = 1 }: ConvolutionOptions,
  activation: ActivationKind,
): ConvolutionLayer {
  for (const [field, value] of Object.entries({ channels, kernel, stride, pool })) {
    requireSize("convolutional", `${name}.${field}`, value);
  }
  requireFits(`${name}.kernel`, kernel, input);
  const positions = (side: number): number => Math.floor((side - kernel) / stride) + 1;
  const output = { height: positions(input.height), width: positions(input.width), channels };
  requireFits(`${name}.pool`, pool, output);
  const pooled = { height: Math.floor(output.height / pool), width: Math.floor(output.width / pool), channels };
  return { input, output, pooled, kernelHeight: kernel, kernelWidth: kernel, stride, pool, activation };
}

function requireFits(name: string, side: number, { height, width }: MapShape): void {
  const fits = side <= height && side <= width;
  requireThat(fits, "convolutional", `${name} must fit into the ${height}×${width} map before it`, side);
}
