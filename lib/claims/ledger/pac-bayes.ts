import type { Claim } from "../types";

/** PAC-Bayes: the derivation, its repairs, and the bound for flat minima. */
export const PAC_BAYES: readonly Claim[] = [
  {
    id: "W13",
    kind: "identity",
    sources: ["W"],
    short: "log E_π e^V = sup_p (E_p V − KL(p‖π))",
    statement:
      "Donsker and Varadhan: log E_π e^V = sup_p {E_p V − KL(p‖π)}, attained by the Gibbs measure dp ∝ e^V dπ; in particular e^{E_p V} ≤ e^{KL(p‖π)} E_π e^V for every p.",
    asPrinted: { ok: true },
    home: "04",
  },
  {
    id: "W14",
    kind: "bound",
    sources: ["W"],
    short: "E_S e^{λΔ(h)} ≤ e^{λ²/8n}",
    statement:
      "Hoeffding: for a loss in [0, 1] and a hypothesis h fixed beforehand, the gap Δ(h) between population and training loss on n samples satisfies E_S e^{λΔ(h)} ≤ e^{λ²/8n} for every λ.",
    asPrinted: { ok: true },
    home: "04",
  },
  {
    id: "W15",
    kind: "whp",
    sources: ["W"],
    short: "L(Q) ≤ L̂(Q) + √((KL + log(2√n/δ))/2n) for all Q, with probability 1 − δ",
    statement:
      "McAllester: with probability at least 1 − δ over n samples, all posteriors Q at once satisfy L(Q) ≤ L̂(Q) + √((KL(Q‖P) + log(2√n/δ))/2n).",
    asPrinted: {
      ok: false,
      slip: "log(1/δ) is printed, and is false (two hypotheses, n = 1, δ > 0.9825): the Chernoff line has ≥ for ≤, and λ is optimised although KL(Q‖P) depends on the sample",
      correction:
        "log(2√n/δ) (Maurer), or a union bound over a grid of λ, or log(1/δ) for a posterior fixed in advance",
    },
    home: "04",
  },
  {
    id: "W16",
    kind: "identity",
    sources: ["W"],
    short: "min over σ_P² of KL(N(θ, σ²I)‖N(0, σ_P²I)) = ½k log(1 + ‖θ‖²/(kσ²))",
    statement:
      "KL(N(θ, σ²I)‖N(μ_P, σ_P²I)) = ½[(kσ² + ‖μ_P − θ‖²)/σ_P² − k + k log(σ_P²/σ²)] in k dimensions. It is least at σ_P² = σ² + ‖μ_P − θ‖²/k, where it is ½k log(1 + ‖μ_P − θ‖²/(kσ²)).",
    asPrinted: { ok: true, note: "a transpose is missing in the formula for general covariances" },
    home: "04",
  },
  {
    id: "W18",
    kind: "whp",
    sources: ["W"],
    short: "prior variance from a grid: the union bound holds with probability 1 − δ",
    statement:
      "Choosing the prior's variance after seeing the sample is paid for by a union bound over a geometric grid of variances: rounding to the grid costs at most about ¼ nat and the choice 2 log(j+1) + log(π²/6) nats, and the resulting bound holds with probability at least 1 − δ.",
    asPrinted: { ok: true, note: "the source leaves it as homework" },
    home: "04",
  },
  {
    id: "W31",
    kind: "bound",
    sources: ["W"],
    short: "E gap ≤ √(E KL/2n)",
    statement:
      "In expectation over the sample, the gap of a posterior Q that may depend on it is E[L(Q) − L̂(Q)] ≤ √(E KL(Q‖P)/2n), with neither δ nor a logarithm of n.",
    asPrinted: { ok: true, note: "the source leaves it to the reader" },
    home: "04",
  },
  {
    id: "W17",
    kind: "bound",
    sources: ["W"],
    short: "L(θ) ≤ max over ‖ε‖ ≤ ρ of L̂(θ+ε) + complexity, ρ = σ(√k + √log n)",
    statement:
      "If L(θ) ≤ E L(θ + ε) for ε ~ N(0, σ²I_k) (Foret et al., 2021), then with probability 1 − δ, up to an additive 1/√n, L(θ) is at most the largest L̂(θ + ε) over ‖ε‖ ≤ ρ = σ(√k + √log n) plus a PAC-Bayes term whose leading part is √(k log(1 + ‖θ‖²(1 + √(log n/k))²/ρ²)/4n).",
    asPrinted: {
      ok: false,
      slip: "the square on (1 + √(log n/k)) is missing, σ and ρ are mixed, and a maximum over ‖ε‖ ≤ σ cannot dominate the Gaussian mean (½σ²λmax against ½σ² Tr H)",
      correction: "the ball has radius ρ = σ(√k + √log n), and the factor is squared",
    },
    home: "05",
  },
  {
    id: "W19",
    kind: "figure",
    sources: ["W"],
    short: "the flat-minima bound is vacuous where an optimised certificate is not",
    statement:
      "For a trained network the flat-minima bound promises no more than guessing does (often it exceeds 1), while a PAC-Bayes certificate whose posterior is optimised directly (Dziugaite and Roy, 2017) says something.",
    asPrinted: { ok: true, note: "the lecture warns without numbers; B cites the certificate" },
    home: "05",
  },
];
