import type { Layer, Pass } from "./multilayer-perceptron-memory";

/** Evaluates the layers at θ (p) on inputs (n×d), forgetting what was known of other θ. */
export function forward(pass: Pass, parameters: Float64Array, inputs: Float64Array): void {
  const { kernels, products, layers, activation, sampleCount } = pass;
  pass.parameters.set(parameters);
  if (pass.inputsCopy) pass.inputsCopy.set(inputs);
  else pass.inputs = inputs;
  pass.slopesKnown = false;
  pass.signalsKnown = false;
  pass.curvaturesKnown = false;
  pass.directionKnown = undefined;
  for (let l = 0; l < layers.length; l++) {
    const layer = layers[l];
    const { preactivations, activations, outputs } = layer;
    products.multiply(preactivations, below(pass, l), layer.weights, sampleCount, layer.inputs, outputs, false);
    if (layer.bias) kernels.addToRows(preactivations, layer.bias, sampleCount, outputs);
    if (activations !== preactivations) {
      kernels.activate(activation, activations, preactivations, sampleCount * outputs);
    }
  }
}

/** Jᵀu for weights u (n×c), by default a fresh array. */
export function pullback(
  pass: Pass,
  weights: Float64Array,
  into: Float64Array = new Float64Array(pass.gradient.length),
): Float64Array {
  const { kernels, products, layers, sampleCount } = pass;
  backward(pass, weights);
  for (let l = 0; l < layers.length; l++) {
    const { inputs, outputs, weightsGradient, biasGradient, signals } = layers[l];
    products.multiplyTransposedA(weightsGradient, below(pass, l), signals, inputs, sampleCount, outputs, false);
    if (biasGradient) kernels.sumRows(biasGradient, signals, sampleCount, outputs);
  }
  into.set(pass.gradient);
  return into;
}

/** The derivatives of Z and φ(Z) along v (p). Those of the inputs are 0, which spares the first layer a product. */
export function forwardTangent(pass: Pass, direction: Float64Array): void {
  const { kernels, products, layers, sampleCount } = pass;
  computeSlopes(pass);
  pass.direction.set(direction);
  for (let l = 0; l < layers.length; l++) {
    const layer = layers[l];
    const { inputs, outputs, preactivationsTangent: tangent, activationsTangent } = layer;
    products.multiply(tangent, below(pass, l), layer.weightsDirection, sampleCount, inputs, outputs, false);
    if (l > 0) {
      const tangentBelow = layers[l - 1].activationsTangent;
      products.multiply(tangent, tangentBelow, layer.weights, sampleCount, inputs, outputs, true);
    }
    if (layer.biasDirection) kernels.addToRows(tangent, layer.biasDirection, sampleCount, outputs);
    if (activationsTangent !== tangent) {
      activationsTangent.set(tangent);
      kernels.multiplyEntries(activationsTangent, layer.slopes, sampleCount * outputs);
    }
  }
  pass.directionKnown = direction;
}

/**
 * The derivative of Jᵀu along v, the last that `forwardTangent` took, for weights u and their derivative u̇ (n×c): a
 * fresh array. From Δ = E ∘ φ'(Z) follows RΔ = RE ∘ φ'(Z) + E ∘ φ''(Z) ∘ RZ, where R is the derivative along v.
 */
export function pullbackTangent(pass: Pass, weights: Float64Array, weightsTangent: Float64Array): Float64Array {
  const { kernels, products, layers, sampleCount, scratch } = pass;
  backward(pass, weights);
  const bends = curved(pass);
  if (bends) computeCurvatures(pass);
  layers[layers.length - 1].signalsTangent.set(weightsTangent);
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l];
    const { inputs, outputs, weightsGradient, biasGradient, signals, signalsTangent } = layer;
    products.multiplyTransposedA(weightsGradient, below(pass, l), signalsTangent, inputs, sampleCount, outputs, false);
    if (biasGradient) kernels.sumRows(biasGradient, signalsTangent, sampleCount, outputs);
    if (l === 0) break;
    const lower = layers[l - 1];
    const { signalsTangent: tangent, activationsTangent } = lower;
    products.multiplyTransposedA(weightsGradient, activationsTangent, signals, inputs, sampleCount, outputs, true);
    products.multiplyTransposedB(tangent, signalsTangent, layer.weights, sampleCount, outputs, inputs, false);
    products.multiplyTransposedB(tangent, signals, layer.weightsDirection, sampleCount, outputs, inputs, true);
    multiplyBySlopes(pass, tangent, lower);
    if (bends) {
      const size = sampleCount * inputs;
      scratch.set(lower.preactivationsTangent);
      kernels.multiplyEntries(scratch, lower.curvatures, size);
      kernels.addToRows(tangent, scratch, 1, size); // both as one row
    }
  }
  return pass.gradient.slice();
}

/** φ'(Z) of every layer but the last. */
export function computeSlopes(pass: Pass): void {
  const { kernels, layers, activation, sampleCount } = pass;
  if (pass.slopesKnown) return;
  for (const { preactivations, activations, slopes, outputs } of layers) {
    if (activations === preactivations) continue;
    kernels.activationSlope(activation, slopes, preactivations, activations, sampleCount * outputs);
  }
  pass.slopesKnown = true;
}

/** What enters layer l. */
export function below(pass: Pass, l: number): Float64Array {
  return l === 0 ? pass.inputs : pass.layers[l - 1].activations;
}

/** Δ of every layer for weights u (n×c). */
function backward(pass: Pass, weights: Float64Array): void {
  const { products, layers, sampleCount } = pass;
  const last = layers[layers.length - 1];
  // Hessian-vector products of one loss come with the same u again and again.
  if (pass.signalsKnown && sameEntries(last.signals, weights)) return;
  computeSlopes(pass);
  last.signals.set(weights);
  for (let l = layers.length - 1; l > 0; l--) {
    const { inputs, outputs, signals, weights: W } = layers[l];
    const lower = layers[l - 1];
    products.multiplyTransposedB(lower.signals, signals, W, sampleCount, outputs, inputs, false);
    multiplyBySlopes(pass, lower.signals, lower);
  }
  pass.signalsKnown = true;
  pass.curvaturesKnown = false;
}

/** E ∘ φ''(Z) of every layer but the last, for the weights that `backward` took. */
function computeCurvatures(pass: Pass): void {
  const { kernels, products, layers, activation, sampleCount, scratch } = pass;
  if (pass.curvaturesKnown) return;
  for (let l = layers.length - 1; l > 0; l--) {
    const { inputs, outputs, signals, weights } = layers[l];
    const { curvatures, preactivations, activations, slopes } = layers[l - 1];
    const size = sampleCount * inputs;
    products.multiplyTransposedB(scratch, signals, weights, sampleCount, outputs, inputs, false);
    kernels.activationCurvature(activation, curvatures, preactivations, activations, slopes, size);
    kernels.multiplyEntries(curvatures, scratch, size);
  }
  pass.curvaturesKnown = true;
}

function multiplyBySlopes({ kernels, activation, sampleCount }: Pass, values: Float64Array, layer: Layer): void {
  if (activation !== "linear") kernels.multiplyEntries(values, layer.slopes, sampleCount * layer.outputs);
}

/** Whether φ'' is anything but 0. */
function curved({ activation }: Pass): boolean {
  return activation !== "linear" && activation !== "relu";
}

function sameEntries(x: Float64Array, y: Float64Array): boolean {
  for (let k = 0; k < x.length; k++) if (x[k] !== y[k]) return false;
  return true;
}
