// From measurements to ratios, verdicts and a Markdown table.
import { labels } from "./cases.mjs";

/** Sums are taken in other orders and steps amplify it; a wrong factor anywhere shows in the first digits. */
const AGREEMENT = 1e-8;

/**
 * One contestant at one case.
 *
 * @typedef {object} Row
 * @property {string} case
 * @property {string} contestant "ours" or a peer's name
 * @property {string} [version]
 * @property {number} [threads] of a peer
 * @property {Record<string, number>} [seconds] medians over the rounds, of one unit of each quantity
 * @property {number} [value] what the case is about: the seconds, or a quotient of two
 * @property {[number, number]} [range] the smallest and the largest of a round
 * @property {number} [ratio] ours ÷ the peer's value
 * @property {number} [atMost] the target of the ratio, or of our own value
 * @property {number} [aim]
 * @property {"aim met" | "met" | "missed"} [verdict]
 * @property {string} [failure]
 */

/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return (Number(low) + Number(high)) / 2;
}

/**
 * @param {import("./cases.mjs").Case} definition
 * @param {readonly import("./measure.mjs").Measurement[]} measurements ours first
 * @returns {Row[]} in the same order
 */
export function judge(definition, measurements) {
  const [ours] = measurements;
  /** @type {Row | undefined} */
  let our;
  return measurements.map((measurement) => {
    /** @type {Row} */
    const row = { case: definition.name, contestant: measurement.name };
    const { introduction, rounds = [] } = measurement;
    if (introduction) Object.assign(row, { version: introduction.version, threads: introduction.threads });
    row.failure =
      measurement.failure ?? disagreement(ours?.introduction?.check, introduction?.check, definition.agreement);
    if (row.failure !== undefined || rounds.length === 0) return row;

    const values = rounds.map((round) => valueOf(definition, round));
    row.seconds = Object.fromEntries(
      Object.keys(rounds[0] ?? {}).map((quantity) => [
        quantity,
        median(rounds.map((round) => Number(round[quantity]))),
      ]),
    );
    row.value = median(values);
    row.range = [Math.min(...values), Math.max(...values)];
    if (measurement === ours) {
      our = row;
      if (definition.atMost !== undefined) setTarget(row, row.value, definition);
    } else if (our?.value !== undefined) {
      row.ratio = our.value / row.value;
      setTarget(row, row.ratio, definition.peers.find(({ name }) => name === row.contestant) ?? {});
    }
    return row;
  });
}

/**
 * @param {import("./cases.mjs").Case} definition
 * @param {Record<string, number>} round
 */
function valueOf({ quotient }, round) {
  if (quotient) return Number(round[quotient[0]]) / Number(round[quotient[1]]);
  return Number(Object.values(round)[0]);
}

/**
 * @param {Row} row
 * @param {number} measured
 * @param {{ atMost?: number, aim?: number }} target
 */
function setTarget(row, measured, { atMost, aim }) {
  if (atMost === undefined) return;
  row.atMost = atMost;
  row.aim = aim;
  row.verdict = measured > atMost ? "missed" : aim !== undefined && measured <= aim ? "aim met" : "met";
}

/**
 * Whether a peer computes something else than ours.
 *
 * @param {readonly number[] | undefined} ours
 * @param {readonly number[] | undefined} its
 */
function disagreement(ours, its, agreement = AGREEMENT) {
  if (!ours || !its) return undefined;
  const pairs = ours.map((value, k) => /** @type {const} */ ([value, Number(its[k])]));
  const apart = pairs.find(([a, b]) => !(Math.abs(a - b) <= agreement * Math.abs(a)));
  if (apart) return `computes something else: ${apart[1]}, ours ${apart[0]}`;
  return ours.length === its.length ? undefined : `computes ${its.length} numbers, ours ${ours.length}`;
}

/** @param {number} seconds */
export function formatSeconds(seconds) {
  const [factor, unit] = seconds < 1e-3 ? [1e6, "µs"] : seconds < 1 ? [1e3, "ms"] : [1, "s"];
  return `${threeDigits(seconds * factor)} ${unit}`;
}

/**
 * A ratio as it is said: 1/8.2 where ours takes less than half of the peer's time.
 *
 * @param {number} ratio
 */
export function formatRatio(ratio) {
  return ratio < 0.5 ? `1/${threeDigits(1 / ratio)}` : threeDigits(ratio);
}

/**
 * A target, whose numbers are short: 1/6.
 *
 * @param {number} target
 */
function formatTarget(target) {
  return target < 0.5 ? `1/${Number((1 / target).toPrecision(3))}` : String(target);
}

/** @param {number} value */
function threeDigits(value) {
  return value >= 99.95 ? value.toFixed(0) : value.toPrecision(3);
}

/**
 * @param {import("./cases.mjs").Case} definition
 * @param {Row} row
 */
function describe({ quotient }, { value, seconds, range }) {
  if (value === undefined || !seconds || !range) return "";
  if (!quotient) return `${formatSeconds(value)} (${formatSeconds(range[0])} to ${formatSeconds(range[1])})`;
  const [above, below] = quotient.map((quantity) => formatSeconds(Number(seconds[quantity])));
  return `${threeDigits(value)} (${threeDigits(range[0])} to ${threeDigits(range[1])}; ${above} ÷ ${below})`;
}

/**
 * The rows of some cases as a Markdown table.
 *
 * @param {readonly import("./cases.mjs").Case[]} definitions
 * @param {readonly Row[]} rows
 */
export function markdownTable(definitions, rows) {
  const cells = [["case", "", "median (smallest to largest round)", "ours ÷ peer", "target", ""]];
  for (const definition of definitions) {
    for (const row of rows.filter((row) => row.case === definition.name)) {
      const { contestant, ratio, atMost, aim, verdict, failure } = row;
      const first = contestant === "ours";
      const target = atMost === undefined ? "" : `≤ ${formatTarget(atMost)}`;
      cells.push([
        first ? `\`${definition.name}\`: ${definition.title}` : "",
        first ? "**flat-minima**" : (labels[contestant] ?? contestant),
        failure ?? describe(definition, row),
        ratio === undefined ? "" : formatRatio(ratio),
        aim === undefined ? target : `${target}, aim ${formatTarget(aim)}`,
        verdict === "missed" ? "**missed**" : (verdict ?? ""),
      ]);
    }
  }
  const widths = cells[0]?.map((_, k) => Math.max(3, ...cells.map((line) => [...(line[k] ?? "")].length))) ?? [];
  const lines = cells.map((line) => `| ${line.map((cell, k) => pad(cell, widths[k] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

/**
 * @param {string} text
 * @param {number} width
 */
const pad = (text, width) => text + " ".repeat(width - [...text].length);
