import type { Kernels } from "../core/kernels/kernels";
import { plainKernels } from "../core/kernels/plain";
import { openWorkspace } from "../core/kernels/workspace";
import { lazy } from "./lazy";

/** 32 MiB, once a process; what nobody writes to costs nothing. */
const DOUBLES = 2 ** 22;

const workspace = lazy(() => {
  const kernels = openWorkspace(DOUBLES);
  return { kernels, memory: kernels.allocate(DOUBLES) };
});
const plain = plainKernels();

/**
 * Calls kernels on arrays from anywhere and returns the result in a fresh array, the same bits on every machine: they
 * are copied into one workspace and the result out of it, which costs little beside the work on them. What does not
 * fit is done in plain TypeScript.
 */
export function callKernels(
  resultLength: number,
  inputs: readonly Float64Array[],
  call: (kernels: Kernels, result: Float64Array, inputs: readonly Float64Array[]) => void,
): Float64Array {
  const result = new Float64Array(resultLength);
  if (inputs.reduce((length, input) => length + input.length, resultLength) > DOUBLES) {
    call(plain, result, inputs);
    return result;
  }
  const { kernels, memory } = workspace();
  let end = resultLength;
  const copies = inputs.map((input) => {
    const copy = memory.subarray(end, (end += input.length));
    copy.set(input);
    return copy;
  });
  const computed = memory.subarray(0, resultLength);
  call(kernels, computed, copies);
  result.set(computed);
  return result;
}
