// Makes the folder with TensorFlow's C library and the binding, whole or not at all.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAtLeast } from "../python.mjs";
import { MissingPrerequisiteError, readIfThere, runQuietly, SetupError, withLock } from "../steps.mjs";
import { fetchFile, fileNameOf, inMegabytes } from "./fetch-file.mjs";
import { takeFromWheel } from "./wheel.mjs";

/** Says that an installation is whole, and what it is; the library looks for it. */
const label = "installed.json";

/**
 * Why there is no TensorFlow for a system, undefined where there is one.
 *
 * @param {string} platform as Node names it
 * @param {string} arch
 * @param {string | undefined} glibc its version
 */
export function refusalOf(platform, arch, glibc) {
  const here = platform !== "linux" || arch !== "x64" ? `${platform} on ${arch}` : undefined;
  const old = here === undefined && glibc !== undefined && !isAtLeast(glibc, "2.27") ? `glibc ${glibc}` : undefined;
  const other = here === undefined && glibc === undefined ? "a Linux without glibc" : undefined;
  const found = here ?? old ?? other;
  if (found === undefined) return undefined;
  return `TensorFlow's C library is installed on Linux with x86-64 and glibc 2.27 or later; this is ${found}.
Nothing was installed, and nothing needs it: the notebooks and the library use the next backend (WebGPU where npm's
webgpu is installed and finds a graphics card, else WebAssembly).`;
}

/**
 * Installs TensorFlow into `folder/<version>`, unless that very one is there.
 *
 * @param {string} folder
 * @param {import("./pinned.mjs").Plan} plan
 * @param {{ compiler?: string, smokeTest?: string }} [tools] the C++ compiler, and the script that tries the result
 * @returns {Promise<{ installed: string, fresh: boolean }>} the folder, and whether it had to be made
 * @throws {SetupError} whose message says what to do
 */
export async function installTensorflow(folder, plan, tools = {}) {
  const { compiler = "g++", smokeTest = fileURLToPath(new URL("smoke-test.mjs", import.meta.url)) } = tools;
  const installed = join(folder, plan.version);
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, "install.lock");
  return withLock(lock, async () => {
    removeDrafts(folder);
    if (readIfThere(join(installed, label)) === describe(plan)) return { installed, fresh: false };
    requireCompiler(compiler);
    requireSpace(folder, plan);
    const draft = join(folder, `draft-${process.pid}`);
    // Also when a signal ends the process, below or in runQuietly.
    const clean = () => rmSync(draft, { recursive: true, force: true });
    const end = () => {
      clean();
      rmSync(lock, { force: true });
    };
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      // While a command runs, runQuietly stops that and the process.
      if (process.listenerCount(signal) > 1) return;
      console.log("\nInterrupted. The same command goes on from here.");
      process.exit(130);
    };
    const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
    for (const signal of signals) process.on(signal, stop);
    process.on("exit", end);
    try {
      await make(draft, folder, plan, compiler, smokeTest);
      replace(installed, draft, folder);
      rmSync(join(folder, "downloads"), { recursive: true, force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOSPC") throw noSpace(folder, plan);
      throw error;
    } finally {
      clean();
      process.off("exit", end);
      for (const signal of signals) process.off(signal, stop);
    }
    return { installed, fresh: true };
  });
}

/**
 * Takes away all that was installed.
 *
 * @param {string} folder
 * @returns {Promise<boolean>} whether there was something
 */
export async function removeTensorflow(folder) {
  if (!existsSync(folder)) return false;
  // The lock lies in the folder, so it goes with it.
  await withLock(join(folder, "install.lock"), async () => rmSync(folder, { recursive: true, force: true }));
  return true;
}

/** @param {import("./pinned.mjs").Plan} plan */
function describe({ version, kind, wheels, packages }) {
  const files = [...wheels, ...packages].map(({ url, sha256 }) => ({ file: fileNameOf(url), sha256 }));
  return `${JSON.stringify({ tensorflow: version, kind, files }, undefined, 2)}\n`;
}

/** @param {string} folder */
function removeDrafts(folder) {
  for (const name of readdirSync(folder)) {
    if (/^(draft|old)-/.test(name)) rmSync(join(folder, name), { recursive: true });
  }
}

/** @param {string} compiler */
function requireCompiler(compiler) {
  if (spawnSync(compiler, ["--version"]).status === 0) return;
  throw new MissingPrerequisiteError(`tfjs-node's binding is compiled here, and there is no C++ compiler (${compiler}).
  Debian, Ubuntu: sudo apt install g++
  Fedora:         sudo dnf install gcc-c++
  Arch:           sudo pacman -S gcc
Then run the same command again. Nothing was fetched yet.`);
}

/**
 * @param {string} folder
 * @param {import("./pinned.mjs").Plan} plan
 */
function requireSpace(folder, plan) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < neededSpace(folder, plan)) throw noSpace(folder, plan);
}

/**
 * What is still to be written, in bytes.
 *
 * @param {string} folder
 * @param {import("./pinned.mjs").Plan} plan
 */
function neededSpace(folder, { wheels, packages, installedSize }) {
  const missing = [...wheels, ...packages].map(({ url, size }) => {
    const file = join(folder, "downloads", fileNameOf(url));
    const there = [file, `${file}.part`].find((path) => existsSync(path));
    return Math.max(0, size - (there === undefined ? 0 : statSync(there).size));
  });
  return missing.reduce((sum, size) => sum + size, installedSize);
}

