// Apart from what computes, so that the declarations of this folder need none of TensorFlow.js's.

/** What computes an experiment's tensors: WebAssembly, the same bits on every machine, or TensorFlow's C library. */
export type TensorExperimentBackend = "wasm" | "tensorflow";

/** A convolutional net with one output, for images of 16 × 16 × 3. */
export interface ImageNetworkSizes {
  readonly family: "vgg" | "residual";
  /** m: the blocks or stages have m, 2m and 4m channels. */
  readonly width: number;
  /** Convolutions in each block of "vgg", blocks of two convolutions in each stage of "residual". */
  readonly depth: number;
}
