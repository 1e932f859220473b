// The ledger's rows with all that the executed notebooks show of them: what every report is made from.
import { CHECK_MIME_TYPE, CLAIMS, claim, worstVerdict } from "../../lib/dist/claims/index.js";
import { formatNumber, formatPercent } from "../../lib/dist/claims/numbers.js";

/**
 * @typedef {import("../../lib/dist/claims/index.js").Claim} Claim
 * @typedef {import("../../lib/dist/claims/index.js").Verdict} Verdict
 * @typedef {import("../../lib/dist/claims/index.js").CheckJson} CheckJson
 */

/**
 * One check as a report shows it, its numbers with the digits that the notebook shows.
 *
 * @typedef {object} ReportCheck
 * @property {string} notebook slug, "07-sgd-linear-stability"
 * @property {string} cell
 * @property {string} link to the cell, from the repository's root
 * @property {string} note what the check is about
 * @property {string} measured
 * @property {string} stated what it is compared with, "" for a figure
 * @property {string} margin tolerance, slack, interval or limits, "" for a figure
 * @property {readonly string[]} rejects
 * @property {boolean} printedFails whether the printed form was shown to fail
 * @property {Verdict} verdict
 * @property {boolean} stored whether the data come from notebooks/results
 * @property {string} precision "float32" where the check says so, "" where it says nothing
 */

/**
 * @typedef {object} ReportRow
 * @property {Claim} claim
 * @property {Verdict | "not checked"} verdict the worst of the checks'
 * @property {readonly ReportCheck[]} checks in the order of notebooks and cells
 */

/**
 * Every row of the ledger, in its order, with its checks.
 *
 * @param {readonly { slug: string, notebook: import("../../kernel/dist/notebook.js").Notebook }[]} notebooks executed
 * @returns {ReportRow[]}
 */
export function reportRows(notebooks) {
  const found = [...notebooks]
    .sort((a, b) => (a.slug < b.slug ? -1 : 1))
    .flatMap(({ slug, notebook }) =>
      notebook.cells.flatMap((cell) =>
        (cell.outputs ?? []).flatMap((output) => {
          const json = /** @type {CheckJson | undefined} */ ("data" in output && output.data[CHECK_MIME_TYPE]);
          return json ? [{ id: claim(json.claim).id, check: reportCheck(json, slug, cell.id ?? "") }] : [];
        }),
      ),
    );
  return [...CLAIMS.values()].map((row) => {
    const checks = found.flatMap(({ id, check }) => (id === row.id ? [check] : []));
    const verdict = checks.length === 0 ? "not checked" : worstVerdict(checks.map(({ verdict }) => verdict));
    return { claim: row, verdict, checks };
  });
}

/**
 * @param {CheckJson} json
 * @param {string} notebook
 * @param {string} cell
 * @returns {ReportCheck}
 */
function reportCheck(json, notebook, cell) {
  return {
    notebook,
    cell,
    link: `notebooks/${notebook}.ipynb#cell-id=${cell}`,
    note: json.note,
    ...numbersOf(json),
    rejects: json.rejects,
    printedFails: json.printed === "fails",
    verdict: json.verdict,
    stored: json.verdict.endsWith(", stored"),
    precision: json.precision ?? "",
  };
}

/**
 * A check's numbers in three columns, by the family of its statement.
 *
 * @param {CheckJson} json
 * @returns {{ measured: string, stated: string, margin: string }}
 */
function numbersOf(json) {
  const number = (/** @type {string} */ field) => formatNumber(Number(json[field]));
  const pair = () => /** @type {unknown[]} */ (json.interval).map((end) => formatNumber(Number(end)));
  const relation = json.relation === "atMost" ? "≤" : "≥";
  const tolerance = json.tolerance === undefined ? [] : [`tolerance ${number("tolerance")}`];
  if (json.figure !== undefined) {
    const features = Object.entries(/** @type {Record<string, boolean>} */ (json.figure));
    const parts = [true, false].flatMap((wanted) => {
      const names = features.flatMap(([name, seen]) => (seen === wanted ? [name] : []));
      return names.length === 0 ? [] : [`${wanted ? "seen" : "not seen"}: ${names.join("; ")}`];
    });
    return { measured: parts.join(" · "), stated: "", margin: "" };
  }
  if (json.slope !== undefined) {
    return { measured: `slope ${number("slope")}`, stated: number("expected"), margin: `in [${pair().join(", ")}]` };
  }
  if (json.trials !== undefined) {
    const confidence = `${formatNumber(100 * Number(json.confidence))} %`;
    return {
      measured: `${number("successes")} of ${number("trials")} (${number("measured")})`,
      stated: `probability ${relation} ${number("bound")}`,
      margin: `limits ${pair().join(" and ")} at ${confidence} each`,
    };
  }
  const entries = json.entries === undefined ? undefined : Number(json.entries).toLocaleString("en");
  if (json.bound !== undefined) {
    const share = json.relativeSlack === undefined ? "" : ` (${formatPercent(Math.abs(Number(json.relativeSlack)))})`;
    return {
      measured: number("measured") + (entries === undefined ? "" : ` (the tightest of ${entries})`),
      stated: `${relation} ${number("bound")}`,
      margin: [`slack ${number("slack")}${share}`, ...tolerance].join(", "),
    };
  }
  return {
    measured: number("measured") + (entries === undefined ? "" : ` (one of ${entries})`),
    stated: number("expected"),
    margin: tolerance.join(),
  };
}
