import { type RandomStream, requireThat, zeros } from "../core";
import { requireSize } from "../core/requirements";
import type { Samples } from "./samples";

/** What one-dimensional regression samples are made from. */
export interface RegressionSampleOptions {
  /** f. */
  readonly targetFunction: (x: number) => number;
  readonly sampleCount: number;
  /** The interval of the inputs, by default from −1 to 1. */
  readonly low?: number;
  readonly high?: number;
  /** "grid": equally spaced, both ends included. "uniform": independent and uniform, in the order drawn. */
  readonly spacing: "grid" | "uniform";
  /** The standard deviation σ of the noise, by default 0. */
  readonly noise?: number;
  /** Needed by uniform inputs and by noise. */
  readonly stream?: RandomStream;
}

/**
 * Samples of a function of one variable, y_i = f(x_i) + σ g_i with standard normal g_i: inputs n×1.
 *
 * @throws InvalidArgumentError when n is no positive integer (at least 2 for a grid), when the ends are not finite and
 *   in order, when σ is negative or not finite, when a stream is needed and there is none, or when a value of f is not
 *   finite.
 *
 * @example
 * regressionSamples({ targetFunction: (x) => x * x, sampleCount: 3, spacing: "grid" }).targets; // [1, 0, 1]
 */
export function regressionSamples(options: RegressionSampleOptions): Samples {
  const name = "regressionSamples";
  const { targetFunction, sampleCount, low = -1, high = 1, spacing, noise = 0, stream } = options;
  requireThat(spacing === "grid" || spacing === "uniform", name, 'spacing must be "grid" or "uniform"', spacing);
  requireSize(name, "sampleCount", sampleCount, spacing === "grid" ? 2 : 1);
  const ordered = Number.isFinite(low) && Number.isFinite(high) && low < high;
  requireThat(ordered, name, "low and high must be finite, with low below high", `${low} and ${high}`);
  requireThat(noise >= 0 && Number.isFinite(noise), name, "noise must be finite and not negative", noise);
  const drawn = stream !== undefined || (spacing === "grid" && noise === 0);
  requireThat(drawn, name, "uniform inputs and noise need a stream", stream);

  const inputs = zeros(sampleCount, 1);
  const targets = new Float64Array(sampleCount);
  for (let i = 0; i < sampleCount; i++) {
    const part = spacing === "grid" ? i / (sampleCount - 1) : stream!.uniform();
    const x = (1 - part) * low + part * high;
    const value = targetFunction(x);
    if (!Number.isFinite(value)) requireThat(false, name, "f must be finite", `${value} at ${x}`);
    inputs.data[i] = x;
    targets[i] = noise === 0 ? value : value + noise * stream!.normal();
  }
  return { inputs, targets };
}
