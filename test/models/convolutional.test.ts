import { matrix, randomStream } from "flat-minima/core";
import { describe, expect, it } from "vitest";
import type { ActivationKind } from "../../lib/core/kernels/kernels";
import { convolutional } from "../../lib/models/convolutional";
import type { ConvolutionalOptions, ConvolutionOptions } from "../../lib/models/convolutional-layout";
import { plus, type Scalar, times } from "../oracles/hyper-dual";
import { networkContract, normalMatrix, normals, type ScalarFormula } from "./network-contract";
import { ACTIVATIONS } from "./perceptron-formula";

/** The network by loops over positions, kernels and channels; maps are map[row][column][channel]. */
function formulaOf({ imageShape, layers, activation, outputCount }: ConvolutionalOptions): ScalarFormula {
  return (theta, x) => {
    let next = 0;
    const take = (count: number): readonly Scalar[] => theta.slice(next, (next += count));
    const [height, width, channels] = imageShape;
    let map: Scalar[][][] = Array.from({ length: height }, (_, row) =>
      Array.from({ length: width }, (_, col) =>
        Array.from({ length: channels }, (_, k) => x[(row * width + col) * channels + k]),
      ),
    );
    for (const { channels: outputs, kernel, stride = 1, pool = 1 } of layers) {
      const inputs = map[0][0].length;
      const weights = take(kernel * kernel * inputs * outputs);
      const biases = take(outputs);
      const convolved: Scalar[][][] = [];
      for (let row = 0; row + kernel <= map.length; row += stride) {
        convolved.push([]);
        for (let col = 0; col + kernel <= map[0].length; col += stride) {
          convolved[convolved.length - 1].push(
            biases.map((bias, out) => {
              const terms = [plus(bias)];
              for (let r = 0; r < kernel; r++) {
                for (let s = 0; s < kernel; s++) {
                  for (let k = 0; k < inputs; k++) {
                    terms.push(
                      times(map[row + r][col + s][k], weights[((r * kernel + s) * inputs + k) * outputs + out]),
                    );
                  }
                }
              }
              return ACTIVATIONS[activation](plus(...terms));
            }),
          );
        }
      }
      const pooled: Scalar[][][] = [];
      for (let row = 0; row + pool <= convolved.length; row += pool) {
        pooled.push([]);
        for (let col = 0; col + pool <= convolved[0].length; col += pool) {
          const block = convolved.slice(row, row + pool).flatMap((line) => line.slice(col, col + pool));
          pooled[pooled.length - 1].push(
            biases.map((_, k) => times(1 / (pool * pool), plus(...block.map((entry) => entry[k])))),
          );
        }
      }
      map = pooled;
    }
    const features = map.flat(2);
    const weights = take(features.length * outputCount);
    const biases = take(outputCount);
    return biases.map((bias, out) =>
      plus(bias, ...features.map((feature, k) => times(feature, weights[k * outputCount + out]))),
    );
  };
}

function contractOf(name: string, options: ConvolutionalOptions, n: number): void {
  const network = convolutional(options);
  const stream = randomStream(8, "convolutional", name);
  const theta = normals(stream, network.parameterCount, 0.7);
  networkContract(
    `convolutional, ${name}`,
    network,
    formulaOf(options),
    theta,
    normalMatrix(stream, n, network.inputCount),
  );
}

