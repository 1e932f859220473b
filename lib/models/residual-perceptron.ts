import { type Matrix, requireThat, zeros } from "../core";
import type { ActivationKind } from "../core/kernels/kernels";
import { requireSize } from "../core/requirements";
import { type Activated, activated, requireActivation } from "./activated";
import { checkedNetwork } from "./checked-network";
import { addGramOfLayer } from "./convolutional-gram";
import { hadamard, plusEachRow, sum, sumOfRows } from "./entrywise";
import { layerLayouts, type LayerLayout } from "./layer-layout";
import type { Evaluation, Network } from "./network";
import { products } from "./products";
import { concatenated } from "./two-layer-parameters";

/** What makes a residual perceptron. */
export interface ResidualPerceptronOptions {
  /** The dimension d of an input. */
  readonly inputCount: number;
  /** The number m of units in every hidden layer. */
  readonly width: number;
  /** The number D ≥ 1 of hidden layers. */
  readonly depth: number;
  /** The number c of outputs. */
  readonly outputCount: number;
  /** φ. */
  readonly activation: ActivationKind;
  /** Whether each hidden layer after the first adds to what it is given, s = 1, or replaces it, s = 0. */
  readonly skipConnections: boolean;
}

/** A deep network with or without skip connections; made by {@link residualPerceptron}. */
export interface ResidualPerceptron extends Network {
  /** Where each layer's weights and biases lie in θ; the read-out comes last. */
  readonly layouts: readonly LayerLayout[];
}

/** A layer at θ on the inputs. */
interface Layer {
  /** s, and W (inputs × outputs). */
  readonly skips: boolean;
  readonly weights: Matrix;
  /** What enters (n × inputs), and φ(Z) with Z = hW + b (n × outputs). */
  readonly state: Matrix;
  readonly hidden: Activated;
}

/**
 * The deep network of one width with or without skip connections, for comparing their loss surfaces (He et al. 2016,
 * Li et al. 2018):
 *
 *   h₁ = φ(W₁ᵀx + b₁),  h_{l+1} = s h_l + φ(W_{l+1}ᵀh_l + b_{l+1}) for l = 1, …, D − 1,  f(x) = W_{D+1}ᵀh_D + b_{D+1},
 *
 * with s = 1 with skip connections and s = 0 without. Both have the same θ: layer after layer the weights W
 * (inputs × outputs, row-major) and then the bias b. Without skip connections it is the {@link multilayerPerceptron} of
 * widths d, m, …, m, c. No layer is normalised: with skip connections and fresh weights of unit gain ‖h‖ grows with
 * each layer. At a kink, relu'(0) = 0.
 *
 * With N = Σ inputs · outputs, an evaluation of n inputs costs 2nN operations, a pullback 4nN, a tangent 4nN and its
 * pullback 8nN; the Gram matrix costs c pullbacks and, layer by layer, the Hadamard product of the signals' and the
 * states' Gram matrices, n²c² Σ outputs + n² Σ inputs: no gradient of length p.
 *
 * @throws InvalidArgumentError when a size is not a positive integer, the activation is not known or `skipConnections`
 *   is not a Boolean; the network's functions throw it on arguments of other sizes, and on parameters and inputs that
 *   are not finite.
 *
 * @example
 * const shape = { inputCount: 1, width: 1, depth: 2, outputCount: 1, activation: "relu" } as const;
 * const theta = Float64Array.of(1, 0, 3, -1, 1, 0.5); // h₁ = relu(x), then φ(3h₁ − 1), then h₂ + ½
 * const inputs = matrix([[2]]);
 * residualPerceptron({ ...shape, skipConnections: false }).evaluate(theta, inputs).outputs; // matrix([[5.5]])
 * residualPerceptron({ ...shape, skipConnections: true }).evaluate(theta, inputs).outputs; // matrix([[7.5]])
 */
