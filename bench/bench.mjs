// npm run bench: how long our computations take, beside those of PyTorch, JAX, curvlinops, PyHessian and NumPy.
import os from "node:os";
import { benchUsage, main, readBenchOptions } from "../scripts/options.mjs";
import { setup } from "../scripts/setup.mjs";
import { SetupError } from "../scripts/steps.mjs";
import { cases } from "./cases.mjs";
import { measure } from "./measure.mjs";
import { peerPython } from "./peers.mjs";
import { judge, markdownTable } from "./report.mjs";

await main(benchUsage, async () => {
  const names = cases.map(({ name }) => name);
  const { help, json, peers, rounds, chosen } = readBenchOptions(process.argv.slice(2), names);
  if (help) {
    console.log(benchUsage);
    return 0;
  }
  // For machines, standard output has nothing but the JSON.
  const print = console.log;
  if (json) console.log = console.error;

  // With Python, for the matrix engine comes with it.
  const { missing } = await setup({ python: "if there" });
  if (missing !== undefined) console.log(`Plain TypeScript does the matrices: ${missing}`);
  const [load = 0] = os.loadavg();
  if (load > os.cpus().length / 4) console.log(`This machine is busy (load ${load.toFixed(2)}): the times say little.`);
  const { python, alone } = peers ? await findPeers() : { alone: "without --peers ours runs alone" };
  if (alone !== undefined) console.log(`No ratios: ${alone}.`);

  const definitions = cases.filter(({ name }) => chosen.includes(name));
  const rows = [];
  let engine = "";
  for (const definition of definitions) {
    const measurements = await measure(definition, { rounds, python, tell: (text) => console.error(`  … ${text}`) });
    engine = measurements[0]?.introduction?.engine ?? engine;
    rows.push(...judge(definition, measurements));
  }

  const cores = os.cpus();
  const machine = {
    processor: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    engine,
    loadBefore: load,
    versions: [...new Set(rows.map(({ version, threads }) => (threads ? `${version}, ${threads} threads` : undefined)))]
      .filter((text) => text !== undefined)
      .sort(),
  };
  if (json) {
    print(JSON.stringify({ date: new Date().toISOString(), machine, alone, rows }, undefined, 2));
  } else {
    const { processor, cores, memory, system, node, versions } = machine;
    print(`\n${markdownTable(definitions, rows)}\n`);
    print(`${processor}, ${cores} cores, ${memory}; ${system}; Node ${node}, ${engine}`);
    if (versions.length > 0) print(`Peers: ${versions.join("; ")}.`);
    if (alone !== undefined) print(`No ratios: ${alone}.`);
  }
  return rows.some(({ failure }) => failure !== undefined) ? 1 : 0;
});

/** @returns {Promise<{ python?: string, alone?: string }>} the peers' Python, or why ours runs alone */
async function findPeers() {
  try {
    return { python: await peerPython() };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.log(error.message);
    return { alone: "the peers could not be installed, so ours runs alone" };
  }
}
