// npm run analyze: what the Gram matrix of a network that any program trained says of alignment and stability.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { InvalidArgumentError } from "../lib/dist/core/index.js";
import { readNpy } from "../lib/dist/data/index.js";
import { analyzeGram, repairedGramMatrix } from "../lib/dist/stability/index.js";
import { analysisPicture } from "./analysis-picture.mjs";
import { analysisJson, analysisTable } from "./analysis-report.mjs";
import { analyzeUsage, main, readAnalyzeOptions } from "./options.mjs";
import { SetupError, writeAtomically } from "./steps.mjs";

/** @typedef {import("../lib/dist/data/index.js").NpyArray} NpyArray */

/**
 * @param {string} option
 * @param {string} file
 * @returns {NpyArray}
 */
function readArray(option, file) {
  try {
    return readNpy(readFileSync(file));
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new SetupError(`--${option} ${file}: ${code === "ENOENT" ? "there is no such file" : message}`);
  }
}

/**
 * @param {string} file
 * @returns {{ gramMatrix: import("../lib/dist/core/index.js").Matrix, notes: string[] }}
 */
function readGram(file) {
  const { shape, data, type } = readArray("gram", file);
  const [rows, cols] = shape;
  if (shape.length !== 2 || rows !== cols) {
    throw new SetupError(`--gram ${file}: a square matrix (n, n), got the shape (${shape.join(", ")})`);
  }
  const gramMatrix = { rows, cols, data };
  if (type === "float64") return { gramMatrix, notes: [] };
  const note = "K is in float32: eigenvalues that may be its rounding are taken as 0; better write float64";
  return { gramMatrix: repairedGramMatrix(gramMatrix, 2 ** -24), notes: [note] };
}

/**
 * @param {string} file
 * @param {number} count
 */
function readResiduals(file, count) {
  const { shape, data } = readArray("residuals", file);
  if (data.length === count && Math.max(...shape) === count) return data; // (n), (n, 1) or (1, n)
  throw new SetupError(`--residuals ${file}: a vector of length ${count}, got the shape (${shape.join(", ")})`);
}

await main(analyzeUsage, async () => {
  const options = readAnalyzeOptions(process.argv.slice(2));
  if (options.help) {
    console.log(analyzeUsage);
    return 0;
  }
  const { learningRate, batchSize, sampling, parameterCount, out, json } = options;
  try {
    const { gramMatrix, notes } = readGram(options.gram);
    const residuals = options.residuals === undefined ? undefined : readResiduals(options.residuals, gramMatrix.rows);
    if (residuals?.every((e) => e === 0)) {
      throw new SetupError(
        `--residuals ${options.residuals}: all are 0. At interpolation the factors are limits (0/0), along the direction ` +
          "in which the residuals vanish. Leave --residuals out for that of gradient flow, or give another direction.",
      );
    }
    const setting = { learningRate, batchSize, sampling, parameterCount };
    const analysis = await analyzeGram({ gramMatrix, residuals, ...setting });
    console.log(json ? analysisJson(analysis, setting, notes) : analysisTable(analysis, setting, notes));
    if (out !== undefined) {
      const file = resolve(out);
      mkdirSync(dirname(file), { recursive: true });
      writeAtomically(file, await analysisPicture(analysis, setting));
      if (!json) console.log(`\nDrawn: ${relative(process.cwd(), file)}`);
    }
    return 0;
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new SetupError(error.message);
    throw error;
  }
});
