import { matrix, type Matrix, type RandomStream } from "../core";
import { gaussianInputs, uniformSphere } from "../data";
import {
  convolutional,
  deepLinear,
  initialParameters,
  multilayerPerceptron,
  type Network,
  randomFeatures,
} from "../models";

/** What is trained. */
export type AlignmentArchitecture = "linear network" | "random features" | "relu" | "tanh" | "convolutional";

/** A network and its samples. */
export interface AlignmentSizes {
  /**
   * "linear network": d-m-1 without biases; "random features": m ReLU features; "relu", "tanh": fully connected,
   * d-m-m-1; "convolutional": two ReLU convolutions with m channels and kernels of side 3, means over 2×2 blocks, a
   * linear read-out, on √d × √d images.
   */
  readonly architecture: AlignmentArchitecture;
  /** m. */
  readonly width: number;
  /** n. */
  readonly sampleCount: number;
  /** d; for "convolutional" the square of a side of at least 6. */
  readonly inputCount: number;
}

/**
 * Standard normal inputs, for random features on the unit sphere, with y = (3/2) tanh z₁ − ½ z₂z₃ of the inputs z
 * scaled to variance one, for linear networks y = w·x/√d with a normal w. Images are gratings ½ + ½ cos(k·r + phase)
 * with |k| = 9/side, of a uniform direction and phase, and y = cos of twice the angle of the direction.
 */
export function trainingSet(
  { architecture, sampleCount: n, inputCount: d }: AlignmentSizes,
  stream: RandomStream,
): { inputs: Matrix; targets: Float64Array } {
  if (architecture === "convolutional") {
    const side = Math.sqrt(d);
    const waves = Array.from({ length: n }, () => [Math.PI * stream.uniform(), 2 * Math.PI * stream.uniform()]);
    const brightness = ([angle, phase]: readonly number[], row: number, column: number): number =>
      0.5 + 0.5 * Math.cos((9 * (Math.cos(angle) * column + Math.sin(angle) * row)) / side + phase);
    return {
      inputs: matrix(
        waves.map((wave) => Array.from({ length: d }, (_, k) => brightness(wave, Math.floor(k / side), k % side))),
      ),
      targets: Float64Array.from(waves, ([angle]) => Math.cos(2 * angle)),
    };
  }
  const onSphere = architecture === "random features";
  const shape = { sampleCount: n, dimension: d, stream };
  const inputs = onSphere ? uniformSphere({ ...shape, radius: 1 }) : gaussianInputs(shape);
  const teacher = stream.normals(d);
  const scale = onSphere ? Math.sqrt(d) : 1;
  const targets = Float64Array.from({ length: n }, (_, i) => {
    const x = inputs.data.subarray(i * d, (i + 1) * d);
    if (architecture === "linear network") return x.reduce((sum, v, k) => sum + v * teacher[k], 0) / Math.sqrt(d);
    return 1.5 * Math.tanh(scale * x[0]) - 0.5 * scale * x[1] * scale * x[2];
  });
  return { inputs, targets };
}

/** The network with its first parameters: 0 for random features, else drawn so that signals keep their size. */
export function networkAndStart(
  { architecture, width: m, inputCount: d }: AlignmentSizes,
  stream: RandomStream,
): { network: Network; start: Float64Array } {
  switch (architecture) {
    case "linear network": {
      const network = deepLinear({ widths: [d, m, 1] });
      return { network, start: initialParameters(network, stream, { scheme: "LeCun" }) };
    }
    case "random features": {
      const weights = uniformSphere({ sampleCount: m, dimension: d, stream });
      const network = randomFeatures({ weights, activation: "relu", outputScale: 1 });
      return { network, start: new Float64Array(m) };
    }
    case "convolutional": {
      const [kernel, side] = [3, Math.sqrt(d)];
      const network = convolutional({
        imageShape: [side, side, 1],
        layers: [
          { channels: m, kernel },
          { channels: m, kernel, pool: 2 },
        ],
        activation: "relu",
        outputCount: 1,
      });
      return { network, start: initialParameters(network, stream, { scheme: "He" }) };
    }
    case "relu":
    case "tanh": {
      const network = multilayerPerceptron({ widths: [d, m, m, 1], activation: architecture });
      const scheme = architecture === "relu" ? "He" : "LeCun";
      return { network, start: initialParameters(network, stream, { scheme }) };
    }
  }
}