export function residualPerceptron(options: ResidualPerceptronOptions): ResidualPerceptron {
  requireOptions(options);
  const { inputCount, width, depth, outputCount, activation, skipConnections } = options;
  const widths = [inputCount, ...Array.from({ length: depth }, () => width), outputCount];
  const { layouts, parameterCount } = layerLayouts(widths, true);

  // Copies, since the caller may write into θ afterwards.
  const weightsOf = (parameters: Float64Array, { inputs, outputs, weightsStart }: LayerLayout): Matrix => ({
    rows: inputs,
    cols: outputs,
    data: parameters.slice(weightsStart, weightsStart + inputs * outputs),
  });
  const biasesOf = (parameters: Float64Array, { outputs, biasStart }: LayerLayout): Float64Array =>
    parameters.slice(biasStart, biasStart! + outputs);

  const evaluate: Network["evaluate"] = (parameters, inputs, { reproducible = false } = {}): Evaluation => {
    const by = products(reproducible);
    const n = inputs.rows;

    let state = inputs;
    const layers = layouts.map((layout, l): Layer => {
      const weights = weightsOf(parameters, layout);
      const Z = plusEachRow(by.multiply(state, weights), biasesOf(parameters, layout));
      // The read-out, layer D, is a layer whose φ is linear.
      const hidden = activated(l < depth ? activation : "linear", Z);
      const layer = { skips: skipConnections && l > 0 && l < depth, weights, state, hidden };
      state = layer.skips ? sum(state, hidden.values) : hidden.values;
      return layer;
    });
    const outputs = state;

    /** Σ u_ik f_k(x_i) differentiated by φ(Z) and by Z (both n × outputs) of every layer. */
    const signalsOf = (weights: Matrix): { readonly upstream: Matrix[]; readonly signals: Matrix[] } => {
      const [upstream, signals]: Matrix[][] = [[], []];
      let behind = weights;
      for (let l = depth; l >= 0; l--) {
        upstream[l] = behind;
        signals[l] = hadamard(behind, layers[l].hidden.slopes());
        const through = by.multiplyTransposedB(signals[l], layers[l].weights);
        behind = layers[l].skips ? sum(behind, through) : through;
      }
      return { upstream, signals };
    };

    return {
      outputs,
      pullback: (weights) => {
        const { signals } = signalsOf(weights);
        return concatenated(
          ...layers.flatMap(({ state: h }, l) => [by.multiplyTransposedA(h, signals[l]).data, sumOfRows(signals[l])]),
        );
      },
      tangent: (direction) => {
        let outputsTangent = zeros(n, inputCount); // the inputs do not move
        const moved = layouts.map((layout, l) => {
          const { skips, weights, state: h, hidden } = layers[l];
          const stateTangent = outputsTangent;
          const weightsTangent = weightsOf(direction, layout);
          const ofParameters = plusEachRow(by.multiply(h, weightsTangent), biasesOf(direction, layout));
          const ZTangent = sum(ofParameters, by.multiply(stateTangent, weights));
          const valuesTangent = hadamard(hidden.slopes(), ZTangent);
          outputsTangent = skips ? sum(stateTangent, valuesTangent) : valuesTangent;
          return { weightsTangent, stateTangent, ZTangent };
        });
        return {
          outputs: outputsTangent,
          // From Δ = E ∘ φ'(Z) follows RΔ = RE ∘ φ'(Z) + E ∘ φ''(Z) ∘ RZ, where R is the derivative along v.
          pullback: (weights, weightsOfOutputsTangent) => {
            const { upstream, signals } = signalsOf(weights);
            const gradients: Float64Array[] = [];
            let behind = weightsOfOutputsTangent;
            for (let l = depth; l >= 0; l--) {
              const { skips, weights: W, state: h, hidden } = layers[l];
              const { weightsTangent, stateTangent, ZTangent } = moved[l];
              const bent = hadamard(upstream[l], hadamard(hidden.curvatures(), ZTangent));
              const signalsTangent = sum(hadamard(behind, hidden.slopes()), bent);
              const ofWeights = sum(
                by.multiplyTransposedA(h, signalsTangent),
                by.multiplyTransposedA(stateTangent, signals[l]),
              );
              gradients.unshift(ofWeights.data, sumOfRows(signalsTangent));
              const through = sum(
                by.multiplyTransposedB(signalsTangent, W),
                by.multiplyTransposedB(signals[l], weightsTangent),
              );
              behind = skips ? sum(behind, through) : through;
            }
            return concatenated(...gradients);
          },
        };
      },
      gramMatrix: () => {
        const ofOutput = Array.from({ length: outputCount }, (_, k) => signalsOf(unitWeights(n, outputCount, k)));
        const K = zeros(n * outputCount, n * outputCount);
        // A layer is a convolution with one position.
        layers.forEach(({ state: h }, l) => {
          addGramOfLayer(
            K,
            h,
            ofOutput.map(({ signals }) => signals[l]),
            by,
          );
        });
        return K;
      },
    };
  };

  const network = checkedNetwork("residualPerceptron", { parameterCount, inputCount, outputCount, evaluate });
  return { ...network, layouts };
}

/** Weights (n×c) that pick output k of every sample. */
function unitWeights(rows: number, cols: number, k: number): Matrix {
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, (_, at) => (at % cols === k ? 1 : 0)) };
}

function requireOptions(options: ResidualPerceptronOptions): void {
  const { inputCount, width, depth, outputCount, activation, skipConnections } = options;
  for (const [name, size] of Object.entries({ inputCount, width, depth, outputCount })) {
    requireSize("residualPerceptron", name, size);
  }
  requireActivation("residualPerceptron", activation);
  const known = typeof skipConnections === "boolean";
  requireThat(known, "residualPerceptron", "skipConnections must be true or false", skipConnections);
}
