import type { Claim } from "../types";

/** Benign overfitting of two-layer networks and of linear regression. */
export const BENIGN_OVERFITTING: readonly Claim[] = [
  {
    id: "B11",
    kind: "figure",
    sources: ["B"],
    short: "15 % flipped labels: training error 0, test error → noise rate, any width",
    statement:
      "Gradient descent on a two-layer net with a smooth leaky activation fits two clusters with 15 % flipped labels exactly, its test error tends to the noise rate whatever the width, and the weights' norm grows without bound.",
    asPrinted: { ok: true },
    home: "17",
  },
  {
    id: "B12",
    kind: "rate",
    sources: ["B"],
    short: "test error ≤ η + 2 exp(−c n p^{1/3})",
    statement:
      "With ‖μ‖ = Θ(p^{1/3}), p ≳ n³, a step of at least ω_init √(mp) and 0 < ε < 1/(2n), the trained net's test error is at most η + 2 exp(−c n p^{1/3}), where η is the noise rate; weaker separations ‖μ‖ = ω_p(1) have a rate of their own.",
    asPrinted: { ok: true },
    home: "17",
  },
  {
    id: "B13",
    kind: "bound",
    sources: ["B"],
    short: "P(y ≠ sgn f) ≤ η + 2 exp(−c (E[ỹf]/‖W‖_F)²), cluster by cluster",
    statement:
      "If E[ỹf] ≥ 0 over clean samples of either cluster, then P(y ≠ sgn f) ≤ η + 2 exp(−c (E[ỹf]/‖W‖_F)²) with the smaller of the two means; training makes the normalised margin E[ỹf]/‖W‖_F of order at least √(n p^{1/3}).",
    asPrinted: {
      ok: false,
      slip: "asks only for E[ỹf] ≥ 0, and takes this mean over both clusters: two neurons can get a whole cluster wrong at a margin as large as one likes",
      correction: "the mean of each cluster must be at least 0, and the smaller one stands in the exponent",
    },
    home: "17",
  },
  {
    id: "B14",
    kind: "figure",
    sources: ["B"],
    short: "min-norm regression is benign only if R_{k*} ≫ n",
    statement:
      "Minimum-norm interpolation in linear regression is a predictor plus a spiky correction, benign only if the effective rank R_{k*} of the covariance's tail is much larger than n; for sufficiency k*/n must vanish, too (Bartlett, Long, Lugosi and Tsigler, 2020).",
    asPrinted: { ok: true, note: "stated without its definitions, and rightly as a necessary condition only" },
    home: "17",
  },
  {
    id: "B15",
    kind: "rate",
    sources: ["B"],
    short: "training loss ≤ ε after C α⁻¹ ε⁻² steps",
    statement:
      "Gradient descent with step α brings the training loss below ε within C α⁻¹ ε⁻² steps for a constant C that does not depend on ε.",
    asPrinted: {
      ok: true,
      note: "an upper bound only: the measured number of steps grows like ε⁻¹; no upper limit on α is printed, without which the number would fall below one step",
    },
    home: "17",
  },
  {
    id: "B16",
    kind: "figure",
    sources: ["B"],
    short: "nearly orthogonal samples; one large step already learns features",
    statement:
      "Two reasons for benign overfitting: in high dimension all samples are nearly orthogonal, and one step that is large against the initialisation turns every neuron towards the cluster mean.",
    asPrinted: {
      ok: false,
      slip: "the regime is called far from the neural tangent kernel",
      correction: "true of the weights, which move far; the tangent kernel itself hardly moves in that step",
    },
    home: "17",
  },
  {
    id: "B18",
    kind: "identity",
    sources: ["B"],
    short: "gradient flow from 0 on least squares → minimum-norm interpolant",
    statement:
      "On under-determined least squares gradient flow started at 0 converges to the interpolant of least norm, X⁺y.",
    asPrinted: { ok: true },
    home: "17",
  },
];
