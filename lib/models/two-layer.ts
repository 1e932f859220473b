import { type Matrix, requireThat } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { activated, requireActivation } from "./activated";
import { requireFinite, requireSize } from "../core/requirements";
import { checkedNetwork } from "./checked-network";
import { hadamard, plusEachRow, scaledRows, sum, sumOfRows } from "./entrywise";
import { requireParameters } from "./finite-sum";
import { lazy } from "./lazy";
import type { LayerLayout } from "./layer-layout";
import type { Evaluation, Network } from "./network";
import { products } from "./products";
import { concatenated, type TwoLayerParts } from "./two-layer-parameters";
import { layerNormReadOut, plainReadOut } from "./two-layer-read-out";
import { requireStructure, type TwoLayerStructure } from "./two-layer-structure";

/** What makes a two-layer network. */
export interface TwoLayerOptions {
  /** The dimension d of an input. */
  readonly inputCount: number;
  /** The number m of neurons. */
  readonly width: number;
  readonly structure: TwoLayerStructure;
  readonly activation: ActivationKind;
  /** ε > 0 of the simplified layer norm, which needs it; the other structures have none. */
  readonly layerNormEpsilon?: number;
  /** Output weights a (m) that are not trained: θ then ends before a. By default they are trained. */
  readonly fixedOutputWeights?: Float64Array;
}

/** A two-layer network; made by {@link twoLayer}. */
export interface TwoLayer extends Network {
  readonly width: number;
  readonly structure: TwoLayerStructure;
  readonly activation: ActivationKind;
  /** Where the weights and biases of the hidden layer, and a where it is trained, lie in θ. */
  readonly layouts: readonly LayerLayout[];
  /** The parts of θ by name, as views: what is written into them is written into θ. The inverse of `twoLayerParameters`. */
  readonly parts: (parameters: Float64Array) => TwoLayerParts;
}

/**
 * The network of one hidden layer with m neurons and one output,
 *
 * - "no bias": f(x) = Σ_j a_j φ(w_j·x);
 * - "bias": f(x) = Σ_j a_j φ(w_j·x + b_j);
 * - "simplified layer norm": f(x) = aᵀh/max(‖h‖₂, ε) with h = φ(Wx + b), no mean subtracted (Wen, Li and Ma 2023). At
 *   ‖h‖ = ε the derivative is that of the branch aᵀh/ε.
 *
 * θ = (W, b, a): W (m×d, row-major, the weights w_j into neuron j in row j), then b (m) where there are biases, then
 * a (m) where it is trained. No factor 1/m or 1/√m stands before the sum. With ReLU, φ'(0) = 0.
 *
 * An evaluation costs about 2ndm operations, a pullback as many, a tangent with its pullback twice as many. The Gram
 * matrix is QQᵀ + (GGᵀ)∘(XXᵀ + 1), where Q (n×m) has the rows ∂f/∂a and G (n×m) the rows ∂f/∂(Wx + b), and the 1 is
 * there with biases: n²(2m + d) operations and no gradient of length p.
 *
 * @throws InvalidArgumentError when a size is not a positive integer, the structure or activation is not known, ε is
 *   missing, not positive or given to a structure without it, or the fixed output weights are not m finite numbers; the
 *   network's functions throw it on arguments of other sizes, on parameters and inputs that are not finite, and where
 *   ‖h‖² overflows.
 *
 * @example
 * const network = twoLayer({ inputCount: 2, width: 2, structure: "no bias", activation: "relu" });
 * const theta = twoLayerParameters({ weights: matrix([[1, 0], [0, 1]]), outputWeights: Float64Array.of(1, -3) });
 * const evaluation = network.evaluate(theta, matrix([[2, 1]]));
 * evaluation.outputs; // matrix([[-1]])
 * evaluation.pullback(matrix([[1]])); // [2, 1, -6, -3, 2, 1]
 */
