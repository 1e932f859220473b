import { type RandomStream, requireThat } from "../core";

/** How the samples of a mini-batch are chosen from the data set. */
export type Sampling = "with replacement" | "without replacement";

/** The size B of a mini-batch and how its samples are chosen. */
export interface BatchRule {
  readonly batchSize: number;
  readonly sampling: Sampling;
}

/** A rule for mini-batches together with the number n of samples it draws from. */
export interface BatchScheme extends BatchRule {
  readonly sampleCount: number;
}

/** No more batches than this are listed: a million arrays are about 100 MB. */
const MAXIMUM_BATCHES = 1e6;

/** Refuses a scheme that no batch can satisfy; the error carries the caller's name. */
export function requireBatchScheme(functionName: string, { sampleCount, batchSize, sampling }: BatchScheme): void {
  requireThat(
    Number.isInteger(sampleCount) && sampleCount >= 1,
    functionName,
    "sampleCount must be a positive integer",
    sampleCount,
  );
  requireThat(
    Number.isInteger(batchSize) && batchSize >= 1,
    functionName,
    "batchSize must be a positive integer",
    batchSize,
  );
  requireThat(
    sampling === "with replacement" || sampling === "without replacement",
    functionName,
    'sampling must be "with replacement" or "without replacement"',
    sampling,
  );
  requireThat(
    sampling === "with replacement" || batchSize <= sampleCount,
    functionName,
    `batchSize must be at most sampleCount = ${sampleCount} without replacement`,
    batchSize,
  );
}

/**
 * The factor p_B by which a mini-batch shrinks the variance of one sample: for numbers a₁, …, a_n with mean a and
 * population variance s² = (1/n) Σ (a_i - a)², the mean over a random batch has variance p_B s².
 *
 * p_B = 1/B with replacement, (n - B) / (B (n - 1)) without. With n = 1 there is nothing to choose without
 * replacement and p_B = 0.
 *
 * @throws InvalidArgumentError unless n and B are positive integers and, without replacement, B ≤ n.
 * @example batchNoiseFactor({ sampleCount: 6, batchSize: 2, sampling: "without replacement" }) // 0.4
 */
export function batchNoiseFactor(scheme: BatchScheme): number {
  requireBatchScheme("batchNoiseFactor", scheme);
  const { sampleCount, batchSize, sampling } = scheme;
  if (sampling === "with replacement") return 1 / batchSize;
  return sampleCount === 1 ? 0 : (sampleCount - batchSize) / (batchSize * (sampleCount - 1));
}

/**
 * Every mini-batch the scheme can draw, each equally likely: the n!/(B!(n-B)!) subsets in lexicographic order without
 * replacement, the n^B ordered tuples with replacement. Expectations over the batch are then plain averages.
 *
 * @throws InvalidArgumentError on a bad scheme, or when there are more than a million batches.
 * @example enumerateBatches({ sampleCount: 3, batchSize: 2, sampling: "without replacement" }) // [[0,1],[0,2],[1,2]]
 */
export function enumerateBatches(scheme: BatchScheme): number[][] {
  requireBatchScheme("enumerateBatches", scheme);
  const { sampleCount, batchSize, sampling } = scheme;
  const repeats = sampling === "with replacement";
  let count = 1;
  for (let k = 0; k < batchSize; k++) count *= repeats ? sampleCount : (sampleCount - k) / (k + 1);
  requireThat(
    count < MAXIMUM_BATCHES + 0.5, // the running product of quotients is only rounded to the integer it stands for
    "enumerateBatches",
    `the number of batches must be at most ${MAXIMUM_BATCHES}`,
    `${Math.round(count)} (sampleCount ${sampleCount}, batchSize ${batchSize}, ${sampling})`,
  );
  const batches: number[][] = [];
  const batch: number[] = [];
  const extend = (first: number): void => {
    if (batch.length === batchSize) {
      batches.push(batch.slice());
      return;
    }
    for (let sample = first; sample < sampleCount; sample++) {
      batch.push(sample);
      extend(repeats ? 0 : sample + 1);
      batch.pop();
    }
  };
  extend(0);
  return batches;
}

/**
 * One random mini-batch: a uniformly random subset (`RandomStream.choice`) without replacement, B independent uniform
 * samples with replacement. Cost O(B), whatever n.
 *
 * @throws InvalidArgumentError on a bad scheme.
 * @example drawBatch(randomStream(1), { sampleCount: 5, batchSize: 5, sampling: "without replacement" }) // all five
 */
export function drawBatch(stream: RandomStream, scheme: BatchScheme): number[] {
  requireBatchScheme("drawBatch", scheme);
  const { sampleCount, batchSize, sampling } = scheme;
  if (sampling === "without replacement") return stream.choice(sampleCount, batchSize);
  const batch: number[] = [];
  for (let k = 0; k < batchSize; k++) batch.push(stream.integer(sampleCount));
  return batch;
}
