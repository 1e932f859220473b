// What `npm run analyze` prints.

/**
 * @typedef {import("../lib/dist/stability/index.js").GramAnalysis} GramAnalysis
 * @typedef {{ learningRate: number, batchSize: number, sampling: string, parameterCount?: number }} Setting
 */

/** @param {number} value */
export const digits = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "∞");

/**
 * JSON, in which infinities are strings, for JSON has none.
 *
 * @param {GramAnalysis} analysis
 * @param {Setting} setting
 * @param {readonly string[]} notes
 */
export function analysisJson(analysis, setting, notes) {
  return JSON.stringify(
    { ...setting, ...analysis, notes },
    (_, value) => {
      if (value instanceof Float64Array) return [...value];
      return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
    },
    1,
  );
}

/**
 * Rows under each other; the columns that hold numbers are flush right.
 *
 * @param {readonly (readonly string[])[]} rows the first one the heading
 * @param {readonly number[]} right
 */
function columns(rows, right) {
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => [...row[k]].length)));
  const pad = (/** @type {string} */ cell, /** @type {number} */ k) => {
    const space = " ".repeat(widths[k] - [...cell].length);
    return right.includes(k) ? space + cell : cell + space;
  };
  return rows.map((row) => `  ${row.map(pad).join("  ").trimEnd()}`);
}

/**
 * @param {GramAnalysis} analysis
 * @param {Setting} setting
 * @param {readonly string[]} notes
 */
export function analysisTable(analysis, setting, notes) {
  const { sampleCount, rank, noiseFactor, factors, factorsOf, certificates, threshold, eigenvalues } = analysis;
  const { learningRate, batchSize, sampling, parameterCount } = setting;
  const attained = certificates.attained
    ? "the smallest values over all residuals, which are attained"
    : "lower bounds over all residuals; K is singular, so that they need not be attained";
  const stable = learningRate <= threshold.value;
  const verdict = stable ? "SGD is linearly stable in mean square" : "SGD is not linearly stable in mean square";
  const rows = analysis.conditions.map(({ claim, formula, kind, measured, bound }, k) => [
    String(k + 1),
    formula,
    digits(measured),
    digits(bound),
    digits(measured / bound),
    measured <= bound ? "holds" : "violated",
    claim,
    kind,
  ]);
  const p = parameterCount === undefined ? "" : `, ${parameterCount} parameters`;
  return [
    `${sampleCount} samples${p}, K of rank ${rank}; η = ${digits(learningRate)}, batches of ${batchSize} ${sampling}, ` +
      `p_B = ${digits(noiseFactor)}`,
    ...notes,
    "",
    `G: λ₁ ${digits(eigenvalues[0])}, ‖G‖_F ${digits(factors.frobeniusNorm)}, Tr G ${digits(factors.trace)}, ` +
      `τ ${digits(factors.tau)}`,
    `Alignment of ${factorsOf}: α ${digits(factors.alpha)}, β ${digits(factors.beta)}, μ ${digits(factors.mu)} = ` +
      `μ₁ ${digits(factors.mu1)} − μ₂ ${digits(factors.mu2)}`,
    ...(factorsOf === "the slowest direction" ? ["  (at interpolation: the limit along gradient flow)"] : []),
    `Certificates: μ₁ ≥ γ = ${digits(certificates.mu1.value)}, μ ≥ ${digits(certificates.mu.value)}`,
    `  (${attained})`,
    `Exact threshold: η* = ${digits(threshold.value)}, η/η* = ${digits(learningRate / threshold.value)}: ${verdict}`,
    ...(threshold.converged ? [] : [`  (${threshold.message})`]),
    "",
    ...columns([["", "condition", "measured", "bound", "ratio", "", "claim", "kind"], ...rows], [0, 2, 3, 4]),
    ...analysis.omitted.map(({ claim, formula, reason }) => `  –  ${formula}  (${claim}): ${reason}`),
  ].join("\n");
}
