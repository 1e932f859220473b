import { type Matrix, zeros } from "../core";
import { type Activated, activated } from "./activated";
import { checkedNetwork } from "./checked-network";
import {
  type ConvolutionLayer,
  mapsFromPatches,
  patchesOf,
  pooledMaps,
  sizeOf,
  unpooledMaps,
} from "./convolutional-layer";
import { addGramOfLayer } from "./convolutional-gram";
import { type ConvolutionalOptions, type LayerPlace, placedLayers } from "./convolutional-layout";
import { hadamard, plusEachRow, sum, sumOfRows } from "./entrywise";
import type { LayerLayout } from "./layer-layout";
import type { Evaluation, Network } from "./network";
import { products } from "./products";
import { concatenated } from "./two-layer-parameters";

/** A convolutional network; made by {@link convolutional}. */
export interface Convolutional extends Network {
  /** Where each layer's weights and biases lie in θ, with its fan-in; the read-out comes last. */
  readonly layouts: readonly LayerLayout[];
}

/** A layer at θ on the inputs. L is the number of its output positions. */
interface Pass {
  readonly layer: ConvolutionLayer;
  /** W (patch length × channels). */
  readonly weights: Matrix;
  /** P (nL × patch length). */
  readonly patches: Matrix;
  /** φ(PW + b) (nL × channels). */
  readonly hidden: Activated;
}

/**
 * A small convolutional network: for each layer a convolution with bias, the activation and, where asked for, means
 * over blocks; then a linear read-out with bias from the last map to c outputs.
 *
 * Images and maps are listed row by row, channels innermost: entry (row, column, channel) has index
 * (row · width + column) · channels + channel. Convolutions have no padding ("valid"): a side h becomes
 * ⌊(h − kernel)/stride⌋ + 1, and then ⌊h/pool⌋, where what is left over is dropped. Kernels are not flipped.
 *
 * θ holds, layer after layer and the read-out last, the weights (kernel² · channels in × channels out, row-major, the
 * kernel's entries in the order row, column, channel) and then the biases. With ReLU, φ'(0) = 0.
 *
 * With q weights in a layer of L output positions, an evaluation costs 2nLq operations, a pullback twice and a tangent
 * with its pullback four times as many; patches are copied out (im2col), which takes nL · kernel² · channels numbers.
 * The Gram matrix takes c pullbacks and then, layer by layer, the cheaper of two ways: where L = 1, as in the
 * read-out, the Hadamard product of the patches' and the signals' Gram matrices; else the layer's own per-sample
 * gradients Σ over positions, an nc × q matrix, and their Gram matrix (n²c²q), since kernels are small and Hadamard
 * products would need the (ncL)² pairs of positions.
 *
 * @throws InvalidArgumentError when a size is not a positive integer, a kernel or pool does not fit into the map before
 *   it, or the activation is not known; the network's functions throw it on arguments of other sizes, and on
 *   parameters and inputs that are not finite.
 *
 * @example
 * const layers = [{ channels: 1, kernel: 2 }];
 * const network = convolutional({ imageShape: [2, 3, 1], layers, activation: "relu", outputCount: 1 });
 * const theta = Float64Array.of(1, 0, 0, -1, 0, 1, 10, 0.5); // kernel [[1, 0], [0, -1]], 0; read-out [1, 10], ½
 * network.evaluate(theta, matrix([[5, 0, 4, 7, 2, 3]])).outputs; // matrix([[3.5]])
 */
