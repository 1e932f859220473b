import type { Claim } from "../types";

/** The alignment of SGD's noise with the Fisher matrix. */
export const ALIGNMENT: readonly Claim[] = [
  {
    id: "A1",
    kind: "identity",
    sources: ["A", "W"],
    short: "μ = αβ = Tr(ΣG)/(2L‖G‖²_F) = μ₁ − μ₂",
    statement:
      "With α the cosine between the noise covariance Σ and G and β = ‖Σ‖_F/(2L‖G‖_F), the loss-scaled alignment factor is μ = αβ = Tr(ΣG)/(2L‖G‖²_F). It splits as μ₁ − μ₂ along Σ = (1/n) ∑ᵢ eᵢ²gᵢgᵢᵀ − ∇L∇Lᵀ.",
    asPrinted: { ok: false, slip: "Σ is printed with ∇L Lᵀ", correction: "∇L ∇Lᵀ" },
    home: "09",
  },
  {
    id: "A2",
    kind: "bound",
    sources: ["A"],
    short: "μ₁ ≥ γ = min χᵢ/χ̄",
    statement:
      "Lemma 2.2: μ₁ ≥ γ = minᵢ χᵢ/χ̄, where χᵢ = gᵢᵀGgᵢ and χ̄ is their mean. The uniformity of the gradients' norms alone bounds the alignment from below.",
    asPrinted: { ok: true },
    home: "09",
  },
  {
    id: "A3",
    kind: "identity",
    sources: ["A"],
    short: "linear models, Gaussian inputs, n = ∞: Σ = ∇L∇Lᵀ + 2LG, μ₁ ≥ μ ≥ 1",
    statement:
      "Proposition 2.3: for over-parameterized linear models on x ~ N(0, S) with noise-free linear labels and n = ∞, Σ = ∇L∇Lᵀ + 2LG, and so μ₁ ≥ μ ≥ 1.",
    asPrinted: { ok: true },
    home: "09",
  },
  {
    id: "A4",
    kind: "bound",
    sources: ["A"],
    short: "μ₁ ≥ γ, μ₂ ≤ τ(G) = λ₁²/∑λ², μ ≥ γ − τ",
    statement:
      "Lemma 2.4: μ₁ ≥ γ and μ₂ ≤ τ(G) = λ₁²/∑ₖ λₖ², so that μ ≥ γ − τ(G). It is stated for models that are linear in fixed features and holds pointwise for every model.",
    asPrinted: { ok: true },
    home: "09",
  },
  {
    id: "A5",
    kind: "rate",
    sources: ["A"],
    short: "random ReLU features: μ₁ ≥ γ = 1 − o(1), μ ~ (π²/4)/d",
    statement:
      "Proposition 2.5: for m ≥ n ≳ d⁵ log(1/δ) random ReLU features, with high probability μ₁ ≥ γ = 1 − o(1) and μ ≳ 1/d; the smallest μ behaves like (π²/4)/d, so the rate is sharp.",
    asPrinted: {
      ok: false,
      slip: "μ₁ ≥ 1 is printed; for finite n the least μ₁ is γ < 1",
      correction: "μ₁ ≥ γ = 1 − o(1)",
    },
    home: "09",
  },
  {
    id: "A6",
    kind: "figure",
    sources: ["A"],
    short: "along SGD: β bounded below, μ > 0, nearly independent of model size",
    statement:
      "Figure 1: along SGD on linear networks, random features, fully connected and convolutional networks, β stays bounded below and μ positive, both nearly independent of the model's size.",
    asPrinted: {
      ok: false,
      slip: "α is said to be close to 1 for all models, and n = 100, d = 50 to be a regime with n < d",
      correction:
        "α is close to 1 for the convolutional networks, and with hundreds of samples for random features and ReLU networks; for the linear ones it is 0.6 to 0.86",
    },
    home: "09",
  },
  {
    id: "A7",
    kind: "figure",
    sources: ["A"],
    short: "γ bounded below along SGD; the losses eᵢ² are not uniform",
    statement:
      "Figure 2: γ stays bounded below along the whole trajectory of SGD, although the single losses eᵢ² are far from uniform.",
    asPrinted: { ok: true },
    home: "09",
  },
  {
    id: "A17",
    kind: "figure",
    sources: ["A"],
    short: "decoupling Σ ≈ 2LG: relative error ρ² = 1 + β² − 2μ, large in general",
    statement:
      "The decoupling approximation Σ ≈ 2L·G has the relative error ρ² = 1 + β² − 2μ ≥ 1 − α², which stays large along training. It is exact only in special cases, where α = β = μ = 1.",
    asPrinted: {
      ok: false,
      slip: "the approximation is quoted as a working description of the noise",
      correction: "it fails in general, and μ ≈ 1 alone does not make it hold",
    },
    home: "09",
  },
];
