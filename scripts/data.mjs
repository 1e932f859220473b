// npm run data: downloads a data set of images, or takes it from files that are there.
import { rmdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { inWords } from "../lib/dist/core/progress.js";
import { dataFolder } from "../lib/dist/data/data-folder.js";
import { filesOfFolder } from "../lib/dist/data/image-files.js";
import { IMAGE_SETS } from "../lib/dist/data/image-sets.js";
import { checkedCounts, downloadSet, missingFiles, takeSet } from "./data/bring.mjs";
import { explained, makeFolder, megabytes } from "./data/files.mjs";
import { sources } from "./data/sources.mjs";
import { dataUsage, main, readDataOptions } from "./options.mjs";
import { SetupError, takeLock } from "./steps.mjs";

/** @typedef {import("../lib/dist/data/index.js").ImageSetName} ImageSetName */

const clear = process.stdout.isTTY ? "\r\x1b[K" : "";

/**
 * One line that moves, or, where the output is no terminal, a line for each tenth.
 *
 * @param {string} name
 */
function progressOf(name) {
  const start = performance.now();
  /** @type {number | undefined} */
  let first;
  let told = -1;
  return (/** @type {number} */ done, /** @type {number} */ total) => {
    first ??= done;
    const tenth = Math.floor((10 * done) / total);
    const line = `  ${name}: ${megabytes(done)} of ${megabytes(total)}`;
    if (process.stdout.isTTY) {
      // What an earlier download brought says nothing of the speed of this one.
      const seconds = (performance.now() - start) / 1000;
      const left = done > first ? `, ${inWords((seconds * (total - done)) / (done - first))} left` : "";
      process.stdout.write(`${clear}${line}${left}`);
    } else if (tenth > told) {
      console.log(line);
    }
    told = tenth;
  };
}

/**
 * Does some work while no other process writes into a folder.
 *
 * @param {string} folder
 * @param {() => Promise<number>} work
 */
async function withFolder(folder, work) {
  makeFolder(folder);
  const lock = join(folder, "data.lock");
  let holder;
  try {
    holder = takeLock(lock);
  } catch (error) {
    throw explained(error, folder);
  }
  if (holder !== undefined) {
    throw new SetupError(`Another process (${holder}) writes into ${folder}; if there is none, delete ${lock}`);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
    try {
      rmdirSync(folder);
    } catch {
      // It has files.
    }
  }
}

/**
 * @param {ImageSetName} set
 * @param {string} folder
 */
async function downloadInto(set, folder) {
  const missing = await missingFiles(set, folder, sources[set]);
  if (missing.length === 0) {
    console.log(`${set} is there already, in ${folder}`);
    return 0;
  }
  return withFolder(folder, async () => {
    console.log(`${set}: downloads into ${folder}`);
    const interrupt = new globalThis.AbortController();
    const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
    // Once: a second Ctrl-C ends at once.
    for (const signal of signals) process.once(signal, () => interrupt.abort());
    try {
      await downloadSet(folder, sources[set], missing, (name) => ({
        signal: interrupt.signal,
        progress: progressOf(name),
        tell: (line) => console.log(`${clear}  ✗ ${line}`),
      }));
    } catch (error) {
      if (!interrupt.signal.aborted) throw error;
      console.log(`${clear}Interrupted. What has come is kept; the same command goes on from there.`);
      return 130;
    }
    report(set, folder);
    return 0;
  });
}

/**
 * @param {ImageSetName} set
 * @param {string} folder
 */
function report(set, folder) {
  const files = filesOfFolder(folder, (file) => new SetupError(`There is no ${file}`));
  const { train, test } = checkedCounts("data", set, files);
  const { height, width } = IMAGE_SETS[set];
  console.log(`${clear}  ${train} training and ${test} test images of ${height}×${width}, in ${folder}`);
}

await main(dataUsage, async () => {
  const { help, from, ...chosen } = readDataOptions(process.argv.slice(2), Object.keys(sources));
  if (help) {
    console.log(dataUsage);
    return 0;
  }
  const set = /** @type {ImageSetName} */ (chosen.set);
  const folder = join(dataFolder(), IMAGE_SETS[set].folder);
  if (from === undefined) return downloadInto(set, folder);
  return withFolder(folder, async () => {
    for (const { name, official } of takeSet(set, resolve(from), folder, sources[set])) {
      console.log(`  ${name}: ${official ? "the official file" : "not the official file, taken as it is"}`);
    }
    report(set, folder);
    return 0;
  });
});
