import { type RandomStream } from "flat-minima/core";

const unused = (): never => {
  throw new Error("not expected to be drawn");
};
const nothing = {
  uniform: unused,
  integer: unused,
  normal: unused,
  normals: unused,
  rademacher: unused,
  sphere: unused,
  permutation: unused,
  choice: unused,
  split: unused,
};

/** A stream that hands out these batches, drawn with or without replacement, and nothing else. */
export function streamOfBatches(batches: readonly (readonly number[])[]): RandomStream {
  const entries = batches.flat();
  const whole = batches.slice();
  return {
    ...nothing,
    integer: () => entries.shift() ?? unused(),
    choice: () => [...(whole.shift() ?? unused())],
  };
}

/** A stream whose normal vectors are these, and which has nothing else. */
export function streamOfNormals(vectors: readonly (readonly number[])[]): RandomStream {
  const rest = vectors.slice();
  return {
    ...nothing,
    normals: (length) => {
      const vector = rest.shift() ?? unused();
      if (vector.length !== length) throw new Error(`${length} normals were asked for, not ${vector.length}`);
      return Float64Array.from(vector);
    },
  };
}
