import { batchNoiseFactor } from "../optimizers";
import { alignmentBound, secondMomentAlignmentBound } from "./alignment-bound";
import type { AlignmentFactors } from "./alignment-factors";
import { rankBound, sharpnessBound } from "./gradient-descent-bound";
import {
  geometryAwareNoiseBound,
  geometryAwareNoiseCondition,
  isotropicNoiseBound,
  isotropicNoiseCondition,
} from "./noise-model-bound";
import { type SgdScheme, type StabilityBound, stabilityBound } from "./stability-bound";
import { frobeniusBound, traceBound } from "./trace-bound";

/** One condition, with the quantity that is measured and its bound. */
export interface StabilityCondition extends StabilityBound {
  /** The row of the ledger that states it. */
  readonly claim: string;
  /** The condition as a formula. */
  readonly formula: string;
  /**
   * What a violation says: of "exact", that SGD is not stable, and the converse; of "necessary", that it is not; of
   * "measured alignment", the same if μ stays what it is at these residuals; of "another noise", that a process with such
   * noise, of SGD's size, is not stable.
   */
  readonly kind: "exact" | "necessary" | "measured alignment" | "another noise";
}

/** A condition that says nothing here, and why. */
export interface OmittedCondition {
  readonly claim: string;
  readonly formula: string;
  readonly reason: string;
}

/** All conditions of stability that follow from the spectrum of G and the alignment, for `analyzeGram`. */
export function gramConditions(options: {
  readonly sgd: SgdScheme;
  /** Of G, descending. */
  readonly eigenvalues: Float64Array;
  readonly rank: number;
  readonly factors: AlignmentFactors;
  readonly certified: { readonly mu0: number; readonly gamma: number };
  /** η*. */
  readonly threshold: number;
  readonly parameterCount: number | undefined;
}): { readonly conditions: StabilityCondition[]; readonly omitted: OmittedCondition[] } {
  const { sgd, eigenvalues, rank, factors, certified, threshold, parameterCount } = options;
  const { learningRate, sampleCount } = sgd;
  const { frobeniusNorm, trace } = factors;
  const conditions: StabilityCondition[] = [];
  const omitted: OmittedCondition[] = [];
  const add = (
    kind: StabilityCondition["kind"],
    claim: string,
    formula: string,
    bound: () => StabilityBound,
    ...reasons: (string | false)[]
  ): void => {
    const reason = reasons.find(Boolean);
    if (reason) omitted.push({ claim, formula, reason });
    else conditions.push({ claim, formula, kind, ...bound() });
  };

  add("exact", "N2", "η ≤ η*", () => stabilityBound(learningRate, threshold));
  add("necessary", "W21", "λ₁ ≤ 2/η", () => sharpnessBound({ sharpness: eigenvalues[0], learningRate }));
  add("necessary", "A15", "‖G‖_F ≤ 2√r/η", () => rankBound({ frobeniusNorm, rank, learningRate }));

  const noiseFactor = batchNoiseFactor(sgd);
  const noNoise = noiseFactor === 0 && "whole batches make no noise";
  const batchOfOne = noiseFactor === 1 && "no bound of this form for batches of one";
  const rounding = sampleCount * Number.EPSILON;
  const unaligned = (name: string, alignment: number): string | false =>
    alignment <= rounding && `${name} vanishes up to rounding`;
  const { mu0, gamma } = certified;
  const aligned = (alignment: number) => () => alignmentBound({ ...sgd, frobeniusNorm, alignment });
  const secondMoment = () => secondMomentAlignmentBound({ ...sgd, frobeniusNorm, alignment: gamma });
  add("necessary", "N1", "Tr G ≤ 2/(p_B η)", () => traceBound({ ...sgd, trace }), noNoise);
  add(
    "necessary",
    "N1",
    "‖G‖_F ≤ 1/(η√(p_B(1−p_B)))",
    () => frobeniusBound({ ...sgd, frobeniusNorm }),
    noNoise,
    batchOfOne,
  );
  const muUnaligned = unaligned("the certified μ₀", mu0);
  add("necessary", "A9", "‖G‖_F ≤ 1/(η√(p_B μ₀)), μ₀ certified", aligned(mu0), noNoise, muUnaligned);
  const minimum = "‖G‖_F ≤ min(1/√(p_B(1−p_B)γ), 2/(p_B γ))/η";
  add("necessary", "A10", minimum, secondMoment, noNoise, unaligned("γ", gamma));
  const { mu } = factors;
  const measured = "‖G‖_F ≤ 1/(η√(p_B μ)), μ measured";
  add("measured alignment", "A9", measured, aligned(mu), noNoise, unaligned("μ", mu));

  const spectrum = { ...sgd, eigenvalues };
  const exactly = "Σ ηλ/(2−ηλ) ≤ 1/p_B, geometry-aware";
  add("another noise", "A14", exactly, () => geometryAwareNoiseCondition(spectrum), noNoise);
  const norm = "‖G‖_F ≤ 1/(η√p_B), geometry-aware";
  add("another noise", "A14", norm, () => geometryAwareNoiseBound({ ...sgd, frobeniusNorm }), noNoise);
  const noCount = parameterCount === undefined && "needs the number p of parameters";
  // Where p is not known, the two functions are not called.
  const p = parameterCount ?? 0;
  const exactlyIsotropic = "η(Tr G/p)Σ 1/(2−ηλ) ≤ 1/p_B, isotropic";
  const isotropic = () => isotropicNoiseCondition({ ...spectrum, parameterCount: p });
  add("another noise", "A14", exactlyIsotropic, isotropic, noNoise, noCount);
  const isotropicTrace = () => isotropicNoiseBound({ ...sgd, trace, parameterCount: p });
  add("another noise", "A14", "Tr G ≤ √(p/p_B)/η, isotropic", isotropicTrace, noNoise, noCount);
  return { conditions, omitted };
}
