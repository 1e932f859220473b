import type { Claim } from "../types";

/** The three XOR scenarios. */
export const XOR: readonly Claim[] = [
  {
    id: "P1",
    kind: "figure",
    sources: ["P"],
    short: "scenario I, no bias: 1-SAM generalizes, at nearly the least trace",
    statement:
      "Scenario I (no bias, d = 30, n = 100): SAM with batches of one finds a nearly flattest interpolator, and it generalizes.",
    asPrinted: {
      ok: false,
      slip: "SAM is said to find the flattest model, without a condition on n",
      correction:
        "the least trace 2√d is approached (13 to 14 against 10.95) but not reached, for it lies on ReLU kinks; generalization needs n > 2d",
    },
    home: "15",
  },
  {
    id: "P2",
    kind: "rate",
    sources: ["P"],
    short: "every flattest no-bias interpolator has error O((d/n) log(n/d))",
    statement:
      "Theorem 1.1: once n = Ω(d log(d/δ)), with probability 1 − δ every flattest bias-free interpolator of XOR data has error O((d/n) log(n/d)).",
    asPrinted: { ok: false, slip: "log(d/n) is printed, which is negative for n > d", correction: "log(n/d)" },
    home: "15",
  },
  {
    id: "P3",
    kind: "figure",
    sources: ["P"],
    short: "scenario II, bias: 1-SAM reaches the least trace and does not generalize",
    statement:
      "Scenario II (bias, d = 30, n = 100): from a large enough initialisation SAM with batches of one reaches the least trace and does not generalize.",
    asPrinted: {
      ok: false,
      slip: "stated without conditions, and SAM's net is identified with a memorizing one",
      correction:
        "it depends on the initialisation's scale (from ×1 the net is far more accurate than from ×3 to ×6) and on n (from 200 on it generalizes); SAM's net is not a memorizing solution",
    },
    home: "15",
  },
  {
    id: "P4",
    kind: "identity",
    sources: ["P"],
    short: "bias: a memorizing and a generalizing net, both of least trace",
    statement:
      "Propositions 2.1 and 2.2: for nets with bias on XOR data both a memorizing solution, of error max{1 − n/2^d, 0}, and a solution without error attain the least possible trace.",
    asPrinted: { ok: true },
    home: "15",
  },
  {
    id: "P8",
    kind: "identity",
    sources: ["P"],
    short: "inputs in convex position ⇒ a memorizing net of least trace, width n",
    statement:
      "Theorems 2.1 and 3.1: if every input is a vertex of the inputs' convex hull, a memorizing net of width n and least trace exists, with bias and with simplified LayerNorm. An input inside the hull, such as a midpoint, defeats the construction.",
    asPrinted: { ok: true },
    home: "15",
  },
  {
    id: "P5",
    kind: "figure",
    sources: ["P"],
    short: "scenario III, simplified LayerNorm: 1-SAM generalizes",
    statement:
      "Scenario III (simplified LayerNorm, d = 30, n = 100): SAM with batches of one reaches the least trace and generalizes in the mean over draws of the data.",
    asPrinted: {
      ok: false,
      slip: "stated without reference to the sample",
      correction: "true in the mean (accuracy 0.95); at n = 100 it depends on the draw of the data",
    },
    home: "15",
  },
  {
    id: "P6",
    kind: "identity",
    sources: ["P"],
    short: "LayerNorm, ε ≤ 2√(d+1): a memorizing and a generalizing net, both Tr G = 1",
    statement:
      "Theorem 3.1, Propositions 3.1 and 3.2: with simplified LayerNorm and ε ≤ 2√(d + 1) a memorizing solution and a solution without error both attain the least trace, Tr G = 1.",
    asPrinted: {
      ok: true,
      note: "ε is asked to be sufficiently small; that means ε ≤ 2√(d + 1) for the value 1, while the constructions are flattest for every ε",
    },
    home: "15",
  },
  {
    id: "P7",
    kind: "figure",
    sources: ["P"],
    short: "do all flattest / SAM's minima generalize? no bias ✓✓, bias ✗✗, LayerNorm ✗✓",
    statement:
      "The summary, over seeds and beside gradient descent with weight decay. All flattest minima generalize: yes without bias, no with bias, no with LayerNorm. The minima that SAM finds generalize: yes, no, yes.",
    asPrinted: { ok: true },
    home: "15",
  },
];
