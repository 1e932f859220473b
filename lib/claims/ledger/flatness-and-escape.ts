import type { Claim } from "../types";

/** What alignment implies: flatness that does not depend on size, and escape from sharp minima. */
export const FLATNESS_AND_ESCAPE: readonly Claim[] = [
  {
    id: "A8",
    kind: "identity",
    sources: ["A", "W"],
    short: "E L(θ₊) = E[rL + ½η² Tr(HS)]",
    statement:
      "Lemma 3.2: for the linearised model, one step with noise of mean 0 and covariance S gives E L(θ₊) = E[r(θ)L(θ) + ½η² Tr(HS)] with r ≥ 0, and r ≤ 1 if η ≤ 2/λ₁(H).",
    asPrinted: {
      ok: false,
      slip: "W prints the noise term as (η²/B) Tr(HΣ)",
      correction: "with the factor ½, (η²/2B) Tr(HΣ), as in A",
    },
    home: "10",
  },
  {
    id: "A9",
    kind: "bound",
    sources: ["A", "W"],
    short: "stable ⇒ ‖H‖_F ≤ √(B/μ₀)/η",
    statement:
      "Theorem 3.3: a global minimum that is linearly stable for SGD with batches of B, where μ ≥ μ₀ along linearised SGD, has ‖H‖_F ≤ √(B/μ₀)/η, whatever the numbers of parameters and of samples.",
    asPrinted: { ok: false, slip: "the abstract prints √(B/η)", correction: "√B/η" },
    home: "10",
  },
  {
    id: "A10",
    kind: "bound",
    sources: ["A"],
    short: "‖H‖_F ≤ min(B/√((B−1)μ₁), 2B/μ₁)/η",
    statement:
      "Proposition 3.4: if only μ₁(θ) ≥ μ₁ is known, linear stability still implies ‖H‖_F ≤ min(B/√((B−1)μ₁), 2B/μ₁)/η.",
    asPrinted: { ok: true },
    home: "10",
  },
  {
    id: "A11",
    kind: "figure",
    sources: ["A"],
    short: "‖H‖_F flat in model size, Tr H grows; nearer the bound at B = 5 than at B = 40",
    statement:
      "Figure 3: where stability binds, ‖H‖_F of SGD's solutions hardly changes with the model's size while Tr H grows. The ratio of ‖H‖_F to the bound stays at most 1 and is closer to 1 at B = 5 than at B = 40.",
    asPrinted: {
      ok: false,
      slip: "the size independence is stated for any learning rate",
      correction: "only where stability binds (η = 0.08); at η = 0.01 ‖H‖_F grows with the width",
    },
    home: "10",
  },
  {
    id: "A13",
    kind: "bound",
    sources: ["A"],
    short: "bounded noise: E[L_t − L₀] ≤ η²σ²t",
    statement:
      "Lemma 3.6: noise with Tr(HS) ≤ 2σ² and a rate η ≤ 2/λ₁(H) lets the linearised loss rise at most linearly in time, E[L_t − L₀] ≤ η²σ²t.",
    asPrinted: { ok: false, slip: "the assumption is printed as E[HS] ≤ 2σ²", correction: "Tr(HS) ≤ 2σ²" },
    home: "10",
  },
  {
    id: "A14",
    kind: "bound",
    sources: ["A", "W"],
    short: "geometry-aware noise: ‖H‖_F ≤ √B/η; isotropic: Tr H ≤ √(pB)/η",
    statement:
      "Stability under the geometry-aware noise 2LH/B forces ‖H‖_F ≤ √B/η. Isotropic noise of the same total variance forces only Tr H ≤ √(pB)/η, which depends on the number p of parameters.",
    asPrinted: {
      ok: false,
      slip: "A prints η²/(nB)·Tr²(H); W's slide drops 1/B from the noise and keeps B in the thresholds",
      correction: "η²/(pB)·Tr²(H), with the noise divided by B",
    },
    home: "10",
  },
  {
    id: "A15",
    kind: "bound",
    sources: ["A", "W"],
    short: "GD alone: ‖H‖_F ≤ 2√rank(H)/η",
    statement:
      "Stability of gradient descent alone gives ‖H‖_F ≤ 2√rank(H)/η, a bound that grows with the size, with equality if and only if all non-zero eigenvalues equal 2/η.",
    asPrinted: { ok: true, note: "W prints √n and A √p for the root of the rank; rank ≤ min(n, p)" },
    home: "10",
  },
  {
    id: "A12",
    kind: "rate",
    sources: ["A", "W"],
    short: "too sharp ⇒ E L(θ_t) ≥ γ₀^t E L(θ₀), γ₀ = η²μ₀‖H‖²_F/B",
    statement:
      "Theorem 3.5: where ‖H‖_F > √(B/μ₀)/η, linearised SGD has E L(θ_t) ≥ γ₀^t E L(θ₀) with γ₀ = η²μ₀‖H‖²_F/B > 1, and so escapes in about log(1/ε)/log γ₀ steps. In figure 4 about ten steps suffice, and the growth stays exponential at high loss.",
    asPrinted: { ok: true },
    home: "11",
  },
  {
    id: "A18",
    kind: "figure",
    sources: ["A"],
    short: "linearised SGD = SGD of the linearised model; it shadows the net's SGD near a minimum",
    statement:
      "At an interpolating minimum linearised SGD is exactly SGD of the linearised model. Started at a distance ε, the net's SGD on the same batches stays within O(ε²) of it while the minimum is stable, and parts from it after about log(1/ε) steps when it is not.",
    asPrinted: { ok: true },
    home: "11",
  },
];