export function convolutional(options: ConvolutionalOptions): Convolutional {
  const placed = placedLayers(options);
  const [height, width, channels] = options.imageShape;
  const { outputCount } = options;
  const last = placed[placed.length - 1].layout;
  const parameterCount = last.biasStart + outputCount;

  const weightsOf = (parameters: Float64Array, { inputs, outputs, weightsStart, biasStart }: LayerPlace): Matrix => ({
    rows: inputs,
    cols: outputs,
    data: parameters.slice(weightsStart, biasStart),
  });
  const biasesOf = (parameters: Float64Array, { outputs, biasStart }: LayerPlace): Float64Array =>
    parameters.slice(biasStart, biasStart + outputs);

  const evaluate: Network["evaluate"] = (parameters, inputs, { reproducible = false } = {}): Evaluation => {
    const by = products(reproducible);
    const n = inputs.rows;
    /** The same numbers as n maps (n × size), and as nL positions (nL × channels). */
    const asMaps = ({ data }: Matrix): Matrix => ({ rows: n, cols: data.length / n, data });
    const asPositions = ({ data }: Matrix, cols: number): Matrix => ({ rows: data.length / cols, cols, data });

    let maps = inputs;
    const passes = placed.map(({ layer, layout }): Pass => {
      const weights = weightsOf(parameters, layout);
      const patches = patchesOf(layer, maps);
      const Z = plusEachRow(by.multiply(patches, weights), biasesOf(parameters, layout));
      const hidden = activated(layer.activation, Z);
      maps = pooledMaps(layer, asMaps(hidden.values));
      return { layer, weights, patches, hidden };
    });
    const outputs = maps;

    /** Σ u_ik f_k(x_i) differentiated by φ(Z) and by Z (both nL × channels) of every layer. */
    const signalsOf = (weights: Matrix): { readonly upstream: Matrix[]; readonly signals: Matrix[] } => {
      const [upstream, signals]: Matrix[][] = [[], []];
      let behind = weights;
      for (let l = passes.length - 1; l >= 0; l--) {
        const { layer, weights: W, hidden } = passes[l];
        upstream[l] = asPositions(unpooledMaps(layer, behind), layer.output.channels);
        signals[l] = hadamard(upstream[l], hidden.slopes());
        if (l > 0) behind = mapsFromPatches(layer, by.multiplyTransposedB(signals[l], W));
      }
      return { upstream, signals };
    };

    return {
      outputs,
      pullback: (weights) => {
        const { signals } = signalsOf(weights);
        return concatenated(
          ...passes.flatMap(({ patches }, l) => [
            by.multiplyTransposedA(patches, signals[l]).data,
            sumOfRows(signals[l]),
          ]),
        );
      },
      tangent: (direction) => {
        let mapsTangent: Matrix | undefined; // the images do not move
        const moved = placed.map(({ layer, layout }, l) => {
          const { weights, patches, hidden } = passes[l];
          const weightsTangent = weightsOf(direction, layout);
          const patchesTangent = mapsTangent && patchesOf(layer, mapsTangent);
          let ZTangent = plusEachRow(by.multiply(patches, weightsTangent), biasesOf(direction, layout));
          if (patchesTangent) ZTangent = sum(ZTangent, by.multiply(patchesTangent, weights));
          mapsTangent = pooledMaps(layer, asMaps(hadamard(hidden.slopes(), ZTangent)));
          return { weightsTangent, patchesTangent, ZTangent };
        });
        return {
          outputs: mapsTangent!,
          pullback: (weights, weightsTangent) => {
            const { upstream, signals } = signalsOf(weights);
            const gradients: Float64Array[] = [];
            let behind = weightsTangent;
            for (let l = passes.length - 1; l >= 0; l--) {
              const { layer, weights: W, patches, hidden } = passes[l];
              const { weightsTangent: WTangent, patchesTangent, ZTangent } = moved[l];
              const upstreamTangent = asPositions(unpooledMaps(layer, behind), layer.output.channels);
              const bent = hadamard(upstream[l], hadamard(hidden.curvatures(), ZTangent));
              const signalsTangent = sum(hadamard(upstreamTangent, hidden.slopes()), bent);
              let ofWeights = by.multiplyTransposedA(patches, signalsTangent);
              if (patchesTangent) ofWeights = sum(ofWeights, by.multiplyTransposedA(patchesTangent, signals[l]));
              gradients.unshift(ofWeights.data, sumOfRows(signalsTangent));
              if (l > 0) {
                const ofPatches = by.multiplyTransposedB(signalsTangent, W);
                behind = mapsFromPatches(layer, sum(ofPatches, by.multiplyTransposedB(signals[l], WTangent)));
              }
            }
            return concatenated(...gradients);
          },
        };
      },
      gramMatrix: () => {
        const signalsOfOutput = Array.from({ length: outputCount }, (_, k) =>
          signalsOf(unitWeights(n, outputCount, k)),
        );
        const K = zeros(n * outputCount, n * outputCount);
        passes.forEach(({ patches }, l) => {
          addGramOfLayer(
            K,
            patches,
            signalsOfOutput.map(({ signals }) => signals[l]),
            by,
          );
        });
        return K;
      },
    };
  };

  const inputCount = sizeOf({ height, width, channels });
  const network = checkedNetwork("convolutional", { parameterCount, inputCount, outputCount, evaluate });
  return { ...network, layouts: placed.map(({ layout }) => layout) };
}

/** Weights (n×c) that pick output k of every sample. */
function unitWeights(rows: number, cols: number, k: number): Matrix {
  const weights = zeros(rows, cols);
  for (let i = 0; i < rows; i++) weights.data[i * cols + k] = 1;
  return weights;
}
