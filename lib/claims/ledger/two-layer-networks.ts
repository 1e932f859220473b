import type { Claim } from "../types";

/** Two-layer ReLU networks: traces, norms, generalization without bias and memorizing with one. */
export const TWO_LAYER_NETWORKS: readonly Claim[] = [
  {
    id: "W6",
    kind: "identity",
    sources: ["W"],
    short: "Tr G = ½ ∑ ‖wⱼ‖² + ½ d ∑ aⱼ²",
    statement:
      "For f(x) = ∑ⱼ aⱼ relu(wⱼ·x) without bias and x uniform on the sphere of radius √d, the population trace is Tr G = γ₁ ∑ⱼ ‖wⱼ‖² + γ₂ d ∑ⱼ aⱼ² with γ₁ = γ₂ = ½.",
    asPrinted: { ok: true },
    home: "02",
  },
  {
    id: "W7",
    kind: "rate",
    sources: ["W"],
    short: "Tr G ~ ‖θ‖²_{2,d}, ‖G‖_F ~ ‖θ‖²_{2,√d}, ‖G‖₂ ~ ‖θ‖²_{2,1}",
    statement:
      "With ‖θ‖²_{2,q} = ∑ⱼ (‖wⱼ‖² + q aⱼ²), Tr G, ‖G‖_F and ‖G‖₂ equal ‖θ‖²_{2,d}, ‖θ‖²_{2,√d} and ‖θ‖²_{2,1} up to absolute constants, with high probability once n ≳ N(d, δ) (for the last, n ≳ d·N(d, δ)), where N(d, δ) is the least n with d log(n/δ) ≤ n.",
    asPrinted: {
      ok: false,
      slip: "the norm is defined with a square root, so that θ → 2θ multiplies one side by 4 and the other by 2",
      correction: "the squared norm",
    },
    home: "02",
  },
  {
    id: "W8",
    kind: "bound",
    sources: ["W"],
    short: "‖θ‖²_{2,q} ≥ 2√q ∑ |aⱼ| ‖wⱼ‖",
    statement:
      "The weighted norm dominates the path norm: ‖θ‖²_{2,q} = ∑ⱼ (‖wⱼ‖² + q aⱼ²) ≥ 2√q ∑ⱼ |aⱼ| ‖wⱼ‖, with equality when every neuron is balanced, ‖wⱼ‖ = √q |aⱼ|.",
    asPrinted: { ok: false, slip: "the norm is defined with a square root, as in W7", correction: "the squared norm" },
    home: "02",
  },
  {
    id: "W9",
    kind: "bound",
    sources: ["W"],
    short: "no bias: E|f − f*|² ≲ Tr²(G)/n",
    statement:
      "If a bias-free two-layer ReLU net interpolates n ≥ N(d, δ) samples of a target with sup |f*| ≤ 1, then with probability 1 − δ its error is E|f − f*|² ≲ Tr²(G)/n, up to factors polylogarithmic in n and 1/δ.",
    asPrinted: {
      ok: false,
      slip: "the unnamed factor is printed as poly(n, 1/δ), which makes the bound empty",
      correction: "the factor is polylogarithmic in n and 1/δ",
    },
    home: "02",
  },
  {
    id: "W29",
    kind: "bound",
    sources: ["W"],
    short: "no bias: E|f − f*|² ≲ √d ‖G‖²_F/n and ≲ d ‖G‖²₂/n",
    statement:
      "What W9 says of the trace holds of the other measures: for n ≥ N(d, δ) and no bias, E|f − f*|² ≲ √d ‖G‖²_F/n and E|f − f*|² ≲ d ‖G‖²₂/n, up to polylogarithmic factors.",
    asPrinted: {
      ok: true,
      note: "the source only says that such results exist; false for n below N(d, δ) and for nets with bias",
    },
    home: "02",
  },
  {
    id: "W30",
    kind: "bound",
    sources: ["W"],
    short: "generalization gap controlled by the path norm: Rademacher ≤ 2Q√(d/n)",
    statement:
      "Over the nets of path norm ∑ⱼ |aⱼ| ‖wⱼ‖ ≤ Q on inputs with ‖x‖ = √d, the Rademacher complexity is at most 2Q√(d/n), and it controls the gap between population and training loss.",
    asPrinted: { ok: true },
    home: "02",
  },
  {
    id: "W10",
    kind: "identity",
    sources: ["W"],
    short: "with bias: one neuron per sample, 0 elsewhere, error 1 − n/2^d",
    statement:
      "With biases there are memorizing solutions on the hypercube {−1, 1}^d: they interpolate, each sample fires a neuron of its own and no other, and they predict 0 at every other point, so that the error is 1 − n/2^d.",
    asPrinted: {
      ok: false,
      slip: "the cosines between samples are said to be at most log(n/δ)/n (they are of order √(log(n/δ)/d)), and with the printed bias −½√d several neurons fire on one sample at d = 30, n = 100",
      correction: "weights xⱼ and a threshold between d − 2 and d: exact on the hypercube for every n",
    },
    home: "03",
  },
  {
    id: "W11",
    kind: "bound",
    sources: ["W"],
    short: "Tr G ≥ (2/n) ∑ ‖x′ᵢ‖ |yᵢ|, attained",
    statement:
      "Every interpolating two-layer ReLU net with bias has Tr G ≥ (2/n) ∑ᵢ ‖x′ᵢ‖ |yᵢ| with x′ = (x, 1). A suitably rescaled memorizing solution attains the bound, and so does the network of 4 neurons that computes XOR.",
    asPrinted: { ok: true },
    home: "03",
  },
  {
    id: "W12",
    kind: "figure",
    sources: ["W"],
    short: "with bias: SAM is flatter than SGD and generalizes worse",
    statement:
      "On XOR data, for a two-layer net with bias, SAM finds flatter minima than SGD with weight decay, and they generalize worse.",
    asPrinted: {
      ok: false,
      slip: "plain SGD is named as the comparison; it generalizes worse than SAM",
      correction: "the comparison is with SGD under weight decay",
    },
    home: "03",
  },
];
