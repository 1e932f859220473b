import { type Matrix, zeros } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";

/** A feature map's size: its entry (row, column, channel) has index (row · width + column) · channels + channel. */
export interface MapShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A convolution without padding, the activation behind it, and a pooling. */
export interface ConvolutionLayer {
  readonly input: MapShape;
  /** After the convolution, before the pooling. */
  readonly output: MapShape;
  /** After the pooling. */
  readonly pooled: MapShape;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly pool: number;
  readonly activation: ActivationKind;
}

/** The number of entries of a map. */
export function sizeOf({ height, width, channels }: MapShape): number {
  return height * width * channels;
}

/** The number of entries of a patch: what one output position sees. */
export function patchLength({ kernelHeight, kernelWidth, input }: ConvolutionLayer): number {
  return kernelHeight * kernelWidth * input.channels;
}

/**
 * The patches of n maps (n rows), one row for each output position of each map, one column for each kernel entry in
 * the order (row, column, channel): the convolution is then one product with the weights ("im2col").
 */
export function patchesOf(layer: ConvolutionLayer, maps: Matrix): Matrix {
  const patches = zeros(maps.rows * layer.output.height * layer.output.width, patchLength(layer));
  throughPatches(layer, maps, patches, "to patches");
  return patches;
}

/** The transpose of {@link patchesOf}: each entry of a map collects what the patches that see it hold there. */
export function mapsFromPatches(layer: ConvolutionLayer, patches: Matrix): Matrix {
  const maps = zeros(patches.rows / (layer.output.height * layer.output.width), sizeOf(layer.input));
  throughPatches(layer, maps, patches, "to maps");
  return maps;
}

/** Visits every entry of every patch, in a row of the kernel together with its neighbours; adds it to the other side. */
function throughPatches(
  { input, output, kernelHeight, kernelWidth, stride }: ConvolutionLayer,
  { rows, data: maps }: Matrix,
  { data: patches }: Matrix,
  direction: "to patches" | "to maps",
): void {
  const count = kernelWidth * input.channels;
  const size = sizeOf(input);
  let p = 0;
  for (let i = 0; i < rows; i++) {
    for (let row = 0; row < output.height; row++) {
      for (let col = 0; col < output.width; col++) {
        for (let k = 0; k < kernelHeight; k++) {
          let m = i * size + ((row * stride + k) * input.width + col * stride) * input.channels;
          const end = p + count;
          if (direction === "to patches") while (p < end) patches[p++] = maps[m++];
          else while (p < end) maps[m++] += patches[p++];
        }
      }
    }
  }
}

/** Means over blocks of pool × pool positions, channel by channel; what is left over at the right and below is dropped. */
export function pooledMaps(layer: ConvolutionLayer, maps: Matrix): Matrix {
  if (layer.pool === 1) return maps;
  const pooled = zeros(maps.rows, sizeOf(layer.pooled));
  throughPooling(layer, maps, pooled, "to pooled");
  return pooled;
}

/** The transpose of {@link pooledMaps}. */
export function unpooledMaps(layer: ConvolutionLayer, pooled: Matrix): Matrix {
  if (layer.pool === 1) return pooled;
  const maps = zeros(pooled.rows, sizeOf(layer.output));
  throughPooling(layer, maps, pooled, "to maps");
  return maps;
}

/** Visits every entry that is pooled; adds its share to the other side. */
function throughPooling(
  { output, pooled, pool }: ConvolutionLayer,
  { rows, data: maps }: Matrix,
  { data: means }: Matrix,
  direction: "to pooled" | "to maps",
): void {
  const { channels } = output;
  const share = 1 / (pool * pool);
  for (let i = 0; i < rows; i++) {
    for (let row = 0; row < pooled.height * pool; row++) {
      for (let col = 0; col < pooled.width * pool; col++) {
        const m = ((i * output.height + row) * output.width + col) * channels;
        const block = (i * pooled.height + Math.floor(row / pool)) * pooled.width + Math.floor(col / pool);
        const q = block * channels;
        if (direction === "to pooled") for (let k = 0; k < channels; k++) means[q + k] += share * maps[m + k];
        else for (let k = 0; k < channels; k++) maps[m + k] = share * means[q + k];
      }
    }
  }
}
