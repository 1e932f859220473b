import { logOnePlus } from "../core/kernels/elementary";

/** log x for finite x > 0, within a few eps of max(1, |log x|): the same bits on every machine, as training asks for. */
export function reproducibleLogarithm(x: number): number {
  if (x >= 1) return logOnePlus(x - 1);
  // 1/x overflows among the subnormal numbers.
  return x < 2 ** -1000 ? -logOnePlus(1 / (x * 2 ** 100) - 1) - 100 * Math.LN2 : -logOnePlus(1 / x - 1);
}
