import { eigh } from "flat-minima/core";
import { uniform } from "../problem.mjs";

const size = 1000;

export function contestant() {
  const square = uniform(1, size * size);
  const entry = (/** @type {number} */ i, /** @type {number} */ j) => Number(square[i * size + j]);
  const data = square.map(
    (_, k) => (entry(Math.floor(k / size), k % size) + entry(k % size, Math.floor(k / size))) / 2,
  );
  const symmetric = { rows: size, cols: size, data };
  return {
    check: [Number(eigh(symmetric).values[size - 1])],
    quantities: { decomposition: { run: () => eigh(symmetric), units: 1 } },
  };
}
