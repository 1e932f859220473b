// Our side of one case: node ours.mjs MODULE CASE. It speaks as bench/peers/peer.py does: a line of JSON that says what
// it is, and then for every line, a number of seconds, the median seconds of one unit of each quantity.
import { createInterface } from "node:readline";
import { Bench } from "tinybench";
import { engine } from "flat-minima/core";

/**
 * @param {() => void} run
 * @param {number} seconds
 */
function medianSeconds(run, seconds) {
  const bench = new Bench({ time: 1000 * seconds, iterations: 1, warmup: false, throws: true });
  // Told, so that tinybench need not call it once to see that it returns no promise.
  bench.add("run", run, { async: false });
  const [task] = bench.runSync();
  if (task?.result.state !== "completed") throw new Error(`tinybench: ${task?.result.state ?? "nothing ran"}`);
  return task.result.latency.p50 / 1000;
}

/** @param {unknown} message */
const answer = (message) => console.log(JSON.stringify(message));

try {
  const [module = "", name = ""] = process.argv.slice(2);
  const { contestant } = await import(`./cases/${module}.mjs`);
  /** @type {{ check: number[], quantities: Record<string, { run: () => void, units: number }> }} */
  const { check, quantities } = contestant(name);
  const quantityList = Object.entries(quantities);
  for (const [, { run }] of quantityList) medianSeconds(run, 0.5); // warm-up: until V8 has compiled it
  answer({ version: `Node ${process.versions.node}`, engine: engine().description, check });

  for await (const line of createInterface({ input: process.stdin })) {
    const share = Number(line) / quantityList.length;
    answer(Object.fromEntries(quantityList.map(([name, { run, units }]) => [name, medianSeconds(run, share) / units])));
  }
} catch (error) {
  // The last line is what the table shows.
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
