// The Python processes that work with nbgrader: each takes one order after the other.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { clearTimeout, setTimeout } from "node:timers";
import { join } from "node:path";
import { root } from "../steps.mjs";

/** One process; a new one takes its place when it dies. */
class Worker {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #child;
  /** @type {((line: string | undefined) => void) | undefined} */
  #answered;
  #log = "";

  /**
   * @param {string} python
   * @param {NodeJS.ProcessEnv} env
   */
  constructor(python, env) {
    this.python = python;
    this.env = env;
  }

  #start() {
    const child = spawn(this.python, [join(root, "scripts/homework/worker.py")], {
      cwd: root,
      env: this.env,
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // a process group, to be ended with all that it started
    });
    child.stderr.setEncoding("utf8").on("data", (text) => (this.#log = (this.#log + text).slice(-4000)));
    createInterface({ input: child.stdout }).on("line", (line) => this.#answered?.(line));
    const ended = () => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#answered?.(undefined);
    };
    child.on("error", ended);
    child.on("close", ended);
    child.stdin.on("error", () => undefined);
    this.#child = child;
    return child;
  }

  /**
   * @param {Record<string, unknown>} order
   * @param {number} seconds that it may take
   * @returns {Promise<any>}
   */
  async order(order, seconds) {
    const child = this.#child ?? this.#start();
    const line = await new Promise((resolve) => {
      const clock = setTimeout(() => this.kill(), seconds * 1000);
      this.#answered = (line) => {
        clearTimeout(clock);
        this.#answered = undefined;
        resolve(line);
      };
      child.stdin?.write(`${JSON.stringify(order)}\n`);
    });
    if (line !== undefined) return JSON.parse(line);
    return { ok: false, error: `the process that did it ended, or took more than ${seconds} s\n${this.#log}` };
  }

  kill() {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // gone already
    }
  }
}

/**
 * Lends workers to a piece of work, and ends them after it, also when it is interrupted.
 *
 * @template T
 * @param {{ python: string, course: string, count?: number, unsafe?: boolean }} settings
 * @param {(order: (order: Record<string, unknown>, seconds?: number) => Promise<any>) => Promise<T>} work `order` waits
 *   for a free worker
 * @returns {Promise<T>}
 */
export async function withWorkers({ python, course, count = 1, unsafe = false }, work) {
  // For what the kernels write; the path of a socket in it may have 107 characters.
  const scratch = mkdtempSync(join(tmpdir().length > 40 ? "/tmp" : tmpdir(), "fm-"));
  const env = {
    ...process.env,
    FLAT_MINIMA_COURSE: course,
    FLAT_MINIMA_SCRATCH: scratch,
    FLAT_MINIMA_REPOSITORY: root.replace(/[\\/]$/, ""),
    FLAT_MINIMA_NODE: process.execPath,
    FLAT_MINIMA_UNSAFE: unsafe ? "1" : "0",
    PYTHONUTF8: "1",
  };
  const workers = Array.from({ length: count }, () => new Worker(python, env));
  const free = [...workers];
  /** @type {((worker: Worker) => void)[]} */
  const waiting = [];
  const order = async (/** @type {Record<string, unknown>} */ what, seconds = 300) => {
    const worker =
      free.pop() ?? (await new Promise((/** @type {(worker: Worker) => void} */ resolve) => waiting.push(resolve)));
    try {
      return await worker.order(what, seconds);
    } finally {
      const next = waiting.shift();
      if (next) next(worker);
      else free.push(worker);
    }
  };
  const end = () => {
    for (const worker of workers) worker.kill();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  const stop = () => {
    end();
    console.log("\nInterrupted. The same command goes on from here.");
    process.exit(130);
  };
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work(order);
  } finally {
    for (const signal of signals) process.off(signal, stop);
    end();
  }
}
