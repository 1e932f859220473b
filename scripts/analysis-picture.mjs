// What `npm run analyze -- --out` draws.
import { JUPYTER_DISPLAY } from "../lib/dist/core/host.js";
import { logGrid } from "../lib/dist/core/index.js";
import { figure, points, rule, sideBySide } from "../lib/dist/plot/index.js";
import { digits } from "./analysis-report.mjs";

/** More eigenvalues than this are drawn at ranks that are equally spaced on a logarithmic axis. */
const SHOWN = 150;

/**
 * @param {import("./analysis-report.mjs").GramAnalysis} analysis
 * @param {import("./analysis-report.mjs").Setting} setting
 * @returns {Promise<string>} SVG
 */
export async function analysisPicture(analysis, { learningRate, batchSize, sampling }) {
  const { rank, eigenvalues, threshold, conditions } = analysis;
  const ranks =
    rank <= SHOWN
      ? Array.from({ length: rank }, (_, k) => k + 1)
      : [...new Set([...logGrid(1, rank, SHOWN)].map((k) => Math.min(rank, Math.round(k))))];
  const spectrum = figure({
    title: "Eigenvalues of G",
    x: { title: "rank k", scale: "log" },
    y: { title: "eigenvalue λ_k of G", scale: "log" },
    layers: [
      points({ x: ranks, y: ranks.map((k) => eigenvalues[k - 1]) }),
      rule({ y: 2 / learningRate, label: "2/η" }),
      rule({ y: 2 / threshold.value, label: "2/η*" }),
    ],
    width: 260,
    height: 340,
    says: "The eigenvalues of G with the edges of gradient descent at η and at η*.",
  });
  const drawn = conditions
    .map(({ claim, formula, measured, bound }, k) => {
      const [quantity, kind] = [formula.split(" ≤ ")[0], /, ([^()]*)$/.exec(formula)?.[1]];
      const label = `${k + 1}  ${claim}: ${quantity}${kind === undefined ? "" : `, ${kind}`}`;
      return { ratio: measured / bound, number: k + 1, label };
    })
    .filter(({ ratio }) => ratio > 0 && ratio < Infinity);
  const extremes = drawn.map(({ ratio }) => ratio);
  const ratios = figure({
    title: "Conditions of stability",
    x: {
      title: "measured/bound",
      scale: "log",
      // Room for the labels at the right.
      domain: [Math.min(0.5, ...extremes) / 1.5, Math.max(1, ...extremes) * 4],
    },
    // The first on top: at −1, which the format writes as (1).
    y: { title: "condition, by its number in the table", format: "(d", domain: [-conditions.length - 0.5, -0.5] },
    layers: [
      points({
        x: extremes,
        y: drawn.map(({ number }) => -number),
        labels: drawn.map(({ label }) => label),
      }),
      rule({ x: 1, label: "bound" }),
    ],
    width: 420,
    height: 340,
    says: "Each measured quantity over its bound: left of 1 the condition holds.",
  });
  const violated = conditions.filter(({ measured, bound }) => !(measured <= bound)).length;
  const whole = sideBySide([spectrum, ratios], {
    title: `SGD at η = ${digits(learningRate)}, batches of ${batchSize} ${sampling}: η* = ${digits(threshold.value)}`,
    says:
      `The spectrum of G beside the ratios of measured quantities to their bounds: ` +
      `${violated} of ${conditions.length} conditions are violated.`,
  });
  return `${(await whole[JUPYTER_DISPLAY]())["image/svg+xml"]}\n`;
}
