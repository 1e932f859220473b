import { type Matrix, requireThat } from "../core";
import { requireEntryCount } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { requireClasses } from "./classified-samples";

/**
 * The 0-1 error (1/n) #{i : sample i is classified wrongly} of outputs f (n×c): with one output the class is the sign
 * of f, with more it is the largest f_k. A tie is an error, so that an output of zeros is always wrong.
 *
 * @param targets ±1 (n×1) for one output, else the classes' unit vectors (n×c)
 * @throws InvalidArgumentError when there is no sample, an output is not finite or the targets are not classes
 *
 * @example
 * classificationError(matrix([[2], [-1], [0.5]]), matrix([[1], [-1], [-1]])); // 0.3333333333333333
 */
export function classificationError(outputs: Matrix, targets: Matrix): number {
  requireThat(outputs.rows > 0, "classificationError", "there must be a sample", outputs);
  requireEntryCount("classificationError", outputs);
  requireFinite("classificationError", "outputs", outputs.data);
  requireThat(targets.rows === outputs.rows, "classificationError", `targets must have ${outputs.rows} rows`, targets);
  requireClasses("classificationError", targets, outputs.cols);
  return uncheckedClassificationError(outputs, targets);
}

/** The same for what is known to be right. */
export function uncheckedClassificationError({ rows, cols, data: f }: Matrix, { data: y }: Matrix): number {
  let errors = 0;
  for (let i = 0, start = 0; i < rows; i++, start += cols) {
    if (cols === 1) {
      if (!(y[i] * f[i] > 0)) errors++;
      continue;
    }
    let [right, best] = [0, -Infinity];
    for (let k = start; k < start + cols; k++) {
      if (y[k] === 1) right = f[k];
      else if (f[k] > best) best = f[k];
    }
    if (!(right > best)) errors++;
  }
  return errors / rows;
}
