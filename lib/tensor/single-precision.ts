import { requireThat } from "../core";

/** The largest finite number of single precision, (2 − 2⁻²³)·2¹²⁷. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** A vector in single precision, refused where an entry is not finite there. */
export function singlePrecision(functionName: string, what: string, values: Float64Array): Float32Array {
  const bad = values.findIndex((value) => !(Math.abs(value) <= LARGEST));
  const requirement = `${what} must be finite in single precision`;
  if (bad >= 0) requireThat(false, functionName, requirement, `${values[bad]} at index ${bad}`);
  return Float32Array.from(values);
}

/** Whether all entries are finite in single precision. */
export function fitsSinglePrecision(values: Float64Array): boolean {
  return values.every((value) => Math.abs(value) <= LARGEST);
}
