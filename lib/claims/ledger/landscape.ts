import type { Claim } from "../types";

/** Noise, landscape pictures, sharpness measures and their meaning. */
export const LANDSCAPE: readonly Claim[] = [
  {
    id: "W1",
    kind: "identity",
    sources: ["W"],
    short: "mini-batch noise: mean 0, covariance Σ/B, × (n−B)/(n−1) without replacement",
    statement:
      "A mini-batch gradient is the full gradient plus noise of mean 0. Its covariance is Σ/B with Σ = (1/n) ∑ᵢ (∇Lᵢ − ∇L)(∇Lᵢ − ∇L)ᵀ for batches drawn with replacement, and (n−B)/(n−1) times that without.",
    asPrinted: { ok: true, note: "the factor for drawing without replacement is printed only later" },
    home: "01",
  },
  {
    id: "W2",
    kind: "figure",
    sources: ["W"],
    short: "flat on SGD's side, sharp on GD's; skip connections smooth the surface",
    statement:
      "On the line between an SGD solution and a GD solution the loss is flat around the first and sharp around the second (Keskar et al., 2017). A filter-normalised two-dimensional slice is smoother for a network with skip connections than without (Li et al., 2018).",
    asPrinted: { ok: true },
    home: "01",
  },
  {
    id: "W3",
    kind: "identity",
    sources: ["W"],
    short: "perturbed losses as ρ → 0: λmax(H), Tr H, ‖H‖²_F",
    statement:
      "At a minimum, (2/ρ²) times the rise of the loss under a perturbation ε tends, as ρ → 0, to λmax(H) for the worst ‖ε‖ ≤ ρ, to Tr H in the mean over ε ~ N(0, ρ²I), and to ‖H‖²_F in the mean over ε ~ N(0, ρ²H).",
    asPrinted: {
      ok: true,
      note: "the third needs H ⪰ 0; O(ρ) is printed for all three errors, but both Gaussian ones are O(ρ²)",
    },
    home: "01",
  },
  {
    id: "W4",
    kind: "identity",
    sources: ["W"],
    short: "(a, w) → (a/λ, λw): same function, other sharpness",
    statement:
      "Rescaling a ReLU neuron, (a, w) → (a/λ, λw) with λ > 0, leaves the function as it is but changes its sharpness (Dinh et al., 2017). The volume of the flat region is infinite at every minimum; cut off at a distance it changes, too. For L = ½(aw − 1)² the Hessian on aw = 1 is [[w², 1], [1, a²]], with λmax = a² + w².",
    asPrinted: { ok: true },
    home: "01",
  },
  {
    id: "W5",
    kind: "identity",
    sources: ["W"],
    short: "H = G + (1/n) ∑ eᵢ ∇²f(xᵢ), and H = G at interpolation",
    statement:
      "For L = (1/2n) ∑ᵢ eᵢ² the Hessian is H = G + (1/n) ∑ᵢ eᵢ ∇²f(xᵢ) with G = (1/n) ∑ᵢ gᵢgᵢᵀ, so that H = G wherever the model interpolates.",
    asPrinted: { ok: true },
    home: "01",
  },
  {
    id: "W32",
    kind: "figure",
    sources: ["W"],
    short: "flat ⇒ robust without bias: mean ‖∇ₓf‖² ≤ ‖W‖²_op Tr G_W/d; not conversely",
    statement:
      "Among minima of a bias-free two-layer net a small trace forces small input gradients, mean ‖∇ₓf‖² ≤ ‖W‖²_op Tr(G_W)/d, and so a small loss under input perturbations. The converse fails: rescaling changes the trace and not ∇ₓf.",
    asPrinted: { ok: true, note: "the source only raises the question" },
    home: "01",
  },
  {
    id: "W33",
    kind: "figure",
    sources: ["W"],
    short: "train and test minimisers part along flat directions, by σ/√(nλ)",
    statement:
      "Between the training and the test landscape the minimiser moves by about σ/√(nλ) along a Hessian eigenvector of eigenvalue λ when the noise is well specified (by an amount ∝ 1/λ when it is isotropic): the two landscapes part along flat directions.",
    asPrinted: {
      ok: false,
      slip: "the usual picture shifts the landscape by the same amount in every direction",
      correction: "the displacement grows as the eigenvalue falls, like σ/√(nλ) (1/λ for isotropic noise)",
    },
    home: "01",
  },
];
