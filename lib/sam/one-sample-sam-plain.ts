/**
 * What the loop of 1-SAM works on: arrays padded by zeros to shapes that SIMD likes, and the constants of the rule.
 * The bias is not apart: with it, row j is w'_j = (w_j, b_j) and every input is x' = (x, 1).
 */
export interface OneSampleSizes {
  readonly sampleCount: number;
  /** m, padded by neurons with w'_j = 0 and a_j = 0, which never become active. A multiple of 4. */
  readonly width: number;
  /** The length of x', padded by zeros. A multiple of 2. */
  readonly dimension: number;
}

export interface OneSampleRule {
  /** η. */
  readonly learningRate: number;
  /** 1 − ηλ, by which weight decay multiplies θ. */
  readonly shrinkage: number;
  /** ρ. */
  readonly perturbationRadius: number;
  /** κ in ℓ' = κ(f − y): 2 for the square loss, 1 for the half square. */
  readonly lossSlope: number;
  /** ε of the simplified layer norm; 0 for none. */
  readonly layerNormEpsilon: number;
}

/** The arrays, to be filled by the caller, and the loop over them. */
export interface OneSampleLoop {
  /** x'_i (sampleCount × dimension). */
  readonly inputs: Float64Array;
  /** ‖x'_i‖² (sampleCount). */
  readonly squaredNorms: Float64Array;
  /** y_i (sampleCount). */
  readonly targets: Float64Array;
  /** w'_j (width × dimension). */
  readonly weights: Float64Array;
  /** a_j (width). */
  readonly outputWeights: Float64Array;
  /** The samples of the next steps. */
  readonly indices: Int32Array;
  /** Steps on indices[0], …, indices[count − 1], up to the first that meets what is not finite; returns their number. */
  readonly advance: (count: number) => number;
}

/** How many indices are drawn at a time. */
export const CHUNK = 4096;

/*
 * One step of 1-SAM costs no more than one of SGD, since the gradient of one sample has rank one in W.
 *
 * The network. z = W'x', h = relu(z), f = aᵀh/N, where N = 1, or N = max(‖h‖, ε) for the simplified layer norm. Let
 * the pull be q = f/N where ‖h‖ > ε, and q = 0 elsewhere and without layer norm. As ∂‖h‖/∂h = h/‖h‖,
 *
 *   ∂f/∂a_j = h_j/N,   ∂f/∂z_j = v_j := (a_j − q h_j)/N where z_j > 0, else 0,   ∂f/∂w'_j = v_j x',
 *
 *   ‖∇f‖² = ‖h‖²/N² + ‖x'‖² Σ_j v_j².
 *
 * The perturbation. ∇ℓ = ℓ'(f) ∇f, so ε = ρ ∇ℓ/‖∇ℓ‖ = τ ∇f with τ = ρ sign(ℓ'(f))/‖∇f‖, and τ = 0 where ∇ℓ = 0. At
 * θ + ε the row is w'_j + τ v_j x', so that
 *
 *   z̃_j = z_j + τ ‖x'‖² v_j,   ã_j = a_j + τ h_j/N:
 *
 * no perturbed copy of W. An inactive neuron has v_j = 0 and stays inactive; an active one may fall silent.
 *
 * The update. With h̃ = relu(z̃) and f̃, Ñ, q̃, ṽ as above, from z̃ and ã, and the rate η ℓ'(f̃),
 *
 *   w'_j ← (1 − ηλ) w'_j − rate ṽ_j x' where z̃_j > 0, else (1 − ηλ) w'_j,   a_j ← (1 − ηλ) a_j − rate h̃_j/Ñ.
 *
 * That is one pass over W' for z and, without weight decay, one over its active rows: 2md + 2md flops at the most.
 *
 * The order of the sums: terms with even and with odd index apart, ascending, then even + odd. It is that of the two
 * lanes of a SIMD register, and the WebAssembly gives the same bits.
 *
 * What is not finite: NaN compares as inactive and −∞ is inactive, so neither need show in f; 0·z does show it. Where
 * ‖∇f‖² underflows to 0 the gradient counts as zero.
 */

/** The loop in plain TypeScript. */
export function plainOneSampleLoop(sizes: OneSampleSizes, rule: OneSampleRule): OneSampleLoop {
  const { sampleCount, width, dimension } = sizes;
  const arrays: Arrays = {
    inputs: new Float64Array(sampleCount * dimension),
    squaredNorms: new Float64Array(sampleCount),
    targets: new Float64Array(sampleCount),
    weights: new Float64Array(width * dimension),
    outputWeights: new Float64Array(width),
    z: new Float64Array(width),
    h: new Float64Array(width),
    v: new Float64Array(width),
    perturbedOutputWeights: new Float64Array(width),
  };
  const indices = new Int32Array(CHUNK);
  const advance = (count: number): number => {
    for (let t = 0; t < count; t++) if (!step(indices[t], sizes, rule, arrays)) return t;
    return count;
  };
  return { ...arrays, indices, advance };
}

