// What set-up is made of: steps that are skipped when nothing changed, a lock, commands that show how long they take.
// Node built-ins only: these files run before any npm package is there.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Where set-up keeps its stamps and its lock; ignored by git, and safe to delete. */
export const stateFolder = join(root, ".flat-minima");

/** Something that the reader can act on; shown without a stack trace. */
export class SetupError extends Error {}

/** A program that has to be there first is not. */
export class MissingPrerequisiteError extends SetupError {}

/** @param {string} path */
export function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/**
 * Writes a file so that it is at any moment either the old or the new one, and not at all when it is the same already.
 *
 * @param {string} path
 * @param {string} text
 */
export function writeAtomically(path, text) {
  if (readIfThere(path) === text) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/**
 * SHA-256 of the names and contents of files (a missing one counts as missing) and of further facts.
 *
 * @param {string} folder
 * @param {readonly string[]} files relative to the folder
 * @param {...string} facts
 */
export function fingerprint(folder, files, ...facts) {
  const hash = createHash("sha256");
  for (const file of files) {
    const text = readIfThere(join(folder, file));
    hash.update(JSON.stringify([file, text ?? null]));
  }
  return hash.update(JSON.stringify(facts)).digest("hex");
}

/**
 * The TypeScript sources of a package, without what was built from them.
 *
 * @param {string} folder the root
 * @param {string} name the package's folder
 * @returns {string[]} paths relative to the root, sorted
 */
export function sourcesOf(folder, name) {
  return readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.ts$/.test(path) && !/^(dist|node_modules)$/.test(path.split(sep)[0] ?? ""))
    .map((path) => `${name}/${path.split(sep).join("/")}`)
    .sort();
}

/**
 * @typedef {object} Step
 * @property {string} name of the stamp file
 * @property {() => string} inputs fingerprint of all that the step depends on
 * @property {() => string | undefined} result what the step leaves behind, undefined while it is not there
 * @property {() => Promise<void>} run
 */

/**
 * Runs a step, unless its stamp says that it succeeded with these very inputs and its result is still there. The stamp
 * goes before the step starts and comes after it succeeded, so an interrupt at any point means only: once more.
 *
 * @param {Step} step
 * @param {string} stamps folder of the stamps
 * @returns {Promise<boolean>} whether it had to run
 */
export async function runStep(step, stamps) {
  const stamp = join(stamps, `${step.name}.stamp`);
  // Taken before the run: what changes meanwhile counts the next time.
  const inputs = step.inputs();
  const result = step.result();
  if (result !== undefined && readIfThere(stamp) === `${inputs}\n${result}\n`) return false;
  rmSync(stamp, { force: true });
  await step.run();
  const made = step.result();
  if (made === undefined) throw new SetupError(`The step "${step.name}" ended without an error but left nothing.`);
  writeAtomically(stamp, `${inputs}\n${made}\n`);
  return true;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Takes the lock file, also from a process that died with it.
 *
 * @param {string} file
 * @returns {number | undefined} undefined when it is ours now, else the process that holds it
 */
export function takeLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return undefined;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  try {
    const holder = readFileSync(file, "utf8");
    // Empty for the instant between creation and writing.
    const live = holder === "" ? Date.now() - statSync(file).mtimeMs < 5000 : isAlive(Number(holder));
    if (live) return Number(holder);
    // Moved aside, not deleted: of two processes that find it stale one fails here, or sees that it moved a new lock.
    const aside = `${file}.${process.pid}`;
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") === holder) rmSync(aside);
    else renameSync(aside, file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
  }
  return takeLock(file);
}

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  for (let told = false, holder; (holder = takeLock(file)) !== undefined; await sleep(200)) {
    if (!told) console.log(`Waiting for another set-up (process ${holder}; if there is none, delete ${file}) …`);
    told = true;
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Runs a command quietly under a line that tells what goes on and for how long.
 *
 * @param {string} label
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function runQuietly(label, command, args, { env = process.env, shell = false } = {}) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  // A process group of its own, so that it can be stopped with all that it started.
  const detached = process.platform !== "win32";
  const child = spawn(command, args, { cwd: root, env, shell, detached, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));

  const terminal = process.stdout.isTTY;
  const draw = () => {
    const last = output.trimEnd().split("\n").at(-1) ?? "";
    const line = `  … ${label}, ${seconds()}  ${last}`;
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  if (!terminal) console.log(`  … ${label}`);
  const clock = terminal ? setInterval(draw, 500) : undefined;

  // The child must not go on alone, for the next one would work on the same files; npm shrugs SIGTERM off.
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(detached ? -child.pid : child.pid, "SIGKILL");
    console.log("\nInterrupted. The same command goes on from here.");
    process.exit(130);
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, stop);

  return new Promise((resolve) => {
    const end = (/** @type {boolean} */ ok) => {
      clearInterval(clock);
      for (const signal of signals) process.off(signal, stop);
      console.log(`${terminal ? "\r\x1b[K" : ""}  ${ok ? "✓" : "✗"} ${label}, ${seconds()}`);
      resolve({ ok, output });
    };
    child.on("error", (error) => {
      output += String(error);
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}
