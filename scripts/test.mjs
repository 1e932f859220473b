// npm test: sets up what is missing, then runs every stage, also after one that failed.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import util from "node:util";
import { countOne, countSummary, countVitest } from "./counts.mjs";
import { main, readTestOptions, testUsage } from "./options.mjs";
import { setup } from "./setup.mjs";
import { readIfThere, root, stateFolder } from "./steps.mjs";

const report = join(stateFolder, "vitest.json");
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json"];
const vitestReport = [`--outputFile.json=${report}`, "--passWithNoTests"];
const countReport = (/** @type {number} */ exitCode) => countVitest(readIfThere(report), exitCode);
const countOutput = (/** @type {number} */ exitCode, /** @type {string} */ output) => countSummary(output, exitCode);

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string[]} command arguments of node
 * @property {(exitCode: number, output: string) => import("./counts.mjs").Counts} count
 * @property {"python"} [needs]
 */

/** @type {Stage[]} */
const stages = [
  { name: "types", command: ["node_modules/typescript/bin/tsc", "-b", "--force", "lib", "kernel"], count: countOne },
  { name: "types of the tests", command: ["node_modules/typescript/bin/tsc", "-p", "test"], count: countOne },
  { name: "eslint", command: ["node_modules/eslint/bin/eslint.js", "."], count: countOne },
  { name: "prettier", command: ["node_modules/prettier/bin/prettier.cjs", "--check", "."], count: countOne },
  {
    name: "unit",
    // On two cores vitest would run one file after the other by itself; many of them wait more than they compute.
    command: [
      ...vitest,
      ...vitestReport,
      "--coverage",
      "--maxWorkers=100%",
      "--exclude=test/jupyterlab/**",
      "--exclude=test/homework/**",
    ],
    count: countReport,
  },
  { name: "notebooks and ledger", command: ["scripts/verify.mjs"], count: countOutput },
  { name: "JupyterLab", command: [...vitest, "test/jupyterlab", ...vitestReport], count: countReport, needs: "python" },
  {
    name: "homework",
    command: [...vitest, "test/homework", "--no-file-parallelism", ...vitestReport],
    count: countReport,
    needs: "python",
  },
];

/**
 * Runs node, showing its output as it comes.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
function runNode(args, env) {
  const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...env, ...color },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output: util.stripVTControlCharacters(output) }));
  });
}

await main(testUsage, async () => {
  const names = stages.map(({ name }) => name);
  const options = readTestOptions(process.argv.slice(2), names);
  if (options.help) {
    console.log(testUsage);
    return 0;
  }
  // The first stage compiles, and counts it when that fails.
  const compile = !options.stages.includes("types");
  const { python, missing } = await setup({ python: options.python && "if there", compile });
  // Tests that need Python look here, and skip themselves when it is empty.
  const env = { ...process.env, FLAT_MINIMA_PYTHON: python ?? "" };

  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const { name, command, count, needs } of stages.filter(({ name }) => options.stages.includes(name))) {
    let counts = { passed: 0, failed: 0, skipped: 1 };
    let seconds = 0;
    if (!needs || python) {
      console.log(`\n── ${name}`);
      rmSync(report, { force: true });
      const start = performance.now();
      const { exitCode, output } = await runNode(command, env);
      seconds = (performance.now() - start) / 1000;
      counts = count(exitCode, output);
    }
    for (const key of /** @type {const} */ (["passed", "failed", "skipped"])) total[key] += counts[key];
    const mark = counts.failed > 0 ? "✗" : counts.passed > 0 ? "✓" : "–";
    lines.push(
      `${mark} ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds.toFixed(1)} s`,
    );
  }

  console.log(`\n${lines.join("\n")}`);
  if (!options.python) console.log("Skipped what needs Python, as asked by --no-python.");
  if (missing !== undefined) console.log(`Skipped what needs Python. ${missing}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
});
