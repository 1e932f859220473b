// Our side of one case: node ours.mjs MODULE CASE. It speaks as bench/peers/peer.py does: a line of JSON that says what
// it is, and then for every line, a number of seconds, the median seconds of one unit of each quantity.
import { createInterface } from "node:readline";
import { Bench } from "tinybench";
import { engine } from "flat-minima/core";

/**
 * What is timed; `asynchronous` when it returns a promise.
 *
 * @typedef {{ run: () => unknown, asynchronous?: boolean, units: number }} Quantity
 */

/**
 * @param {Quantity} quantity
 * @param {number} seconds
 */
async function medianSeconds({ run, asynchronous = false }, seconds) {
  const bench = new Bench({ time: 1000 * seconds, iterations: 1, warmup: false, throws: true });
  // Told, so that tinybench need not call it once to see whether it returns a promise.
  bench.add("run", run, { async: asynchronous });
  const [task] = asynchronous ? await bench.run() : bench.runSync();
  if (task?.result.state !== "completed") throw new Error(`tinybench: ${task?.result.state ?? "nothing ran"}`);
  return task.result.latency.p50 / 1000;
}

/** @param {unknown} message */
const answer = (message) => console.log(JSON.stringify(message));

try {
  const [module = "", name = ""] = process.argv.slice(2);
  const { contestant } = await import(`./cases/${module}.mjs`);
  /** @type {{ check: number[], quantities: Record<string, Quantity> }} */
  const { check, quantities } = await contestant(name);
  const quantityList = Object.entries(quantities);
  // Warm-up: until V8 has compiled it, what takes half a second too.
  for (const [, quantity] of quantityList) await medianSeconds(quantity, 2);
  answer({ version: `Node ${process.versions.node}`, engine: engine().description, check });

  for await (const line of createInterface({ input: process.stdin })) {
    const share = Number(line) / quantityList.length;
    /** @type {Record<string, number>} */
    const seconds = {};
    for (const [name, quantity] of quantityList)
      seconds[name] = (await medianSeconds(quantity, share)) / quantity.units;
    answer(seconds);
  }
} catch (error) {
  // The last line is what the table shows.
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
