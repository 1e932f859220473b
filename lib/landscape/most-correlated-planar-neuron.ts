import { type Matrix, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { requireFiniteNumber } from "../core/requirements";
import { circleOfNeurons, mostCorrelatedOnCircle } from "./circle-of-neurons";

/** A ReLU neuron x ↦ max{w·x, 0} of unit weights, and how strongly it correlates with given coefficients. */
export interface CorrelatedNeuron {
  /** |Σ_i c_i max{w·x_i, 0}|, a sum and not a mean. */
  readonly value: number;
  /** w (d), ‖w‖ = 1. */
  readonly direction: Float64Array;
}

/**
 * The ReLU neuron of unit weights that correlates most with coefficients c_i, exactly, for inputs in the plane:
 *
 * max_{‖w‖=1} |Σ_i c_i max{w·x_i, 0}|.
 *
 * Between two neighbouring kinks, the directions w at right angles to an input, the set A of active inputs is fixed
 * and the sum is the sinusoid w·s with s = Σ_{i∈A} c_i x_i: its modulus is greatest at w = ±s/‖s‖ if that lies on the
 * arc, and otherwise at an end. One walk round the circle, which crosses 2n kinks and updates s at each, sees all
 * candidates. When the c_i are random signs, this is the neuron that fits noise best.
 *
 * @param inputs X (n×2), one sample in each row; all 0 is allowed
 * @param coefficients c (n)
 * @throws InvalidArgumentError unless X has two columns, the sizes fit and all numbers are finite; when the value
 *   overflows
 *
 * Cost: a sort of n angles and 2n steps. Rounding: at most about 4n·eps·Σ_i |c_i|‖x_i‖.
 *
 * @example
 * const { value, direction } = mostCorrelatedPlanarNeuron(matrix([[3, 0], [0, 4]]), [1, 1]);
 * value; // 5
 * direction; // [0.6, 0.8]
 */
export function mostCorrelatedPlanarNeuron(inputs: Matrix, coefficients: ArrayLike<number>): CorrelatedNeuron {
  const name = "mostCorrelatedPlanarNeuron";
  requirePlane(name, inputs);
  const { X, unit } = inUnits(inputs);
  const c = requireCoefficients(name, coefficients, inputs.rows);
  const { value, cosine, sine } = mostCorrelatedOnCircle(circleOfNeurons(column(X, 0), column(X, 1)), c.scaled);
  return {
    value: requireFiniteNumber(name, "the correlation", value * unit * c.unit),
    direction: Float64Array.of(cosine, sine),
  };
}

export function requirePlane(functionName: string, inputs: Matrix): void {
  requireThat(inputs.cols === 2, functionName, "inputs must have 2 columns", inputs.cols);
  requireFiniteEntries(functionName, inputs, "inputs must be finite");
}

/** X over its largest modulus, so that no square overflows or vanishes; the problem is homogeneous in X. */
export function inUnits({ rows, cols, data }: Matrix): { readonly X: Matrix; readonly unit: number } {
  const unit = largestModulus(data);
  return { X: { rows, cols, data: unit === 0 ? data : data.map((entry) => entry / unit) }, unit };
}

/** c over its largest modulus, refused unless there are n finite ones. */
export function requireCoefficients(
  functionName: string,
  coefficients: ArrayLike<number>,
  sampleCount: number,
): { readonly scaled: Float64Array; readonly unit: number } {
  const given = coefficients.length;
  requireThat(given === sampleCount, functionName, `coefficients must have length ${sampleCount}`, given);
  const scaled = Float64Array.from(coefficients);
  for (const c of scaled) requireFiniteNumber(functionName, "coefficients", c);
  const unit = largestModulus(scaled);
  return { scaled: unit === 0 ? scaled : scaled.map((c) => c / unit), unit };
}

function largestModulus(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

export function column({ rows, cols, data }: Matrix, j: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]);
}
