import { requireThat } from "../core/errors";
import { ALIGNMENT } from "./ledger/alignment";
import { BENIGN_OVERFITTING } from "./ledger/benign-overfitting";
import { BEYOND_THE_SOURCES } from "./ledger/beyond-the-sources";
import { FLATNESS_AND_ESCAPE } from "./ledger/flatness-and-escape";
import { GRADIENT_DESCENT } from "./ledger/gradient-descent";
import { LANDSCAPE } from "./ledger/landscape";
import { LINEAR_STABILITY } from "./ledger/linear-stability";
import { PAC_BAYES } from "./ledger/pac-bayes";
import { REAL_IMAGES } from "./ledger/real-images";
import { SAM } from "./ledger/sam";
import { TWO_LAYER_NETWORKS } from "./ledger/two-layer-networks";
import { UNIVARIATE_RELU } from "./ledger/univariate-relu";
import { XOR } from "./ledger/xor";
import type { Claim } from "./types";

const TOPICS: readonly (readonly Claim[])[] = [
  LANDSCAPE,
  TWO_LAYER_NETWORKS,
  PAC_BAYES,
  GRADIENT_DESCENT,
  LINEAR_STABILITY,
  UNIVARIATE_RELU,
  ALIGNMENT,
  FLATNESS_AND_ESCAPE,
  REAL_IMAGES,
  SAM,
  XOR,
  BENIGN_OVERFITTING,
  BEYOND_THE_SOURCES,
];

/**
 * The ledger: every statement of the five sources, and ours beyond them, by full id, in the order of the topics.
 *
 * @example
 * CLAIMS.size; // 96
 */
export const CLAIMS: ReadonlyMap<string, Claim> = new Map(TOPICS.flat().map((row) => [row.id, row]));

/** Every name of every row: "W26/R3" is found as "W26", as "R3" and as "W26/R3". */
const BY_NAME: ReadonlyMap<string, Claim> = new Map(
  [...CLAIMS.values()].flatMap((row) => [row.id, ...row.id.split("/")].map((name): [string, Claim] => [name, row])),
);

/**
 * The ledger's row of that id; of a row with two names either will do, and both joined by a slash.
 *
 * @throws InvalidArgumentError for an unknown id, naming the nearest one that exists
 *
 * @example
 * claim("R3").id; // "W26/R3"
 */
export function claim(id: string): Claim {
  const row = BY_NAME.get(id);
  requireThat(row !== undefined, "claim", `the id must be in the ledger (the nearest there is ${nearestId(id)})`, id);
  return row;
}

/** The existing id of the same letter whose number is nearest; with an unknown letter any letter will do. */
function nearestId(id: string): string {
  const [letter, number] = idParts(id);
  const names = [...BY_NAME.keys()].filter((name) => !name.includes("/"));
  const sameLetter = names.filter((name) => name.startsWith(letter));
  const candidates = sameLetter.length > 0 ? sameLetter : names;
  return candidates.reduce((best, name) =>
    Math.abs(idParts(name)[1] - number) < Math.abs(idParts(best)[1] - number) ? name : best,
  );
}

function idParts(id: string): [letter: string, number: number] {
  const text = String(id);
  return [text.trim().charAt(0).toUpperCase() || "?", Number(/\d+/.exec(text)?.[0] ?? 1)];
}
