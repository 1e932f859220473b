/** Where the parameters of one layer lie in θ, whatever the network. */
export interface LayerLayout {
  /** The number of its inputs, its fan-in. */
  readonly inputs: number;
  /** The number of its outputs. */
  readonly outputs: number;
  /** Index in θ of the weights, inputs × outputs of them. */
  readonly weightsStart: number;
  /** The weights into one output: a column of an inputs × outputs matrix, or a row of an outputs × inputs one. */
  readonly neurons: "columns" | "rows";
  /** Index in θ of the biases (outputs), which follow the weights; undefined without biases. */
  readonly biasStart: number | undefined;
}

/** A network whose parameters are those of its layers. */
export interface LayeredParameters {
  /** The number p of parameters. */
  readonly parameterCount: number;
  /** Where each layer's weights and biases lie in θ. */
  readonly layouts: readonly LayerLayout[];
}

/** The layers of widths d, h₁, …, c, one after the other, and the number p of parameters. */
export function layerLayouts(widths: readonly number[], bias: boolean): LayeredParameters {
  const layouts: LayerLayout[] = [];
  let end = 0;
  for (let l = 1; l < widths.length; l++) {
    const [inputs, outputs] = [widths[l - 1], widths[l]];
    const weightsStart = end;
    end += inputs * outputs;
    layouts.push({ inputs, outputs, weightsStart, neurons: "columns", biasStart: bias ? end : undefined });
    if (bias) end += outputs;
  }
  return { layouts, parameterCount: end };
}
