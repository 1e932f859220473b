// The loop of one-sample-sam-plain.ts in WebAssembly SIMD: the same operations in the same order, so the same bits.
// The derivation and the order of the sums stand there. Pointers are in bytes; all arrays are of float64 but `indices`
// and `active` (width + 1), which are of 32-bit integers.

/** Does `count` steps, or fewer: it stops before the first that meets what is not finite. Returns how many it did. */
export function advance(
  count: i32,
  width: usize,
  dimension: usize,
  indices: usize,
  inputs: usize,
  squaredNorms: usize,
  targets: usize,
  weights: usize,
  outputWeights: usize,
  preActivations: usize,
  derivatives: usize,
  active: usize,
  learningRate: f64,
  shrinkage: f64,
  perturbationRadius: f64,
  lossSlope: f64,
  layerNormEpsilon: f64,
): i32 {
  const zero = f64x2.splat(0);
  const rowBytes = dimension << 3;
  const vectorBytes = width << 3;
  for (let t = 0; t < count; t++) {
    const sample: usize = load<u32>(indices + (t << 2));
    const x = inputs + sample * rowBytes;
    const squaredNorm = load<f64>(squaredNorms + (sample << 3));
    const target = load<f64>(targets + (sample << 3));

    // Four rows at a time, so that x is loaded once for all of them.
    let squares = zero;
    let products = zero;
    let notFinite = zero;
    let row = weights;
    for (let j: usize = 0; j < vectorBytes; j += 32) {
      let z0 = zero;
      let z1 = zero;
      let z2 = zero;
      let z3 = zero;
      for (let k: usize = 0; k < rowBytes; k += 16) {
        const entries = v128.load(x + k);
        const w = row + k;
        z0 = f64x2.add(z0, f64x2.mul(v128.load(w), entries));
        z1 = f64x2.add(z1, f64x2.mul(v128.load(w + rowBytes), entries));
        z2 = f64x2.add(z2, f64x2.mul(v128.load(w + 2 * rowBytes), entries));
        z3 = f64x2.add(z3, f64x2.mul(v128.load(w + 3 * rowBytes), entries));
      }
      row += 4 * rowBytes;
      const z01 = f64x2.add(v128.shuffle<f64>(z0, z1, 0, 2), v128.shuffle<f64>(z0, z1, 1, 3));
      const z23 = f64x2.add(v128.shuffle<f64>(z2, z3, 0, 2), v128.shuffle<f64>(z2, z3, 1, 3));
      v128.store(preActivations + j, z01);
      v128.store(preActivations + j, z23, 16);
      notFinite = f64x2.add(f64x2.add(notFinite, f64x2.mul(zero, z01)), f64x2.mul(zero, z23));
      const h01 = relu(z01);
      const h23 = relu(z23);
      squares = f64x2.add(f64x2.add(squares, f64x2.mul(h01, h01)), f64x2.mul(h23, h23));
      products = f64x2.add(products, f64x2.mul(v128.load(outputWeights + j), h01));
      products = f64x2.add(products, f64x2.mul(v128.load(outputWeights + j, 16), h23));
    }
    let squaredLength = sumOfLanes(squares);
    let length = sqrt(squaredLength);
    let outside = layerNormEpsilon > 0 && length > layerNormEpsilon;
    let inverse = inverseOf(length, layerNormEpsilon);
    let output = sumOfLanes(products) * inverse;
    let pulls = f64x2.splat(outside ? output * inverse : 0);
    let inverses = f64x2.splat(inverse);

    let slopes = zero;
    for (let j: usize = 0; j < vectorBytes; j += 16) {
      const z = v128.load(preActivations + j);
      const a = v128.load(outputWeights + j);
      const slope = f64x2.mul(inverses, f64x2.sub(a, f64x2.mul(pulls, relu(z))));
      const v = v128.and(f64x2.gt(z, zero), slope);
      v128.store(derivatives + j, v);
      slopes = f64x2.add(slopes, f64x2.mul(v, v));
    }
    const squaredGradient = squaredLength * inverse * inverse + squaredNorm * sumOfLanes(slopes);
    if (0 * output + 0 * squaredGradient + sumOfLanes(notFinite) != 0) return t;

    const radius = squaredGradient > 0 ? perturbationRadius / sqrt(squaredGradient) : 0;
    const tau = output > target ? radius : output < target ? -radius : 0;
    const preActivationStep = tau * squaredNorm;
    const preActivationSteps = f64x2.splat(preActivationStep);
    const outputSteps = f64x2.splat(tau * inverse);
    squares = zero;
    products = zero;
    for (let j: usize = 0; j < vectorBytes; j += 16) {
      const old = v128.load(preActivations + j);
      const a = f64x2.add(v128.load(outputWeights + j), f64x2.mul(outputSteps, relu(old)));
      const z = f64x2.add(old, f64x2.mul(preActivationSteps, v128.load(derivatives + j)));
      const h = relu(z);
      v128.store(preActivations + j, z);
      // From here on, ã, and then the factors of x.
      v128.store(derivatives + j, a);
      squares = f64x2.add(squares, f64x2.mul(h, h));
      products = f64x2.add(products, f64x2.mul(a, h));
    }
    squaredLength = sumOfLanes(squares);
    length = sqrt(squaredLength);
    outside = layerNormEpsilon > 0 && length > layerNormEpsilon;
    inverse = inverseOf(length, layerNormEpsilon);
    output = sumOfLanes(products) * inverse;
    if (0 * output + 0 * squaredLength + 0 * preActivationStep != 0) return t;
    pulls = f64x2.splat(outside ? output * inverse : 0);
    inverses = f64x2.splat(inverse);

    const rates = f64x2.splat(learningRate * (lossSlope * (output - target)));
    const shrinkages = f64x2.splat(shrinkage);
    let activeBytes: usize = 0;
    for (let j: usize = 0; j < vectorBytes; j += 16) {
      const z = v128.load(preActivations + j);
      const h = relu(z);
      const kept = f64x2.mul(shrinkages, v128.load(outputWeights + j));
      v128.store(outputWeights + j, f64x2.sub(kept, f64x2.mul(rates, f64x2.mul(inverses, h))));
      const slope = f64x2.mul(inverses, f64x2.sub(v128.load(derivatives + j), f64x2.mul(pulls, h)));
      v128.store(derivatives + j, f64x2.mul(rates, slope));
      // The list of active neurons, written without a branch: which are active, no processor predicts.
      const mask = i64x2.bitmask(f64x2.gt(z, zero));
      store<u32>(active + activeBytes, <u32>j);
      activeBytes += (mask & 1) << 2;
      store<u32>(active + activeBytes, <u32>j + 8);
      activeBytes += (mask & 2) << 1;
    }
    if (shrinkage != 1) {
      const end = weights + width * rowBytes;
      for (let w = weights; w < end; w += 16) v128.store(w, f64x2.mul(shrinkages, v128.load(w)));
    }
    // Two rows at a time.
    let l: usize = 0;
    for (; l + 4 < activeBytes; l += 8) {
      const j0: usize = load<u32>(active + l);
      const j1: usize = load<u32>(active + l, 4);
      const w0 = weights + j0 * dimension;
      const w1 = weights + j1 * dimension;
      const factor0 = v128.load64_splat(derivatives + j0);
      const factor1 = v128.load64_splat(derivatives + j1);
      for (let k: usize = 0; k < rowBytes; k += 16) {
        const entries = v128.load(x + k);
        v128.store(w0 + k, f64x2.sub(v128.load(w0 + k), f64x2.mul(factor0, entries)));
        v128.store(w1 + k, f64x2.sub(v128.load(w1 + k), f64x2.mul(factor1, entries)));
      }
    }
    if (l < activeBytes) {
      const j: usize = load<u32>(active + l);
      const w = weights + j * dimension;
      const factor = v128.load64_splat(derivatives + j);
      for (let k: usize = 0; k < rowBytes; k += 16) {
        v128.store(w + k, f64x2.sub(v128.load(w + k), f64x2.mul(factor, v128.load(x + k))));
      }
    }
  }
  return count;
}

/** max(z, 0), and 0 for NaN. */
function relu(z: v128): v128 {
  return f64x2.pmax(f64x2.splat(0), z);
}

function inverseOf(length: f64, epsilon: f64): f64 {
  return 1 / (epsilon > 0 ? (length > epsilon ? length : epsilon) : 1);
}

function sumOfLanes(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}
