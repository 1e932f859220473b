import type { AsPrinted, Claim } from "../types";

const NOT_PRINTED: AsPrinted = { ok: true, note: "not in the sources" };

/** What none of the five sources states. */
export const BEYOND_THE_SOURCES: readonly Claim[] = [
  {
    id: "N1",
    kind: "bound",
    sources: ["N"],
    short: "stable ⇒ Tr H ≤ 2/(p_B η) and ‖H‖_F ≤ 1/(η√(p_B(1 − p_B)))",
    statement:
      "Trace theorem: mean-square stability of SGD at an interpolating minimum implies Tr H ≤ 2/(p_Bη) and ‖H‖_F ≤ 1/(η√(p_B(1 − p_B))) for every model and size, without any alignment. p_B is 1/B with replacement, which gives 2B/η and B/(η√(B−1)), and (n−B)/(B(n−1)) without.",
    asPrinted: NOT_PRINTED,
    home: "07",
  },
  {
    id: "N2",
    kind: "identity",
    sources: ["N"],
    short: "M₊ = (I − ηK/n)M(I − ηK/n) + η²p_B[K diag(M)K/n − KMK/n²]",
    statement:
      "The second moment M = E[eeᵀ] of linearised SGD's residuals obeys the exact n × n recursion M₊ = (I − ηK/n)M(I − ηK/n) + η²p_B[K diag(M)K/n − KMK/n²] with E L = Tr M/(2n), and with it comes the exact stability threshold η*.",
    asPrinted: NOT_PRINTED,
    home: "07",
  },
  {
    id: "N3",
    kind: "figure",
    sources: ["N"],
    short: "a tighter bound at small B does not mean a minimum nearer its edge",
    statement:
      "Measured by η/η*, where each minimum lies against its exact stability edge: that ‖H‖_F is closer to its bound at small B does not say that small-batch minima are closer to their edge; the order can be the reverse.",
    asPrinted: NOT_PRINTED,
    home: "10",
  },
  {
    id: "N4",
    kind: "bound",
    sources: ["N"],
    short: "inf over residuals: μ ≥ λ_min(diag χ − K²/n²)/χ̄, μ₁ ≥ γ",
    statement:
      "Over all residuals the infimum of μ is λ_min(diag χ − K²/n²)/χ̄ and that of μ₁ is γ (K nonsingular): a model's alignment is certified from its Gram matrix K, without training.",
    asPrinted: NOT_PRINTED,
    home: "09",
  },
  {
    id: "N5",
    kind: "figure",
    sources: ["N"],
    short: "R7's minimum as a convex program: how tight the function-space bound is",
    statement:
      "The least λmax over all implementations of a univariate function is the value of a convex program. Against it the function-space bound is nearly tight for some functions and loses more than half for others, because it cannot see the affine part and tests a single direction.",
    asPrinted: NOT_PRINTED,
    home: "08",
  },
  {
    id: "N6",
    kind: "figure",
    sources: ["N"],
    short: "phase diagrams of the XOR table over n, initialisation, ρ and width",
    statement:
      "Test accuracy and Tr G of 1-SAM over the sample size, the initialisation's scale, ρ and the width: where each ✓ and ✗ of the XOR table holds, and where it flips.",
    asPrinted: NOT_PRINTED,
    home: "16",
  },
  {
    id: "N7",
    kind: "figure",
    sources: ["N"],
    short: "corrected flat-minima bound, explicit constants, against an optimised certificate",
    statement:
      "The corrected PAC-Bayes bound for flat minima with all its constants, evaluated on a trained network next to a directly optimised certificate: how much of its looseness the correction explains.",
    asPrinted: NOT_PRINTED,
    home: "05",
  },
];
