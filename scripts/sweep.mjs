// npm run sweep: computes an experiment over all cores and keeps each result as soon as it is there.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { inWords } from "../lib/dist/core/progress.js";
import { experiments, jobsOfGrid, parseResults, runJobs } from "../lib/dist/experiments/index.js";
import { main, readSweepOptions, sweepUsage } from "./options.mjs";
import { readIfThere, root, SetupError, sourcesOf, takeLock, writeAtomically } from "./steps.mjs";

// OpenBLAS reads it when it is loaded, once a process: threads of its own would fight with the workers for the cores
// (measured: 3 to 20 times as slow), and give other bits than one thread.
process.env.OPENBLAS_NUM_THREADS = "1";

/** A stored result names its commit, so what runs must be what the sources say. */
function requireFreshBuild() {
  const built = statSync(join(root, "lib/dist/tsconfig.tsbuildinfo")).mtimeMs;
  const newer = sourcesOf(root, "lib").filter((file) => statSync(join(root, file)).mtimeMs > built);
  if (newer.length === 0) return;
  throw new SetupError(`The library was compiled before ${newer[0]} changed. First: npm run build`);
}

/** The commit of the library; without git "unknown". */
function commit() {
  const git = (/** @type {string[]} */ ...args) => spawnSync("git", args, { cwd: root, encoding: "utf8" });
  const head = git("rev-parse", "HEAD");
  if (head.status !== 0) return "unknown";
  const changed = git("status", "--porcelain", "--", "lib", "package-lock.json").stdout !== "";
  return `${head.stdout.trim()}${changed ? "-dirty" : ""}`;
}

const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
});

/**
 * The jobs of a grid file, or of the experiment's own grid.
 *
 * @param {import("../lib/dist/experiments/index.js").Experiment<unknown, unknown>} experiment
 * @param {string | undefined} file
 */
function readJobs(experiment, file) {
  if (file === undefined) return jobsOfGrid(experiment, experiment.grid);
  const text = readIfThere(file);
  if (text === undefined) throw new SetupError(`--grid: there is no ${file}`);
  try {
    return jobsOfGrid(experiment, JSON.parse(text));
  } catch (error) {
    throw new SetupError(`--grid ${file}: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * The keys of the results that a file has; a line that was torn off when an earlier sweep was killed is cut away.
 *
 * @param {string} file
 * @returns {Set<string>}
 */
function readKeys(file) {
  const text = readIfThere(file) ?? "";
  let parsed;
  try {
    parsed = parseResults(text);
  } catch (error) {
    throw new SetupError(`${file}: ${/** @type {Error} */ (error).message}. Mend or delete the file.`);
  }
  if (parsed.length < text.length) {
    console.log("The last line was torn off when an earlier sweep was killed; it is dropped and computed again.");
    writeAtomically(file, text.slice(0, parsed.length));
  }
  return new Set(parsed.results.map(({ key }) => key));
}

/**
 * One line that moves, or, where the output is no terminal, a line for each tenth.
 *
 * @param {number} total
 */
function progress(total) {
  const start = performance.now();
  let told = 0;
  return (/** @type {number} */ done) => {
    const left = ((performance.now() - start) / 1000) * (total / done - 1);
    const line = `  ${done}/${total}${done < total ? `, ${inWords(left)} left` : ""}`;
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
    else if (Math.floor((10 * done) / total) > told) console.log(line);
    told = Math.floor((10 * done) / total);
  };
}

/**
 * Computes what is missing in the file.
 *
 * @param {import("../lib/dist/experiments/index.js").ExperimentName} name
 * @param {string} file
 * @param {import("../lib/dist/experiments/index.js").KeyedJob<any>[]} jobs
 * @param {number | undefined} workers
 * @returns {Promise<number>} the exit code
 */
async function sweep(name, file, jobs, workers) {
  const there = readKeys(file);
  const missing = jobs.filter(({ key }) => !there.has(key));
  const shown = relative(process.cwd(), file);
  const already = missing.length < jobs.length ? `, ${jobs.length - missing.length} of them are there already` : "";
  console.log(`${name}: ${jobs.length} jobs${already}; results in ${shown}`);
  if (missing.length === 0) return 0;

  const interrupt = new globalThis.AbortController();
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  // Once: a second Ctrl-C ends at once.
  for (const signal of signals) process.once(signal, () => interrupt.abort());

  const origin = { commit: commit(), machine: machine() };
  const draw = progress(missing.length);
  const clear = process.stdout.isTTY ? "\r\x1b[K" : "";
  let [done, failed] = [0, 0];
  try {
    await runJobs(name, missing, {
      workers,
      signal: interrupt.signal,
      onOutcome: (outcome, index) => {
        if (outcome.error) {
          failed++;
          console.log(`${clear}  ✗ ${outcome.error.message}`);
        } else {
          const { result, seconds, engine } = outcome.value;
          const { commit, machine } = origin;
          const { key, configuration, seed } = missing[index];
          const line = { key, configuration, seed, result, commit, engine, machine, seconds };
          appendFileSync(file, `${JSON.stringify({ ...line, seconds: Number(seconds.toPrecision(3)) })}\n`);
        }
        draw(++done);
      },
    });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    const kept = jobs.length - missing.length + done - failed;
    console.log(
      `${clear}Interrupted. ${kept} of ${jobs.length} results are kept; the same command goes on from there.`,
    );
    return 130;
  }
  console.log(
    `${clear}  ${done - failed} computed${failed > 0 ? `, ${failed} failed: the same command tries them again` : ""}`,
  );
  return failed > 0 ? 1 : 0;
}

await main(sweepUsage, async () => {
  const { help, list, grid, out, workers, ...chosen } = readSweepOptions(
    process.argv.slice(2),
    Object.keys(experiments),
  );
  const name = /** @type {import("../lib/dist/experiments/index.js").ExperimentName} */ (chosen.name);
  if (help) {
    console.log(sweepUsage);
    return 0;
  }
  if (list) {
    for (const experiment of Object.values(experiments)) {
      const { name, description } = experiment;
      console.log(`${name}: ${description}; ${readJobs(experiment, undefined).length} jobs`);
    }
    return 0;
  }
  requireFreshBuild();
  const jobs = readJobs(experiments[name], grid);
  const file = out === undefined ? join(root, "notebooks/results", `${name}.jsonl`) : resolve(out);
  if (existsSync(file) && !statSync(file).isFile()) throw new SetupError(`--out: ${file} is no file`);
  mkdirSync(dirname(file), { recursive: true });
  const lock = `${file}.lock`;
  const holder = takeLock(lock);
  if (holder !== undefined) {
    throw new SetupError(`Another sweep (process ${holder}) writes to ${file}; if there is none, delete ${lock}`);
  }
  try {
    return await sweep(name, file, jobs, workers);
  } finally {
    rmSync(lock, { force: true });
  }
});