const oneLayer = (layer: ConvolutionOptions): readonly ConvolutionOptions[] => [layer];
for (const activation of Object.keys(ACTIVATIONS) as ActivationKind[]) {
  const layers = [
    { channels: 2, kernel: 2 },
    { channels: 2, kernel: 2 },
  ];
  contractOf(`two layers, ${activation}`, { imageShape: [4, 3, 1], layers, activation, outputCount: 1 }, 2);
}
contractOf(
  "stride, more than one channel and output",
  {
    imageShape: [4, 5, 2],
    layers: oneLayer({ channels: 2, kernel: 2, stride: 2 }),
    activation: "tanh",
    outputCount: 2,
  },
  2,
);
contractOf(
  "pooling with a rest, then a layer of one position",
  {
    imageShape: [5, 6, 1],
    layers: [
      { channels: 2, kernel: 2, pool: 2 },
      { channels: 2, kernel: 2 },
    ],
    activation: "softplus",
    outputCount: 2,
  },
  2,
);
contractOf("no layer: affine", { imageShape: [2, 2, 2], layers: [], activation: "relu", outputCount: 2 }, 3);

describe("convolutional", () => {
  it("states where the parameters of each layer lie", () => {
    const layers = [{ channels: 4, kernel: 3, stride: 2, pool: 2 }];
    const network = convolutional({ imageShape: [28, 28, 1], layers, activation: "relu", outputCount: 10 });
    // 28 → ⌊25/2⌋ + 1 = 13 → ⌊13/2⌋ = 6.
    expect(network.layouts).toEqual([
      { inputs: 9, outputs: 4, weightsStart: 0, neurons: "columns", biasStart: 36 },
      { inputs: 6 * 6 * 4, outputs: 10, weightsStart: 40, neurons: "columns", biasStart: 1480 },
    ]);
    expect(network.parameterCount).toBe(1490);
    expect(network.inputCount).toBe(784);
  });

  it("has relu'(0) = 0 where a patch gives exactly 0", () => {
    const layers = oneLayer({ channels: 1, kernel: 1 });
    const network = convolutional({ imageShape: [1, 2, 1], layers, activation: "relu", outputCount: 1 });
    // Kernel 2 and bias −2 on the pixels 1 and 3: 0 and 4; the read-out weighs both with 5.
    const evaluation = network.evaluate(Float64Array.of(2, -2, 5, 5, 0), matrix([[1, 3]]));
    expect(evaluation.outputs).toEqual(matrix([[20]]));
    expect(evaluation.pullback(matrix([[1]]))).toEqual(Float64Array.of(15, 5, 0, 4, 1));
  });

  const good: ConvolutionalOptions = {
    imageShape: [4, 5, 1],
    layers: [{ channels: 2, kernel: 3 }],
    activation: "relu",
    outputCount: 1,
  };
  const cases: [string, Partial<ConvolutionalOptions>][] = [
    ["convolutional: the height of an image must be a positive integer, got 0", { imageShape: [0, 5, 1] }],
    ["convolutional: the width of an image must be a positive integer, got 2.5", { imageShape: [4, 2.5, 1] }],
    [
      "convolutional: the number of channels of an image must be a positive integer, got -1",
      { imageShape: [4, 5, -1] },
    ],
    ["convolutional: outputCount must be a positive integer, got 0", { outputCount: 0 }],
    [
      'convolutional: activation must be one of "linear", "relu", "tanh", "softplus", "smooth leaky relu", got step',
      { activation: "step" as "relu" },
    ],
    [
      "convolutional: layers[0].channels must be a positive integer, got 0",
      { layers: oneLayer({ channels: 0, kernel: 1 }) },
    ],
    [
      "convolutional: layers[0].stride must be a positive integer, got 0.5",
      { layers: oneLayer({ channels: 1, kernel: 1, stride: 0.5 }) },
    ],
    [
      "convolutional: layers[1].kernel must fit into the 2×3 map before it, got 3",
      {
        layers: [
          { channels: 1, kernel: 3 },
          { channels: 1, kernel: 3 },
        ],
      },
    ],
    [
      "convolutional: layers[0].pool must fit into the 2×3 map before it, got 3",
      { layers: oneLayer({ channels: 1, kernel: 3, pool: 3 }) },
    ],
  ];
  for (const [message, wrong] of cases) {
    it(`refuses: ${message}`, () => expect(() => convolutional({ ...good, ...wrong })).toThrow(message));
  }
});
