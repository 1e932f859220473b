/** One notebook of the course. */
export interface Notebook {
  /** Two digits, "01" to "17". */
  readonly number: string;
  /** File name without ".ipynb". */
  readonly slug: string;
  readonly title: string;
}

/**
 * The notebooks in which claims have their homes, in order.
 *
 * @example
 * NOTEBOOKS[6].slug; // "07-sgd-linear-stability"
 */
export const NOTEBOOKS: readonly Notebook[] = [
  { number: "01", slug: "01-sharpness-measures", title: "Sharpness measures" },
  { number: "02", slug: "02-two-layer-traces", title: "Traces of two-layer networks" },
  { number: "03", slug: "03-memorizing-solutions", title: "Memorizing solutions" },
  { number: "04", slug: "04-pac-bayes-derivation", title: "PAC-Bayes, step by step" },
  { number: "05", slug: "05-pac-bayes-flat-minima", title: "PAC-Bayes and flat minima" },
  { number: "06", slug: "06-gradient-descent-and-the-edge", title: "Gradient descent and the edge of stability" },
  { number: "07", slug: "07-sgd-linear-stability", title: "Linear stability of SGD" },
  { number: "08", slug: "08-univariate-relu", title: "Univariate ReLU networks" },
  { number: "09", slug: "09-alignment-property", title: "The alignment property of SGD noise" },
  { number: "10", slug: "10-size-independent-flatness", title: "Size-independent flatness" },
  { number: "11", slug: "11-escape", title: "Escape from sharp minima" },
  { number: "12", slug: "12-real-images", title: "Real images" },
  { number: "13", slug: "13-sam-bouncing", title: "SAM on a quadratic: bouncing" },
  { number: "14", slug: "14-sam-drift", title: "SAM beyond a quadratic: drift" },
  { number: "15", slug: "15-xor-scenarios", title: "The XOR scenarios" },
  { number: "16", slug: "16-xor-phase-diagrams", title: "Phase diagrams of the XOR scenarios" },
  { number: "17", slug: "17-benign-overfitting", title: "Benign overfitting" },
];
