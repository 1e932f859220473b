import { type Matrix, requireThat } from "../core";
import { requireEntryCount } from "../core/matrix";
import { requireFinite } from "../core/requirements";
import { type ClassifiedSamples, requireClasses } from "./classified-samples";

/** A sample split in two: what a prior may be learned on, and what the certificate is computed on. */
export interface CertificateSamples {
  /** The first n₀ samples; undefined when n₀ = 0. */
  readonly forPrior: ClassifiedSamples | undefined;
  /** The other n − n₀: the n of the bound. */
  readonly forCertificate: ClassifiedSamples;
}

/**
 * Splits n samples for a certificate: the first n₀ are for the prior, the others for the certificate and independent of
 * the prior if the samples are independent. Nothing is shuffled. The rows are copied.
 *
 * @param options X (n×d); targets y (n) of ±1 for a network of one output, or (n×c) the classes' unit vectors; n₀ from
 *   0 (the default: no prior is learned) to n − 1
 * @throws InvalidArgumentError when there is no sample, the shapes do not fit, an input is not finite, a target is no
 *   class, or n₀ leaves nothing for the certificate
 *
 * Source: Pérez-Ortiz, Rivasplata, Shawe-Taylor and Szepesvári (2021) (priors learned on a part).
 *
 * @example
 * const inputs = matrix([[1], [2], [3]]);
 * const split = splitForCertificate({ inputs: inputs, targets: Float64Array.of(1, -1, 1), priorSampleCount: 1 });
 * split.forCertificate.inputs; // [[2], [3]]
 */
export function splitForCertificate(options: {
  readonly inputs: Matrix;
  readonly targets: Matrix | Float64Array;
  readonly priorSampleCount?: number;
}): CertificateSamples {
  const { inputs, targets, priorSampleCount = 0 } = options;
  const y = targets instanceof Float64Array ? { rows: targets.length, cols: 1, data: targets } : targets;
  requireThat(inputs.rows > 0, "splitForCertificate", "there must be a sample", inputs);
  requireEntryCount("splitForCertificate", inputs);
  requireFinite("splitForCertificate", "inputs", inputs.data);
  requireThat(y.rows === inputs.rows, "splitForCertificate", `targets must have ${inputs.rows} rows, as inputs`, y);
  requireClasses("splitForCertificate", y, y.cols);
  const valid = Number.isInteger(priorSampleCount) && priorSampleCount >= 0 && priorSampleCount < inputs.rows;
  const requirement = `priorSampleCount must be an integer from 0 to ${inputs.rows - 1}`;
  requireThat(valid, "splitForCertificate", requirement, priorSampleCount);
  const part = (from: number, to: number): ClassifiedSamples => ({
    inputs: rowsFrom(inputs, from, to),
    targets: rowsFrom(y, from, to),
  });
  return {
    forPrior: priorSampleCount === 0 ? undefined : part(0, priorSampleCount),
    forCertificate: part(priorSampleCount, inputs.rows),
  };
}

function rowsFrom({ cols, data }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, cols, data: data.slice(from * cols, to * cols) };
}
