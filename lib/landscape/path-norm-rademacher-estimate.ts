import { breathe, type Estimate, type RandomStream } from "../core";
import { estimateOf, requireSamples, signs } from "../core/estimate";
import { circleOfNeurons, mostCorrelatedOnCircle } from "./circle-of-neurons";
import { bestOfAscents, type NeuronSearchOptions, requireSearch } from "./most-correlated-neuron-search";
import { column, requirePlane } from "./most-correlated-planar-neuron";
import { inUnitsOf, type PathNormBall, type PathNormComplexity, signedSum } from "./path-norm-rademacher";

/** How many sign vectors are drawn, and from where. */
export interface SignSamples {
  /** At least 2, for a standard error. */
  readonly samples: number;
  readonly stream: RandomStream;
}

/**
 * The same for any number of samples in the plane: the mean over random sign vectors of the exact maximum. Unbiased.
 *
 * @throws InvalidArgumentError unless the inputs are finite and two a row, Q is positive and finite and `samples` is an
 *   integer of at least 2; when the complexity overflows
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const inputs = matrix([[1, 0], [0, 1]]);
 * const options = { samples: 400, stream: randomStream(1) };
 * const { relu } = await estimatePlanarPathNormRademacher({ inputs, pathNorm: 2 }, options);
 * Math.abs(relu.value - (1 + Math.SQRT2) / 2) < 4 * relu.standardError; // true
 */
export async function estimatePlanarPathNormRademacher(
  { inputs, pathNorm }: PathNormBall,
  { samples, stream }: SignSamples,
): Promise<PathNormComplexity<Estimate>> {
  const name = "estimatePlanarPathNormRademacher";
  requirePlane(name, inputs);
  requireSamples(name, samples, 2);
  const { X, factor } = inUnitsOf(name, inputs, pathNorm);
  const circle = circleOfNeurons(column(X, 0), column(X, 1));
  const drawn = { relu: new Float64Array(samples), linear: new Float64Array(samples) };
  for (let k = 0; k < samples; k++) {
    await breathe();
    const chosen = signs(stream, inputs.rows);
    drawn.relu[k] = mostCorrelatedOnCircle(circle, chosen).value;
    drawn.linear[k] = signedSum(X, chosen);
  }
  return { relu: estimateFrom(name, drawn.relu, factor), linear: estimateFrom(name, drawn.linear, factor) };
}

/** A lower estimate of the complexity, and how well the searches behind it agreed. */
export interface PathNormComplexityFromBelow extends PathNormComplexity<Estimate> {
  /** The mean number of starts, of those asked for, that ended at the best neuron found. */
  readonly agreeing: number;
}

/**
 * A lower estimate of the same in any dimension d ≥ 2: the mean over random sign vectors of what
 * `searchMostCorrelatedNeuron` finds, which is at most the maximum. The standard error of `relu` is that of the draws; it
 * knows nothing of what the searches miss. `linear` is unbiased.
 *
 * @throws InvalidArgumentError unless the inputs are finite and at least two a row, Q is positive and finite, `samples` is
 *   an integer of at least 2 and `starts` a positive one; when the complexity overflows
 * @throws InterruptedError when the notebook's interrupt button was pressed
 *
 * @example
 * const inputs = matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
 * const options = { samples: 2, stream: randomStream(1) };
 * const { linear } = await pathNormRademacherFromBelow({ inputs, pathNorm: 3 }, options);
 * linear; // { value: 1.7320508075688772, standardError: 0, samples: 2 }
 */
export async function pathNormRademacherFromBelow(
  { inputs, pathNorm }: PathNormBall,
  { samples, stream, starts }: SignSamples & NeuronSearchOptions,
): Promise<PathNormComplexityFromBelow> {
  const name = "pathNormRademacherFromBelow";
  const startCount = requireSearch(name, inputs, { starts, stream });
  requireSamples(name, samples, 2);
  const { X, factor } = inUnitsOf(name, inputs, pathNorm);
  const drawn = { relu: new Float64Array(samples), linear: new Float64Array(samples) };
  let agreements = 0;
  for (let k = 0; k < samples; k++) {
    const chosen = signs(stream, inputs.rows);
    const best = await bestOfAscents(X, chosen, startCount, stream);
    drawn.relu[k] = best.value;
    drawn.linear[k] = signedSum(X, chosen);
    agreements += best.agreeing;
  }
  return {
    relu: estimateFrom(name, drawn.relu, factor),
    linear: estimateFrom(name, drawn.linear, factor),
    agreeing: agreements / samples,
  };
}

/** The mean of the samples with its standard error, both times the factor. */
function estimateFrom(functionName: string, samples: Float64Array, factor: number): Estimate {
  const { value, standardError } = estimateOf(functionName, samples);
  return { value: factor * value, standardError: factor * standardError, samples: samples.length };
}
