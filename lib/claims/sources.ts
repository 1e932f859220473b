import { requireThat } from "../core/errors";
import type { SourceId } from "./types";

/** Citation of one source of the ledger. */
export interface Source {
  readonly id: SourceId;
  readonly authors: string;
  readonly title: string;
  /** Year of the document itself; null for what no source states. */
  readonly year: number | null;
  /** What kind of document it is, with place and date. */
  readonly kind: string;
  /** The papers that the document reports on, where it is a lecture or a talk. */
  readonly basedOn: readonly string[];
}

/**
 * The five sources, and N for what goes beyond them, by their letters.
 *
 * @example
 * SOURCES.A.year; // 2022
 */
export const SOURCES: Readonly<Record<SourceId, Source>> = {
  W: {
    id: "W",
    authors: "Lei Wu",
    title: "Implicit Bias/Regularization I",
    year: 2025,
    kind: "lecture slides, Topics in Deep Learning Theory, Peking University, spring 2025",
    basedOn: [
      "N. S. Keskar et al., On large-batch training for deep learning, ICLR 2017",
      "P. Foret, A. Kleiner, H. Mobahi, B. Neyshabur, Sharpness-aware minimization, ICLR 2021",
      "L. Wu, C. Ma, W. E, How SGD selects the global minima in over-parameterized learning, NeurIPS 2018",
      "L. Wu, M. Wang, W. J. Su, The alignment property of SGD noise, NeurIPS 2022",
      "L. Wu, W. J. Su, The implicit regularization of dynamical stability in stochastic gradient descent, ICML 2023",
      "K. Wen, Z. Li, T. Ma, Sharpness minimization algorithms do not only minimize sharpness, NeurIPS 2023",
    ],
  },
  R: {
    id: "R",
    authors: "Arjun Ashok Rao",
    title: "SGD: A Stability Perspective",
    year: 2021,
    kind: "talk slides, 13 December 2021",
    basedOn: [
      "L. Wu, C. Ma, W. E, How SGD selects the global minima in over-parameterized learning, NeurIPS 2018",
      "R. Mulayoff, T. Michaeli, D. Soudry, The implicit bias of minima stability: a view from function space, NeurIPS 2021",
      "J. M. Cohen et al., Gradient descent on neural networks typically occurs at the edge of stability, ICLR 2021",
    ],
  },
  A: {
    id: "A",
    authors: "Lei Wu, Mingze Wang, Weijie J. Su",
    title: "The alignment property of SGD noise and how it helps select flat minima: A stability analysis",
    year: 2022,
    kind: "paper, NeurIPS 2022",
    basedOn: [],
  },
  B: {
    id: "B",
    authors: "Peter Bartlett",
    title: "Convergence of Sharpness-Aware Minimization",
    year: 2022,
    kind: "talk slides, Institut Henri Poincaré, 6 October 2022",
    basedOn: [
      "P. L. Bartlett, P. M. Long, O. Bousquet, The dynamics of sharpness-aware minimization, 2022",
      "S. Frei, N. S. Chatterji, P. L. Bartlett, Benign overfitting without linearity, COLT 2022",
      "P. L. Bartlett, P. M. Long, G. Lugosi, A. Tsigler, Benign overfitting in linear regression, PNAS 2020",
    ],
  },
  P: {
    id: "P",
    authors: "SeHyun Park",
    title: "Sharpness Minimization Algorithms Do Not Only Minimize Sharpness To Achieve Better Generalization",
    year: 2024,
    kind: "talk slides, Seoul National University, 8 January 2024",
    basedOn: ["K. Wen, Z. Li, T. Ma, Sharpness minimization algorithms do not only minimize sharpness, NeurIPS 2023"],
  },
  N: {
    id: "N",
    authors: "this course",
    title: "Beyond the sources",
    year: null,
    kind: "shown here; none of the five sources states it",
    basedOn: [],
  },
};

/**
 * A source in the few words that a table has room for, "Lei Wu (2025)"; N is "beyond the sources".
 *
 * @throws InvalidArgumentError for an unknown letter
 *
 * @example
 * citeShort("A"); // "Wu, Wang & Su (2022)"
 */
export function citeShort(id: SourceId): string {
  requireThat(
    Object.hasOwn(SOURCES, id),
    "citeShort",
    `the source must be one of ${Object.keys(SOURCES).join(", ")}`,
    id,
  );
  const source = SOURCES[id];
  if (source.year === null) return "beyond the sources";
  const authors = source.authors.split(", ");
  if (authors.length === 1) return `${authors[0]} (${source.year})`;
  const surnames = authors.map((author) => author.slice(author.lastIndexOf(" ") + 1));
  return `${surnames.slice(0, -1).join(", ")} & ${surnames[surnames.length - 1]} (${source.year})`;
}
