import * as tf from "@tensorflow/tfjs-core";
import { registerInputGradient } from "./gradient-registration";

/** Registers the gradients of what only moves, cuts out or adds up entries: linear maps, each with its transpose. */
export function registerShapeGradients(): void {
  for (const kernelName of ["Cast", "Identity"]) {
    registerInputGradient(kernelName, [], (dy) => ({ x: () => tf.clone(dy) }));
  }
  for (const [kernelName, input] of [
    ["Reshape", "x"],
    ["ExpandDims", "input"],
  ]) {
    registerInputGradient(kernelName, [input], (dy, [x]) => ({ [input]: () => tf.reshape(dy, x.shape) }));
  }
  registerInputGradient("Transpose", [], (dy, _, attributes) => {
    const order = attributes.perm as number[];
    return { x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(order)) };
  });

  registerInputGradient("Slice", ["x"], (dy, [x], { begin, size }) => ({
    x: () => {
      const [starts] = tf.slice_util.parseSliceParams(x, begin as number | number[], size as number | number[]);
      return tf.pad(
        dy,
        x.shape.map((length, axis): [number, number] => [starts[axis], length - starts[axis] - dy.shape[axis]]),
      );
    },
  }));
  registerInputGradient("PadV2", ["x"], (dy, [x], { paddings }) => {
    const starts = (paddings as [number, number][]).map(([before]) => before);
    return { x: () => tf.slice(dy, starts, x.shape) };
  });
  if (tf.getGradient("Concat")) tf.unregisterGradient("Concat");
  tf.registerGradient({
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, parts, attributes) => {
      const [axis] = tf.util.parseAxisParam(attributes.axis as number, parts[0].shape);
      const sizes = parts.map(({ shape }) => shape[axis]);
      const pieces = tf.split(dy as tf.Tensor, sizes, axis);
      return Object.fromEntries(pieces.map((piece, index) => [index, () => piece]));
    },
  });
  if (tf.getGradient("SplitV")) tf.unregisterGradient("SplitV");
  tf.registerGradient({
    kernelName: "SplitV",
    gradFunc: (pieces, _, attributes) => ({ x: () => tf.concat([pieces].flat(), attributes.axis as number) }),
  });

  registerInputGradient("Sum", ["x"], (dy, [x], { axis }) => ({ x: () => repeated(dy, x.shape, axis) }));
  registerInputGradient("Mean", ["x"], (dy, [x], { axis }) => ({
    x: () => tf.mul(repeated(dy, x.shape, axis), dy.size / x.size),
  }));
}

/** A gradient with the given axes put back, along which it is the same everywhere. */
function repeated(dy: tf.Tensor, shape: number[], axis: unknown): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], shape);
  const kept = shape.map((size, index) => (axes.includes(index) ? 1 : size));
  return tf.mul(tf.reshape(dy, kept), tf.ones(shape));
}
