import { type Matrix, requireThat, rowOf, zeros } from "../core";
import { requireEntryCount } from "../core/matrix";
import { exp, logOnePlus, sigmoid, softplus } from "../core/kernels/elementary";

/**
 * A loss ℓ(f, y) of one sample's outputs f (c) and target y (c), row by row for n samples. The mean over the samples
 * is taken by {@link empiricalRisk}, so that each loss here has no 1/n; whether it has a ½ its name says.
 */
export interface Loss {
  readonly name: "half square" | "square" | "logistic" | "cross entropy";
  /** Refuses targets (n×c) that the loss has no meaning for, with an error in the name of the given function. */
  readonly check: (functionName: string, targets: Matrix, outputCount: number) => void;
  /** The losses and their derivatives, for checked targets: fresh arrays. */
  readonly evaluate: (outputs: Matrix, targets: Matrix) => LossEvaluation;
  /** Row i is ∂²ℓ/∂f² at sample i times row i of `direction` (n×c), a fresh matrix. */
  readonly curvatureProduct: (outputs: Matrix, targets: Matrix, direction: Matrix) => Matrix;
}

/** The losses of n samples. */
export interface LossEvaluation {
  /** ℓ(f_i, y_i) (n). */
  readonly values: Float64Array;
  /** ∂ℓ/∂f at (f_i, y_i) (n×c). */
  readonly derivative: Matrix;
}

/** The half square loss ℓ = ½‖f − y‖², with derivative f − y, for any real targets. */
export const halfSquareLoss: Loss = squared("half square", 0.5);

/** The square loss ℓ = ‖f − y‖², with derivative 2(f − y), for any real targets. */
export const squareLoss: Loss = squared("square", 1);

/**
 * The logistic loss ℓ = log(1 + e^{−yf}), for one output and targets y = ±1; exact in the tails too, where it is about
 * e^{−yf} or −yf.
 */
export const logisticLoss: Loss = {
  name: "logistic",
  check: (functionName, targets, outputCount) => {
    requireThat(outputCount === 1, functionName, "the logistic loss is for one output", outputCount);
    requireShape(functionName, targets, outputCount);
    for (const target of targets.data) {
      if (Math.abs(target) !== 1)
        requireThat(false, functionName, "targets of the logistic loss must be 1 or -1", target);
    }
  },
  evaluate: (outputs, targets) => {
    const values = new Float64Array(outputs.rows);
    const derivative = zeros(outputs.rows, 1);
    for (let i = 0; i < values.length; i++) {
      const y = targets.data[i];
      const margin = y * outputs.data[i];
      values[i] = softplus(-margin);
      derivative.data[i] = -y * sigmoid(-margin);
    }
    return { values, derivative };
  },
  curvatureProduct: (outputs, _, direction) => {
    const result = zeros(outputs.rows, 1);
    for (let i = 0; i < outputs.rows; i++) {
      const f = outputs.data[i];
      result.data[i] = sigmoid(f) * sigmoid(-f) * direction.data[i];
    }
    return result;
  },
};

/**
 * The cross entropy ℓ = −Σ_k y_k log p_k with p = softmax(f), p_k = e^{f_k}/Σ_j e^{f_j}, for targets y that are
 * probabilities, a class's unit vector for example; its derivative is p − y and its second derivative diag(p) − ppᵀ.
 * Exact also where one output is far above the others.
 */
export const crossEntropyLoss: Loss = {
  name: "cross entropy",
  check: (functionName, targets, outputCount) => {
    requireShape(functionName, targets, outputCount);
    for (let i = 0; i < targets.rows; i++) {
      const row = rowOf(targets, i);
      const sum = row.reduce((total, y) => total + y, 0);
      // Probabilities got by dividing c numbers by their sum: c − 1 additions there, as many here, and one division,
      // each off by eps/2 at most.
      const isDistribution = row.every((y) => y >= 0) && Math.abs(sum - 1) <= outputCount * Number.EPSILON;
      const requirement = "targets of the cross entropy must be rows of probabilities that sum to 1";
      if (!isDistribution) requireThat(false, functionName, requirement, row);
    }
  },
  evaluate: (outputs, targets) => {
    const { rows, cols } = outputs;
    const values = new Float64Array(rows);
    const derivative = zeros(rows, cols);
    const [f, y, d] = [outputs.data, targets.data, derivative.data];
    for (let start = 0, i = 0; i < rows; i++, start += cols) {
      const top = indexOfLargest(f, start, cols);
      const others = exponentials(f, start, cols, top, d);
      const total = 1 + others;
      const logTotal = logOnePlus(others);
      for (let k = start; k < start + cols; k++) {
        if (y[k] !== 0) values[i] += y[k] * (logTotal + (f[top] - f[k]));
        // p − y; for the largest p, which may be 1 but for less than eps, by 1 − p = others/total.
        d[k] = k === top ? 1 - y[k] - others / total : d[k] / total - y[k];
      }
    }
    return { values, derivative };
  },
  curvatureProduct: (outputs, _, direction) => {
    const { rows, cols } = outputs;
    const result = zeros(rows, cols);
    const [f, v, h] = [outputs.data, direction.data, result.data];
    for (let start = 0, i = 0; i < rows; i++, start += cols) {
      const top = indexOfLargest(f, start, cols);
      const total = 1 + exponentials(f, start, cols, top, h);
      // p_k (v_k − p·v) by differences to v_top, which stay exact where p_top is 1 but for less than eps.
      let mean = 0;
      for (let k = start; k < start + cols; k++) mean += (h[k] / total) * (v[k] - v[top]);
      for (let k = start; k < start + cols; k++) h[k] = (h[k] / total) * (v[k] - v[top] - mean);
    }
    return result;
  },
};

/** ℓ = factor·‖f − y‖². */
function squared(name: "half square" | "square", factor: number): Loss {
  return {
    name,
    check: (functionName, targets, outputCount) => {
      requireShape(functionName, targets, outputCount);
      for (const target of targets.data) {
        if (!Number.isFinite(target)) requireThat(false, functionName, "targets must be finite", target);
      }
    },
    evaluate: (outputs, targets) => {
      const { rows, cols } = outputs;
      const values = new Float64Array(rows);
      const derivative = zeros(rows, cols);
      for (let i = 0, k = 0; i < rows; i++) {
        let sum = 0;
        for (let j = 0; j < cols; j++, k++) {
          const error = outputs.data[k] - targets.data[k];
          sum += error * error;
          derivative.data[k] = 2 * factor * error;
        }
        values[i] = factor * sum;
      }
      return { values, derivative };
    },
    curvatureProduct: (_outputs, _targets, direction) => {
      const { rows, cols, data } = direction;
      return { rows, cols, data: data.map((v) => 2 * factor * v) };
    },
  };
}

function requireShape(functionName: string, targets: Matrix, outputCount: number): void {
  requireThat(targets.cols === outputCount, functionName, `targets must have ${outputCount} columns`, targets);
  requireEntryCount(functionName, targets);
}

function indexOfLargest(f: Float64Array, start: number, count: number): number {
  let top = start;
  for (let k = start + 1; k < start + count; k++) if (f[k] > f[top]) top = k;
  return top;
}

/** Writes e^{f_k − f_top} for one row, and returns their sum without the 1 of the top. */
function exponentials(f: Float64Array, start: number, count: number, top: number, into: Float64Array): number {
  let others = 0;
  for (let k = start; k < start + count; k++) {
    into[k] = exp(f[k] - f[top]);
    if (k !== top) others += into[k];
  }
  return others;
}