interface Arrays extends Omit<OneSampleLoop, "indices" | "advance"> {
  readonly z: Float64Array;
  readonly h: Float64Array;
  readonly v: Float64Array;
  /** ã. */
  readonly perturbedOutputWeights: Float64Array;
}

/** One step, unless it meets what is not finite. */
function step(sample: number, sizes: OneSampleSizes, rule: OneSampleRule, arrays: Arrays): boolean {
  const { width, dimension } = sizes;
  const { learningRate, shrinkage, perturbationRadius, lossSlope, layerNormEpsilon } = rule;
  const { inputs, weights, outputWeights, z, h, v, perturbedOutputWeights } = arrays;
  const x = sample * dimension;
  const squaredNorm = arrays.squaredNorms[sample];
  const target = arrays.targets[sample];

  let notFinite = 0;
  preActivate(z, weights, inputs, x, dimension);
  for (let j = 0; j < width; j++) {
    h[j] = z[j] > 0 ? z[j] : 0;
    notFinite += 0 * z[j];
  }
  const squaredLength = dot(h, h);
  const { output, inverse, pull } = readOut(squaredLength, dot(outputWeights, h), layerNormEpsilon);
  for (let j = 0; j < width; j++) v[j] = z[j] > 0 ? inverse * (outputWeights[j] - pull * h[j]) : 0;
  const squaredGradient = squaredLength * inverse * inverse + squaredNorm * dot(v, v);
  if (!Number.isFinite(output) || !Number.isFinite(squaredGradient) || notFinite !== 0) return false;

  const radius = squaredGradient > 0 ? perturbationRadius / Math.sqrt(squaredGradient) : 0;
  const tau = output > target ? radius : output < target ? -radius : 0;
  const preActivationStep = tau * squaredNorm;
  const outputStep = tau * inverse;
  for (let j = 0; j < width; j++) {
    perturbedOutputWeights[j] = outputWeights[j] + outputStep * h[j];
    z[j] += preActivationStep * v[j];
    h[j] = z[j] > 0 ? z[j] : 0;
  }
  const perturbedSquaredLength = dot(h, h);
  const perturbed = readOut(perturbedSquaredLength, dot(perturbedOutputWeights, h), layerNormEpsilon);
  const finite = Number.isFinite(perturbed.output) && Number.isFinite(perturbedSquaredLength);
  if (!finite || !Number.isFinite(preActivationStep)) return false;

  const rate = learningRate * (lossSlope * (perturbed.output - target));
  if (shrinkage !== 1) for (let k = 0; k < weights.length; k++) weights[k] *= shrinkage;
  for (let j = 0; j < width; j++) {
    outputWeights[j] = shrinkage * outputWeights[j] - rate * (perturbed.inverse * h[j]);
    if (!(z[j] > 0)) continue;
    const factor = rate * (perturbed.inverse * (perturbedOutputWeights[j] - perturbed.pull * h[j]));
    const row = j * dimension;
    for (let k = 0; k < dimension; k++) weights[row + k] -= factor * inputs[x + k];
  }
  return true;
}

/** f, 1/N and q, from ‖h‖² and aᵀh. */
function readOut(
  squaredLength: number,
  product: number,
  epsilon: number,
): { readonly output: number; readonly inverse: number; readonly pull: number } {
  const length = Math.sqrt(squaredLength);
  const outside = epsilon > 0 && length > epsilon;
  const inverse = 1 / (outside ? length : epsilon > 0 ? epsilon : 1);
  const output = product * inverse;
  return { output, inverse, pull: outside ? output * inverse : 0 };
}

/** z_j ← w'_j·x' for the input that begins at `x`. */
function preActivate(z: Float64Array, weights: Float64Array, inputs: Float64Array, x: number, dimension: number): void {
  const end = x + dimension;
  let w = 0;
  for (let j = 0; j < z.length; j++) {
    let even = 0;
    let odd = 0;
    for (let k = x; k < end; k += 2) {
      even += weights[w] * inputs[k];
      odd += weights[w + 1] * inputs[k + 1];
      w += 2;
    }
    z[j] = even + odd;
  }
}

/** uᵀv, of an even length. */
function dot(u: Float64Array, v: Float64Array): number {
  let even = 0;
  let odd = 0;
  for (let k = 0; k < u.length; k += 2) {
    even += u[k] * v[k];
    odd += u[k + 1] * v[k + 1];
  }
  return even + odd;
}
