import { requireThat } from "./errors";
import { breathe } from "./progress";
import type { RandomStream } from "./random";
import { requireFiniteNumber } from "./requirements";

/** A number that was estimated by averaging random samples. */
export interface Estimate {
  /** The mean of the samples (and of what was computed exactly beside them). */
  readonly value: number;
  /**
   * s/√m for m independent samples of standard deviation s: the truth is within 1.96 of these about 19 times out of 20.
   */
  readonly standardError: number;
  /** The number m of samples averaged. */
  readonly samples: number;
}

/** How much a stochastic estimate may cost, and where its randomness comes from. */
export interface EstimateOptions {
  /** The number of products with the operator. */
  readonly samples: number;
  readonly stream: RandomStream;
}

export function requireSamples(functionName: string, samples: number, least: number): void {
  const valid = Number.isSafeInteger(samples) && samples >= least;
  requireThat(valid, functionName, `samples must be an integer of at least ${least}`, samples);
}

/** A vector of random signs. */
export function signs(stream: RandomStream, length: number): Float64Array {
  return Float64Array.from({ length }, () => stream.rademacher());
}

/** The estimate from a function that is called for each sample 0, 1, …; yields to the event loop between them. */
export async function meanOf(
  functionName: string,
  samples: number,
  draw: (index: number) => number,
): Promise<Estimate> {
  const drawn = new Float64Array(samples);
  for (let k = 0; k < samples; k++) {
    await breathe();
    drawn[k] = draw(k);
  }
  return estimateOf(functionName, drawn);
}

/**
 * The mean of samples and its standard error, by Welford's updates (1962), which do not cancel. Refuses, with the caller's
 * name, a sample that overflows and samples so large that their squares do.
 */
export function estimateOf(functionName: string, samples: ArrayLike<number>): Estimate {
  const m = samples.length;
  let mean = 0;
  let squares = 0;
  for (let k = 0; k < m; k++) {
    const sample = requireFiniteNumber(functionName, "every sample", samples[k]);
    const gap = sample - mean;
    mean += gap / (k + 1);
    squares += gap * (sample - mean);
  }
  const standardError = Math.sqrt(squares / (m - 1) / m);
  return {
    value: mean,
    standardError: requireFiniteNumber(functionName, "the standard error", standardError),
    samples: m,
  };
}
