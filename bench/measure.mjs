// Measures one case: ours, peer, ours, peer, … in rounds, so that a machine that gets slower does so for all.
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { startContestant } from "./contestants.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** How long the threads of the one before may still spin, in ms: OpenMP's and OpenBLAS's do so for a while. */
const pause = 200;

/** Seconds of a turn; what takes longer runs once. */
const turn = 0.5;

/**
 * What was measured of a contestant: its introduction and each round's seconds, or why there is nothing.
 *
 * @typedef {object} Measurement
 * @property {string} name "ours" or a peer's
 * @property {import("./contestants.mjs").Introduction} [introduction]
 * @property {Record<string, number>[]} [rounds]
 * @property {string} [failure]
 */

/**
 * @param {import("./cases.mjs").Case} definition
 * @param {{ rounds?: number, python?: string, tell: (text: string) => void }} options the Python of the peers, without
 *   which ours is alone
 * @returns {Promise<Measurement[]>} ours first
 */
export async function measure(definition, { rounds = definition.rounds ?? 5, python, tell }) {
  const names = ["ours", ...(python === undefined ? [] : definition.peers.map(({ name }) => name))];
  /** @type {Measurement[]} */
  const measurements = [];
  const running = [];
  for (const name of names) {
    tell(`${definition.name}: ${name} gets warm`);
    /** @type {Measurement} */
    const measurement = { name };
    measurements.push(measurement);
    try {
      const contestant =
        name === "ours"
          ? await startContestant(process.execPath, [`${here}ours.mjs`, definition.module, definition.name], here)
          : await startContestant(python ?? "", ["peer.py", definition.module, definition.name, name], `${here}peers`);
      running.push({ measurement, contestant });
      measurement.introduction = contestant.introduction;
      measurement.rounds = [];
    } catch (error) {
      measurement.failure = /** @type {Error} */ (error).message;
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { measurement, contestant } of running) {
      if (measurement.failure !== undefined) continue;
      tell(`${definition.name}: round ${round} of ${rounds}, ${measurement.name}`);
      await sleep(pause);
      try {
        measurement.rounds?.push(await contestant.measure(turn));
      } catch (error) {
        measurement.failure = /** @type {Error} */ (error).message;
      }
    }
  }
  for (const { contestant } of running) contestant.stop();
  return measurements;
}
