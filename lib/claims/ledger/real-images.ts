import type { Claim } from "../types";

/** Experiments on real images. */
export const REAL_IMAGES: readonly Claim[] = [
  {
    id: "A16",
    kind: "figure",
    sources: ["A"],
    short: "CIFAR-10: μ > 0 whatever the size; escape; ‖H‖_F under a bound tighter at small B",
    statement:
      "For VGG networks and ResNets on CIFAR-10, μ is significantly positive and nearly independent of the size, SGD escapes from sharp minima exponentially fast, and ‖H‖_F stays below its bound, which gets tighter as B falls.",
    asPrinted: { ok: true },
    home: "12",
  },
  {
    id: "A19",
    kind: "figure",
    sources: ["W"],
    short: "MNIST: α, β, μ along SGD and against over-parameterization",
    statement:
      "On MNIST the alignment factors α, β and μ stay bounded away from 0 along SGD and do not decay as networks grow.",
    asPrinted: { ok: true },
    home: "12",
  },
  {
    id: "W34",
    kind: "figure",
    sources: ["W"],
    short: "large batches: sharper, also in random subspaces, and worse on the test set",
    statement:
      "Training with large batches ends in sharper minima than training with small ones, in the whole space and in random subspaces of dimension 100, and in a lower test accuracy (Keskar et al., 2017).",
    asPrinted: { ok: true },
    home: "12",
  },
  {
    id: "W35",
    kind: "figure",
    sources: ["W"],
    short: "random labels are fitted; SGD beats GD; with noisy labels early stopping matters",
    statement:
      "An over-parameterized network fits random labels as well as true ones; SGD often generalizes better than gradient descent; with noisy labels the test accuracy peaks before the training labels are fitted.",
    asPrinted: { ok: true },
    home: "12",
  },
  {
    id: "W36",
    kind: "figure",
    sources: ["W"],
    short: "ResNet-like net: SAM is flatter and more accurate than SGD",
    statement:
      "On images, a ResNet-like network trained by SAM has a lower sharpness and a higher test accuracy than the same network trained by SGD (Chen et al., 2022).",
    asPrinted: { ok: true, note: "checked in miniature" },
    home: "12",
  },
];
