import * as tf from "@tensorflow/tfjs-core";
import { registerWasmKernel } from "./gradient-registration";

/** What both kinds of pooling are told. */
export type PoolingAttributes = {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number;
};

/**
 * Registers, for the wasm backend, the gradient of maximum pooling. Its own (tfjs 4.22) is wrong: windows whose largest
 * entry is not positive get none. This plain loop is as fast.
 */
export function registerWasmPoolingKernel(): void {
  registerWasmKernel("MaxPoolGrad", ({ dy, input }, attributes) =>
    toLargest(dy as tf.Tensor4D, input as tf.Tensor4D, attributes as PoolingAttributes),
  );
}

/** dy, each entry added at the place of the first largest one of its window in x, and 0 elsewhere. */
function toLargest(dy: tf.Tensor4D, x: tf.Tensor4D, { filterSize, strides, pad }: PoolingAttributes): tf.Tensor {
  const info = tf.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad);
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo, inChannels: channels } = info;
  const [values, signals] = [x.dataSync(), dy.dataSync()];
  const result = new Float32Array(values.length);
  let out = 0;
  for (let sample = 0; sample < info.batchSize; sample++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * strideHeight - padInfo.top;
      for (let column = 0; column < outWidth; column++) {
        const left = column * strideWidth - padInfo.left;
        for (let channel = 0; channel < channels; channel++, out++) {
          let largest = -1;
          for (let i = Math.max(0, top); i < Math.min(inHeight, top + info.filterHeight); i++) {
            for (let j = Math.max(0, left); j < Math.min(inWidth, left + info.filterWidth); j++) {
              const place = ((sample * inHeight + i) * inWidth + j) * channels + channel;
              if (largest < 0 || values[place] > values[largest]) largest = place;
            }
          }
          result[largest] += signals[out];
        }
      }
    }
  }
  return tf.tensor4d(result, x.shape);
}
