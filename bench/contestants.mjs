// Both sides of a case run in processes of their own, ours too, so that none disturbs another's memory or compiler.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * What a contestant says of itself.
 *
 * @typedef {object} Introduction
 * @property {string} version
 * @property {string} [engine] ours
 * @property {number} [threads] of a peer
 * @property {number[]} check numbers on which all sides must agree
 */

/**
 * Starts a contestant and waits until it is warm.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function startContestant(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (complaints += text));
  child.on("error", (error) => (complaints += error.message));
  child.stdin.on("error", () => {}); // it has ended: that shows when its answer is read
  // Without this process it ends by itself, when its standard input does.
  const stop = () => child.kill("SIGKILL");

  const read = async () => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    throw new Error(complaints.trimEnd().split("\n").at(-1) || `${command} ended without an answer`);
  };
  try {
    const introduction = /** @type {Introduction} */ (await read());
    return {
      introduction,
      /**
       * @param {number} seconds
       * @returns {Promise<Record<string, number>>} seconds a unit of each quantity
       */
      measure: (seconds) => {
        child.stdin.write(`${seconds}\n`);
        return read();
      },
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}