/**
 * @param {string} folder
 * @param {import("./pinned.mjs").Plan} plan
 */
function noSpace(folder, plan) {
  const { bavail, bsize } = statfsSync(folder);
  return new SetupError(`The disk is too full: ${inMegabytes(neededSpace(folder, plan))} more are needed for ${folder},
${inMegabytes(bavail * bsize)} are free. Make room, and run the same command again. What was fetched already is kept
(${join(folder, "downloads")}); npm run install-tensorflow -- --remove takes that away, too.`);
}

/**
 * @param {string} draft
 * @param {string} folder
 * @param {import("./pinned.mjs").Plan} plan
 * @param {string} compiler
 * @param {string} smokeTest
 */
async function make(draft, folder, plan, compiler, smokeTest) {
  const downloads = join(folder, "downloads");
  mkdirSync(draft);
  for (const download of plan.packages) {
    const name = fileNameOf(download.url);
    const file = await shown(name, download.size, (show) => fetchFile(download, downloads, show));
    const into = join(draft, download.into);
    mkdirSync(into, { recursive: true });
    await run(`unpacking ${name}`, "tar", ["-xzf", file, "-C", into, "--strip-components=1"], `Delete ${file}.`);
  }
  for (const wheel of plan.wheels) {
    const name = fileNameOf(wheel.url);
    const file = await shown(name, wheel.size, (show) => fetchFile(wheel, downloads, show));
    await shown(`unpacking ${name}`, undefined, (show) => takeFromWheel(file, wheel.take, draft, show));
  }
  aliasTfjs(draft);
  await compile(draft, compiler);
  rmSync(join(draft, "tensorflow/include"), { recursive: true });
  rmSync(join(draft, "node_modules/node-api-headers"), { recursive: true });
  await run(
    "trying a gradient",
    process.execPath,
    [smokeTest, draft],
    `The library was fetched and compiled, but does not compute here, so it was not installed. Processors without AVX, and
containers that forbid some system calls, are known to be refused by TensorFlow; the next backend serves.`,
  );
  writeFileSync(join(draft, label), describe(plan));
}

/**
 * tfjs-node asks for `@tensorflow/tfjs`, the union with layers, converters and browser backends (some 150 MB), but uses
 * only what that passes on from the core. This gives it the core, and the very one that the library has.
 *
 * @param {string} draft
 */
function aliasTfjs(draft) {
  const alias = join(draft, "node_modules/@tensorflow/tfjs");
  mkdirSync(alias, { recursive: true });
  writeFileSync(join(alias, "index.js"), 'module.exports = require("@tensorflow/tfjs-core");\n');
}

/**
 * @param {string} draft
 * @param {string} compiler
 */
async function compile(draft, compiler) {
  const sources = join(draft, "node_modules/@tensorflow/tfjs-node-gpu/binding");
  const libraries = join(draft, "tensorflow");
  const headers = [join(libraries, "include"), join(draft, "node_modules/node-api-headers/include")];
  await run(
    "compiling tfjs-node's binding",
    compiler,
    [
      ...["-O2", "-shared", "-fPIC", "-std=c++17", "-DNAPI_VERSION=8"],
      ...headers.map((path) => `-I${path}`),
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(sources, name)),
      ...["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"].map((name) => join(libraries, name)),
      // Found beside the binding, wherever the folder comes to lie.
      "-Wl,-rpath,$ORIGIN/tensorflow",
      "-o",
      join(draft, "tfjs_binding.node"),
    ],
    `${compiler} could not compile tfjs-node's binding; above is what it says. It needs C++17 and the C++ library's headers
(Debian, Ubuntu: sudo apt install g++). Nothing was installed; what was fetched is kept.`,
  );
}

/**
 * Puts the draft where the old installation is, and takes away that and those of other versions.
 *
 * @param {string} installed
 * @param {string} draft
 * @param {string} folder
 */
function replace(installed, draft, folder) {
  for (const name of readdirSync(folder)) {
    if (existsSync(join(folder, name, label)) && join(folder, name) !== draft) {
      renameSync(join(folder, name), join(folder, `old-${process.pid}-${name}`));
    }
  }
  rmSync(installed, { recursive: true, force: true });
  renameSync(draft, installed);
  removeDrafts(folder);
}

/**
 * Runs a command; when it fails, what it said and what to do are the error.
 *
 * @param {string} what
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} advice
 */
async function run(what, command, args, advice) {
  const { ok, output } = await runQuietly(what, command, args);
  if (!ok) throw new SetupError(`${output.trimEnd().split("\n").slice(-20).join("\n")}\n${advice}`);
}

/**
 * Shows how far a piece of work is.
 *
 * @template T
 * @param {string} what
 * @param {number | undefined} total in bytes, where it is known
 * @param {(show: (bytes: number) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function shown(what, total, work) {
  const start = performance.now();
  const terminal = process.stdout.isTTY;
  let told = 0;
  const show = (/** @type {number} */ bytes) => {
    const now = performance.now();
    if (!terminal || now - told < 200) return;
    told = now;
    const line = `  … ${what}, ${inMegabytes(bytes)}${total === undefined ? "" : ` of ${inMegabytes(total)}`}`;
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  if (!terminal) console.log(`  … ${what}${total === undefined ? "" : `, ${inMegabytes(total)}`}`);
  let done = false;
  try {
    const result = await work(show);
    done = true;
    return result;
  } finally {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${terminal ? "\r\x1b[K" : ""}  ${done ? "✓" : "✗"} ${what}, ${seconds} s`);
  }
}
