import type { RandomStream } from "flat-minima/core";

const descending = (values: Float64Array): Float64Array => values.sort().reverse();

/** Random spectra (d) of every kind that the theory of SAM on quadratics is about, from the largest eigenvalue down. */
export const SPECTRA: Readonly<Record<string, (d: number, stream: RandomStream) => Float64Array>> = {
  spread: (d, stream) => descending(Float64Array.from({ length: d }, () => 0.05 + 3 * stream.uniform())),
  ties: (d, stream) => descending(Float64Array.from({ length: d }, () => 1 + stream.integer(3))),
  "zero eigenvalues": (d, stream) =>
    descending(Float64Array.from({ length: d }, (_, i) => (i % 2 === 0 ? 0.1 + stream.uniform() : 0))),
  "a condition number of 10⁸": (d, stream) => {
    // 5 and 5e-8 are among them where there are two.
    const exponent = (i: number): number => (i === 0 ? 0 : i === 1 ? 8 : 8 * stream.uniform());
    return descending(Float64Array.from({ length: d }, (_, i) => 5 * 10 ** -exponent(i)));
  },
};
