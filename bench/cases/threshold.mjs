import { gram } from "flat-minima/core";
import { meanSquareThresholdFromGram } from "flat-minima/stability";
import { uniform } from "../problem.mjs";

const [count, dimension] = [1000, 2000];

export async function contestant() {
  const setting = /** @type {const} */ ({
    gram: gram({ rows: count, cols: dimension, data: uniform(1, count * dimension) }),
    batchSize: 1,
    sampling: "without replacement",
  });
  const { value } = await meanSquareThresholdFromGram(setting);
  return {
    check: [value],
    quantities: {
      threshold: { run: () => meanSquareThresholdFromGram(setting), asynchronous: true, units: 1 },
    },
  };
}