export function twoLayer(options: TwoLayerOptions): TwoLayer {
  requireOptions(options);
  const { inputCount, width, structure, activation, layerNormEpsilon } = options;
  const fixedOutputWeights = options.fixedOutputWeights?.slice();
  const trained = fixedOutputWeights === undefined;
  const biased = structure !== "no bias";
  const weightCount = width * inputCount;
  const hiddenCount = weightCount + (biased ? width : 0);
  const parameterCount = hiddenCount + (trained ? width : 0);

  const parts = (parameters: Float64Array): TwoLayerParts => ({
    weights: { rows: width, cols: inputCount, data: parameters.subarray(0, weightCount) },
    ...(biased && { biases: parameters.subarray(weightCount, hiddenCount) }),
    ...(trained && { outputWeights: parameters.subarray(hiddenCount) }),
  });

  const evaluate: Network["evaluate"] = (parameters, inputs, { reproducible = false } = {}): Evaluation => {
    const by = products(reproducible);
    /** XWᵀ + b, for the parameters or for a direction. */
    const preActivations = ({ weights, biases }: TwoLayerParts): Matrix => {
      const Z = by.multiplyTransposedB(inputs, weights);
      return biases ? plusEachRow(Z, biases) : Z;
    };
    const theta = parts(parameters);
    const hidden = activated(activation, preActivations(theta));
    // A copy, since the caller may write into θ afterwards.
    const a = fixedOutputWeights ?? theta.outputWeights!.slice();
    const readOut = layerNormEpsilon
      ? layerNormReadOut(hidden.values, a, layerNormEpsilon)
      : plainReadOut(hidden.values, a, by);
    /** G = ∂f/∂(Wx + b) (n×m). */
    const signals = lazy(() => hadamard(readOut.slopes, hidden.slopes()));
    /** From ∂/∂(Wx + b) (n×m) and ∂/∂a (m×1) to ∂/∂θ. */
    const gradient = (hiddenSignals: Matrix, ofOutputWeights: () => Float64Array): Float64Array => {
      const result = [by.multiplyTransposedA(hiddenSignals, inputs).data];
      if (biased) result.push(sumOfRows(hiddenSignals));
      if (trained) result.push(ofOutputWeights());
      return concatenated(...result);
    };

    return {
      outputs: readOut.outputs,
      pullback: (weights) =>
        gradient(scaledRows(signals(), weights.data), () => by.multiplyTransposedA(readOut.normalised, weights).data),
      tangent: (direction) => {
        const moved = parts(direction);
        const preActivationsTangent = preActivations(moved);
        const valuesTangent = hadamard(hidden.slopes(), preActivationsTangent);
        const readOutTangent = readOut.tangent(valuesTangent, moved.outputWeights?.slice() ?? new Float64Array(width));
        const signalsTangent = lazy(() => {
          const bent = hadamard(readOut.slopes, hadamard(hidden.curvatures(), preActivationsTangent));
          return sum(hadamard(readOutTangent.slopes, hidden.slopes()), bent);
        });
        return {
          outputs: readOutTangent.outputs,
          pullback: (weights, weightsTangent) =>
            gradient(
              sum(scaledRows(signals(), weightsTangent.data), scaledRows(signalsTangent(), weights.data)),
              () =>
                sum(
                  by.multiplyTransposedA(readOut.normalised, weightsTangent),
                  by.multiplyTransposedA(readOutTangent.normalised, weights),
                ).data,
            ),
        };
      },
      gramMatrix: () => {
        const ofSignals = by.gram(signals());
        const ofWeights = hadamard(ofSignals, by.gram(inputs));
        const ofHidden = biased ? sum(ofWeights, ofSignals) : ofWeights;
        return trained ? sum(ofHidden, by.gram(readOut.normalised)) : ofHidden;
      },
    };
  };

  const network = checkedNetwork("twoLayer", { parameterCount, inputCount, outputCount: 1, evaluate });
  return {
    ...network,
    width,
    structure,
    activation,
    layouts: [
      {
        inputs: inputCount,
        outputs: width,
        weightsStart: 0,
        neurons: "rows",
        biasStart: biased ? weightCount : undefined,
      },
      ...(trained
        ? [{ inputs: width, outputs: 1, weightsStart: hiddenCount, neurons: "rows" as const, biasStart: undefined }]
        : []),
    ],
    parts: (parameters) => {
      requireParameters("twoLayer", parameters, parameterCount);
      return parts(parameters);
    },
  };
}

function requireOptions(options: TwoLayerOptions): void {
  const { inputCount, width, structure, activation, layerNormEpsilon, fixedOutputWeights } = options;
  requireSize("twoLayer", "inputCount", inputCount);
  requireSize("twoLayer", "width", width);
  requireStructure("twoLayer", structure, layerNormEpsilon);
  requireActivation("twoLayer", activation);
  if (fixedOutputWeights) {
    const given = fixedOutputWeights.length;
    requireThat(given === width, "twoLayer", `fixedOutputWeights must have length ${width}`, given);
    requireFinite("twoLayer", "fixedOutputWeights", fixedOutputWeights);
  }
}
