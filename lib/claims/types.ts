/**
 * What a claim is, and with it how it is judged: `identity` (equal to rounding), `bound` (an inequality, with its
 * slack), `whp` (a frequency against a claimed probability), `rate` (a fitted exponent or slope), `figure` (the
 * qualitative outcome of a plotted experiment).
 */
export type ClaimKind = "identity" | "bound" | "whp" | "rate" | "figure";

/** A source's letter, the one that claim ids begin with; N stands for what none of the five sources states. */
export type SourceId = "W" | "R" | "A" | "B" | "P" | "N";

/**
 * How the source prints the claim: correctly (`note` then names a condition or a remark worth knowing), or with a
 * slip, which is told together with its correction.
 */
export type AsPrinted =
  | { readonly ok: true; readonly note?: string }
  | { readonly ok: false; readonly slip: string; readonly correction: string };

/** One row of the ledger: a statement of the sources, in its corrected form. */
export interface Claim {
  /** Full id, such as "W6"; a row that two sources share has both names, "W26/R3". */
  readonly id: string;
  readonly kind: ClaimKind;
  /** Letters of the sources that state it (see {@link SOURCES}). */
  readonly sources: readonly SourceId[];
  /** The statement in a few symbols, for the one line that a check shows. */
  readonly short: string;
  /** The statement in one or two sentences, in Unicode, corrected where the source slipped. */
  readonly statement: string;
  readonly asPrinted: AsPrinted;
  /** Number of the notebook that verifies the claim in full, "01" to "17" (see {@link NOTEBOOKS}). */
  readonly home: string;
}
