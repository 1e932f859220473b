import type { Claim } from "../types";

/** SAM on a quadratic (bouncing) and beyond it (drift). */
export const SAM: readonly Claim[] = [
  {
    id: "B1",
    kind: "identity",
    sources: ["B"],
    short: "w₊ = (I − ηΛ − (ηρ/‖Λw‖)Λ²)w, and vᵢ₊ = (1 − ηλᵢ)(1 − γᵢ/‖v‖)vᵢ",
    statement:
      "On ½wᵀΛw a SAM step is w₊ = (I − ηΛ − (ηρ/‖Λw‖)Λ²)w. In v = Λw the coordinates are coupled by ‖v‖ alone: vᵢ₊ = (1 − ηλᵢ)(1 − γᵢ/‖v‖)vᵢ with γᵢ = ηρλᵢ²/(1 − ηλᵢ).",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B2",
    kind: "bound",
    sources: ["B"],
    short: "β_d ≤ … ≤ β₁ < α_d ≤ … ≤ α₁ = γ₁; ‖v‖ ≤ b is invariant",
    statement:
      "With βᵢ = ηρλᵢ²/(2 − ηλᵢ), αᵢ the mean of γ₁ and γᵢ weighted by 1 − ηλ₁ and 1 − ηλᵢ, and λ₁ > λ₂, β_d ≤ … ≤ β₁ < α_d ≤ … ≤ α₁ = γ₁. vᵢ² falls if and only if ‖v‖ > βᵢ, the leading coordinate gains on vᵢ if and only if ‖v‖ < αᵢ, and the ball ‖v‖ ≤ b = (1 − ηλ₁)γ₁ is invariant and reached exponentially fast.",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B3",
    kind: "rate",
    sources: ["B"],
    short: "SAM ends in the two-cycle ±ηρλ₁/(2 − ηλ₁) e₁",
    statement:
      "If λ₁ > λ₂ and η < 1/(2λ₁), SAM from a random start converges on a quadratic to the two-cycle ±(ηρλ₁/(2 − ηλ₁))e₁, in a time that is polynomial in d, 1/(ηλ_d), λ₁/λ_d and 1/(λ₁²/λ₂² − 1).",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B4",
    kind: "identity",
    sources: ["B"],
    short: "u_t = (−1)^t w_t is GD with step ηρ on J(u) = ½uᵀCu − ‖Λu‖",
    statement:
      "With its sign flipped at every other step, u_t = (−1)^t w_t, SAM is gradient descent of step ηρ on the non-convex J(u) = ½uᵀCu − ‖Λu‖, C = diag(λᵢ²/βᵢ).",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B5",
    kind: "bound",
    sources: ["B"],
    short: "J(u₊) − J(u) ≤ −(1/2ρ) ∑ uᵢ²(1 − βᵢ/‖Λu‖)²(2 − ηλᵢ)²λᵢ",
    statement: "Every step of SAM on a quadratic lowers J at least by (1/2ρ) ∑ᵢ uᵢ² (1 − βᵢ/‖Λu‖)² (2 − ηλᵢ)² λᵢ.",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B6",
    kind: "identity",
    sources: ["B"],
    short: "J's only minimisers: the sphere of radius β₁/λ₁ in the top eigenspace",
    statement:
      "J is stationary exactly at the points of norm βᵢ/λᵢ in an eigenspace; its Hessian there is explicit, with as many positive eigenvalues as there are βⱼ < βᵢ, and one more. Only the sphere of radius β₁/λ₁ in the top eigenspace consists of minima, and they are global.",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B7",
    kind: "bound",
    sources: ["B"],
    short: "#{t : ‖v_t‖ ≥ (1+ε)β₁} ≤ 3β₁/(ηε²λ₁β_d)",
    statement:
      "From ‖v_{T₀}‖ ≤ b on, ‖v_t‖ ≥ (1 + ε)β₁ happens at most (2/(ηε²λ₁β₁))(max J − min J) times, the maximum being over ‖Λw‖ ≤ b, and in all at most 3β₁/(ηε²λ₁β_d) times.",
    asPrinted: {
      ok: false,
      slip: "the maximum is printed over ‖w‖ ≤ b (213 steps counted against a bound of 40), and the step to the last expression is false for ηλ₁ < 2 − √3 and large β₁/β_d",
      correction: "the maximum is over ‖v‖ = ‖Λw‖ ≤ b, and the step needs 4 for 3; the end result is true as printed",
    },
    home: "13",
  },
  {
    id: "B9",
    kind: "identity",
    sources: ["B"],
    short: "SAM's limit is not argmin max over ‖ε‖ ≤ ρ of ℓ(w + ε) = 0",
    statement:
      "On a quadratic the minimax problem min_w max_{‖ε‖≤ρ} ℓ(w + ε) that motivates SAM is solved by w = 0, not by the points between which SAM ends up bouncing.",
    asPrinted: { ok: true },
    home: "13",
  },
  {
    id: "B17",
    kind: "identity",
    sources: ["B"],
    short: "degenerate quadratic: null part conserved, SAM ends in {w_z ± (β₁/λ₁)e₁}",
    statement:
      "If the eigenvalues from λ_{k+1} on vanish, SAM on the quadratic keeps the null part of w_t − w_z. When that part is 0 at the start, λ₁ > λ₂ and the leading coordinate is not 0, SAM ends in the two-cycle w_z ± (β₁/λ₁)e₁.",
    asPrinted: {
      ok: false,
      slip: "convergence is claimed without asking for a non-zero leading coordinate, and to a set where a two-cycle is meant",
      correction: "λ₁ > λ₂ and a non-zero leading coordinate are needed; the null part is conserved from any start",
    },
    home: "13",
  },
  {
    id: "W28",
    kind: "identity",
    sources: ["W"],
    short: "SAM's two shortcuts: ε* ≈ ρ∇L/‖∇L‖, and dε/dθ dropped",
    statement:
      "SAM replaces the worst perturbation of the ball by ρ∇L/‖∇L‖ and drops its derivative from the gradient. For fixed θ both errors are O(ρ²), against an effect of SAM itself of O(ρ).",
    asPrinted: { ok: true },
    home: "14",
  },
  {
    id: "B8",
    kind: "bound",
    sources: ["B"],
    short: "one step = bounce − (ηρ²/2)(1 + ηλ₁/(2−ηλ₁))² ∇λmax + small error",
    statement:
      "If B bounds ‖D³ℓ(w_z)‖ as well as the Lipschitz constant of D³ℓ, ρ ≤ 1 and Bηρ ≤ 1, one SAM step from w_z ± (β₁/λ₁)e₁ is the bounce, minus the drift (ηρ²/2)(1 + ηλ₁/(2 − ηλ₁))² ∇λmax(∇²ℓ(w_z)), up to an error of norm at most ηρ²((1 + ηλ₁)³ρ/6 + 2(2λ₁ + Bρ)η)B.",
    asPrinted: {
      ok: false,
      slip: "B is only the Lipschitz constant of D³ℓ: then a cubic has the bound 0 and an error of η²ρ²λ₂κ/(2(2 − ηλ₁)) ≠ 0",
      correction:
        "B must also bound ‖D³ℓ(w_z)‖, which is enough for ρ ≤ 1 only; for every ρ, max(‖D³ℓ(w_z)‖, Bρ) takes the place of B outside the first term",
    },
    home: "14",
  },
  {
    id: "B10",
    kind: "figure",
    sources: ["B"],
    short: "far from a minimum SAM follows ∇ℓ, near it ∇λmax(H)",
    statement:
      "Far from a minimum SAM moves along −∇ℓ. Near one it bounces across the valley and drifts along −∇λmax(H), at the price of one more gradient a step and of no third derivative.",
    asPrinted: { ok: true },
    home: "14",
  },
];
