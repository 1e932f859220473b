/** Where the parameters of one layer lie in θ. */
export interface LayerLayout {
  /** The number of its inputs, its fan-in. */
  readonly inputs: number;
  /** The number of its outputs. */
  readonly outputs: number;
  /** Index in θ of the weights W (inputs × outputs, row-major). */
  readonly weightsStart: number;
  /** Index in θ of the bias b (outputs), which follows W; undefined without biases. */
  readonly biasStart: number | undefined;
}

/** The layers of widths d, h₁, …, c, one after the other, and the number p of parameters. */
export function layerLayouts(
  widths: readonly number[],
  bias: boolean,
): { readonly layers: readonly LayerLayout[]; readonly parameterCount: number } {
  const layers: LayerLayout[] = [];
  let end = 0;
  for (let l = 1; l < widths.length; l++) {
    const [inputs, outputs] = [widths[l - 1], widths[l]];
    const weightsStart = end;
    end += inputs * outputs;
    layers.push({ inputs, outputs, weightsStart, biasStart: bias ? end : undefined });
    if (bias) end += outputs;
  }
  return { layers, parameterCount: end };
}
