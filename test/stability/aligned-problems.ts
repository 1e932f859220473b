import { gram, type Matrix, randomStream } from "flat-minima/core";
import { randomMatrix } from "./oracles";

/** Gram matrices of n random gradients in p dimensions whose scales fall off, n up to 9, p at least n. */
export function* regularGramMatrices(purpose: string): Generator<{ gramMatrix: Matrix; n: number; p: number }> {
  for (const [n, p] of [
    [2, 2],
    [3, 5],
    [6, 6],
    [9, 30],
  ]) {
    for (let seed = 0; seed < 5; seed++) {
      const gradients = randomMatrix(randomStream(seed, purpose, n, p), n, p);
      // From equal coordinates to a few that dominate.
      gradients.data.forEach((value, k) => (gradients.data[k] = value * (1 + (k % p)) ** (-seed / 2)));
      yield { gramMatrix: gram(gradients), n, p };
    }
  }
}
