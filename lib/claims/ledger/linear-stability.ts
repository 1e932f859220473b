import type { Claim } from "../types";

/** Linear stability of SGD. */
export const LINEAR_STABILITY: readonly Claim[] = [
  {
    id: "W24",
    kind: "figure",
    sources: ["W"],
    short: "two parabolas: GD stays at x = 1, SGD leaves to 0",
    statement:
      "For two one-dimensional losses with a common minimum at x = 1, gradient descent (η = 0.7, started at 1 − 10⁻⁵) stays there while SGD with one loss a step leaves and settles at 0.",
    asPrinted: {
      ok: false,
      slip: "with the factors ½ in the losses (multipliers 0.93 and −0.33) SGD is stable at x = 1, too",
      correction: "the losses without ½: multipliers 0.86 and −1.66, Lyapunov exponent +0.178",
    },
    home: "07",
  },
  {
    id: "W25",
    kind: "identity",
    sources: ["W"],
    short: "E x² grows by (1 − ηa)² + η²s²(n−B)/(B(n−1)) a step",
    statement:
      "For one-dimensional quadratics of mean curvature a and standard deviation s, SGD with batches of B drawn without replacement has E x_{t+1} = (1 − ηa) E x_t and E x²_{t+1} = [(1 − ηa)² + η²s²(n−B)/(B(n−1))] E x²_t: stable in mean square if and only if the bracket is at most 1.",
    asPrinted: { ok: true },
    home: "07",
  },
  {
    id: "W26/R3",
    kind: "bound",
    sources: ["W", "R"],
    short: "λmax{(I − ηH)² + η²(n−B)/(B(n−1)) Σ_H} ≤ 1 suffices for stability",
    statement:
      "In d dimensions SGD is stable in mean square if λmax{(I − ηH)² + η²(n−B)/(B(n−1)) Σ_H} ≤ 1 with Σ_H = (1/n) ∑ᵢ Hᵢ² − H². The exact condition is that the spectral radius of E[(I − ηH_I) ⊗ (I − ηH_I)] be at most 1.",
    asPrinted: {
      ok: false,
      slip: "the condition is called necessary, too, and with it s ≤ √B/η; R prints the Hessian of a batch where the mean Hessian belongs",
      correction: "sufficient and, for d > 1, not necessary; a ≤ 2/η is necessary, s ≤ √B/η is not",
    },
    home: "07",
  },
  {
    id: "W27",
    kind: "figure",
    sources: ["W"],
    short: "selection diagram; over trained nets, non-uniformity ∝ sharpness",
    statement:
      "In the plane of sharpness a and non-uniformity s, the learning rate and the batch size cut out the region of the minima that SGD can select. Over hundreds of trained models s is roughly proportional to a.",
    asPrinted: { ok: true },
    home: "07",
  },
  {
    id: "R4",
    kind: "bound",
    sources: ["R"],
    short: "ε-linearly stable ⇒ λmax ≤ 2/η, also with per-sample gradients ≠ 0",
    statement:
      "If the mean distance of linearised SGD from a minimum stays at most ε in the limit for every start in the ε-ball, then λmax ≤ 2/η, even when the gradients of single samples do not vanish there (Mulayoff et al., 2021).",
    asPrinted: {
      ok: false,
      slip: "the proof sets the starting direction equal to λmax, and the definition does not say which starts are meant",
      correction: "the starting direction is the top eigenvector, and stability is asked for every start in the ball",
    },
    home: "07",
  },
  {
    id: "R5",
    kind: "bound",
    sources: ["R"],
    short: "switching system: λ^lower > 2/η + δ + γ/ε ⇒ not strongly stable",
    statement:
      "Near a non-differentiable minimum SGD is a switching linear system. If some unit q is an eigenvector of every adjacent mode's Hessian up to an error δ, with eigenvalues of at least λ^lower > 2/η + δ + γ/ε, where γ bounds the mean |q·gradient|, then the minimum is not ε-strongly stable.",
    asPrinted: { ok: true },
    home: "07",
  },
];
