import type { Claim } from "../types";

/** Univariate two-layer ReLU networks seen in function space. */
export const UNIVARIATE_RELU: readonly Claim[] = [
  {
    id: "R6",
    kind: "identity",
    sources: ["R"],
    short: "H = ΦΦᵀ/n at interpolation",
    statement:
      "For a univariate two-layer ReLU network the gradient ∇f(xⱼ) has a closed form in the activation pattern; with these gradients as the columns of Φ, the Hessian of (1/2n) ∑ⱼ eⱼ² at an interpolating, differentiable minimum is H = ΦΦᵀ/n.",
    asPrinted: { ok: true },
    home: "08",
  },
  {
    id: "R7",
    kind: "bound",
    sources: ["R"],
    short: "min over implementations of λmax ≥ 1 + 2∫|f″|g",
    statement:
      "Whichever weights implement an interpolating function f, λmax ≥ 1 + 2∫|f″(x)| g(x) dx, where g = min(g⁻, g⁺) between the extreme inputs depends on the inputs alone (Mulayoff et al., 2021).",
    asPrinted: {
      ok: false,
      slip: "f″ is written as ∑ w⁽¹⁾w⁽²⁾ δ(x − τ)",
      correction: "∑ |w⁽¹⁾| w⁽²⁾ δ(x − τ); the bound is not affected",
    },
    home: "08",
  },
  {
    id: "R9",
    kind: "bound",
    sources: ["R"],
    short: "non-differentiable minima: 2/η ≥ 1 + 2∫|f″|g₋ when strongly stable",
    statement:
      "At a minimum with knots on data points, strong stability implies 1 + 2∫|f″|g₋ ≤ 2/η, where g₋ weakens g at some of these knots and equals g when all inputs lie in [−1, 1].",
    asPrinted: {
      ok: true,
      note: "left to the reader; with the unweakened g it is neither proved nor refuted",
    },
    home: "08",
  },
  {
    id: "R8",
    kind: "bound",
    sources: ["R"],
    short: "∫|f″|g ≤ 1/η − ½",
    statement:
      "Hence a function that gradient descent or SGD with rate η can reach as a stable, differentiable minimum has ∫|f″|g ≤ 1/η − ½: a larger rate admits only smoother functions.",
    asPrinted: { ok: true },
    home: "08",
  },
];
