import type { Claim } from "../types";

/** Gradient flow, gradient descent, the edge of stability, and penalized flows. */
export const GRADIENT_DESCENT: readonly Claim[] = [
  {
    id: "W20",
    kind: "figure",
    sources: ["W"],
    short: "gradient flow ends in C or D; GD with a large rate only in D",
    statement:
      "On a landscape with stationary points A, B, C, D, gradient flow ends in C or D, never in the unstable A or B. Gradient descent with a rate well above 2/λ_C leaves the sharper C exponentially fast and ends in D.",
    asPrinted: { ok: true, note: "just above 2/λ_C, GD stays in a cycle round C: the rate must be larger than that" },
    home: "06",
  },
  {
    id: "W21",
    kind: "bound",
    sources: ["W"],
    short: "GD stable ⇒ λ₁(H) ≤ 2/η; escape at |1 − ηλ₁|^t",
    statement:
      "A minimum that is linearly stable for gradient descent with rate η has λ₁(H) ≤ 2/η (for a quadratic with H ⪰ 0 this is also sufficient). Otherwise the distance grows like |1 − ηλ₁|^t.",
    asPrinted: {
      ok: false,
      slip: "the escape rate is printed as (1 − ηλ₁)^t, which alternates in sign",
      correction: "|1 − ηλ₁|^t",
    },
    home: "06",
  },
  {
    id: "R1",
    kind: "identity",
    sources: ["R"],
    short: "x_t = (1 − ηa)^t (x₀ − x*) + x*",
    statement:
      "On a one-dimensional quadratic of curvature a, gradient descent gives x_t = (1 − ηa)^t (x₀ − x*) + x*, and the component along an eigenvector of a quadratic in d dimensions follows the same formula: it diverges if and only if a > 2/η.",
    asPrinted: {
      ok: false,
      slip: "a = 2/η is counted as divergent, with a factor below −1",
      correction: "at a = 2/η the factor is −1 and the orbit oscillates with period 2",
    },
    home: "06",
  },
  {
    id: "W22",
    kind: "figure",
    sources: ["W"],
    short: "sharpness of GD solutions against 2/η, over η",
    statement:
      "The sharpness of gradient descent's solutions is at most 2/η and, from moderate rates on, all but attains it; at very small rates it can stay well below (Wu et al., 2018, on FashionMNIST and CIFAR-10).",
    asPrinted: { ok: true },
    home: "06",
  },
  {
    id: "W23/R2",
    kind: "figure",
    sources: ["W", "R"],
    short: "sharpness climbs to 2/η and hovers there; from 2/200 to 2/300 it climbs to 300",
    statement:
      "Along gradient descent sharpness rises until it reaches 2/η and then hovers there (Cohen et al., 2021). When the rate is cut from 2/200 to 2/300 it rises again, to 300.",
    asPrinted: { ok: true },
    home: "06",
  },
  {
    id: "B19",
    kind: "rate",
    sources: ["B"],
    short: "GD = gradient flow on L + (η/4)‖∇L‖² to one order more",
    statement:
      "Over a fixed time gradient descent stays within O(η²) of gradient flow on L + (η/4)‖∇L‖², against O(η) for the flow on L (Barrett and Dherin, 2021). The mean of reshuffled SGD over an epoch follows the same correction taken batch by batch (Smith et al., 2021).",
    asPrinted: {
      ok: true,
      note: "only named in the source; at order η² the field is no gradient, and with replacement the mean follows GD's form",
    },
    home: "06",
  },
];
