import { type Matrix, type RandomStream, requireThat } from "../core";
import { requireFiniteEntries } from "../core/matrix";
import { uncheckedMultiplyVector } from "../core/products";
import { covarianceFactor } from "./covariance-factor";
import type { GradientDescentOptions } from "./gradient-descent";
import { descend, displaced, requireLearningRate, requireNonNegative, type UpdateMap } from "./update-map";

/** The Gaussian noise ξ that is added to a gradient, by its covariance Σ (p×p) in one of three forms. */
export type GradientNoise =
  /** Σ itself, symmetric and positive semi-definite; factored once, O(p³), then O(p²) a step. */
  | { readonly covariance: Matrix }
  /** F (p×r) with Σ = FFᵀ, or F as a function of θ; O(pr) a step. */
  | { readonly factor: Matrix | ((parameters: Float64Array) => Matrix) }
  /** σ with Σ = σ²I, or σ as a function of θ; O(p) a step. */
  | { readonly standardDeviation: number | ((parameters: Float64Array) => number) };

/** What gradient descent with Gaussian noise needs. */
export interface NoisyGradientDescentOptions extends GradientDescentOptions {
  readonly noise: GradientNoise;
  /** Where the noise comes from; every step advances it. */
  readonly stream: RandomStream;
}

/**
 * Gradient descent with Gaussian noise as a (random) map, θ ↦ θ - η(∇L(θ) + ξ + λθ), ξ ~ N(0, Σ(θ)) drawn afresh at
 * every call: SGD's stand-in with a covariance of one's choice.
 *
 * A covariance that follows θ is given by its factor: with F(θ) = (2L(θ)/(nB))^½ Xᵀ it is the geometry-aware noise
 * (2L/B)H of least squares, with H = XᵀX/n. `standardDeviation` is isotropic noise, of total variance Tr Σ = pσ².
 *
 * @throws InvalidArgumentError unless η is positive and finite, λ and σ are finite and at least 0, and Σ is symmetric
 * and positive semi-definite; the map itself throws it when the gradient or the noise has another length than θ, and
 * where σ(θ) or an entry of F(θ) is not finite.
 * @example
 * const step = noisyGradientDescent({
 *   gradient: (x) => x, learningRate: 0.5, noise: { covariance: matrix([[0, 0], [0, 1]]) }, stream: randomStream(7),
 * });
 * step(Float64Array.of(1, 1))[0]; // 0.5: no noise in the first coordinate
 */
export function noisyGradientDescent(options: NoisyGradientDescentOptions): UpdateMap {
  const { gradient, learningRate, weightDecay = 0, noise, stream } = options;
  requireLearningRate("noisyGradientDescent", learningRate);
  requireNonNegative("noisyGradientDescent", "weightDecay", weightDecay);
  const draw = sampler(noise, stream);
  return (parameters) => {
    const drawn = draw(parameters);
    if (drawn.length !== parameters.length) {
      const requirement = `the noise must have the parameters' length ${parameters.length}`;
      requireThat(false, "noisyGradientDescent", requirement, drawn.length);
    }
    const descended = descend("noisyGradientDescent", parameters, gradient(parameters), learningRate, weightDecay);
    return displaced(descended, -learningRate, drawn);
  };
}

function sampler(noise: GradientNoise, stream: RandomStream): (parameters: Float64Array) => Float64Array {
  if ("standardDeviation" in noise) {
    const deviationAt = evaluated(noise.standardDeviation, (deviation) =>
      requireNonNegative("noisyGradientDescent", "standardDeviation", deviation),
    );
    return (parameters) => {
      const deviation = deviationAt(parameters);
      return stream.normals(parameters.length).map((value) => deviation * value);
    };
  }
  requireThat(
    "covariance" in noise || "factor" in noise,
    "noisyGradientDescent",
    "noise must have a covariance, a factor or a standardDeviation",
    noise,
  );
  const factorAt =
    "covariance" in noise
      ? evaluated(covarianceFactor("noisyGradientDescent", noise.covariance), () => undefined)
      : evaluated(noise.factor, (factor) =>
          requireFiniteEntries("noisyGradientDescent", factor, "factor must be finite"),
        );
  return (parameters) => {
    const factor = factorAt(parameters);
    return uncheckedMultiplyVector(factor, stream.normals(factor.cols));
  };
}

/** A constant or a function of θ as a function of θ, checked once or at every call. */
function evaluated<Value extends number | Matrix>(
  value: Value | ((parameters: Float64Array) => Value),
  check: (value: Value) => void,
): (parameters: Float64Array) => Value {
  if (typeof value !== "function") {
    check(value);
    return () => value;
  }
  return (parameters) => {
    const here = value(parameters);
    check(here);
    return here;
  };
}
