// npm run verify: runs notebooks on fresh kernels, collects their checks into the ledger and compares it with the
// committed one.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CLAIMS, claim, compareLedgers, renderLedger, restrictLedger } from "../lib/dist/claims/index.js";
import { enginesInUse } from "../lib/dist/core/index.js";
import { main, readVerifyOptions, UsageError, verifyUsage } from "./options.mjs";
import { ledgerOf, writeReport } from "./report/report-files.mjs";
import { courseNotebooks, runNotebooks } from "./run-notebooks.mjs";
import { root, writeAtomically } from "./steps.mjs";

const ledgerFile = join(root, "ledger.json");

/** At the sources' own sizes a cell may take an hour; two, on a slower machine. */
const paperCellTimeLimit = 7200;

/**
 * A claim under any of its names, and the notebooks that check it, its home first.
 *
 * @param {string} name in capitals or not
 * @param {import("../lib/dist/claims/index.js").Ledger} ledger
 */
function findClaim(name, ledger) {
  try {
    const { id, home } = claim(name.toUpperCase());
    return { id, notebooks: [home, ...(ledger.claims[id]?.notebooks ?? [])] };
  } catch (error) {
    const nearest = /the nearest there is [^)]+/.exec(/** @type {Error} */ (error).message)?.[0];
    throw new UsageError(`${name} is no claim (${nearest}), and a notebook's name begins with its number`);
  }
}

await main(verifyUsage, async () => {
  const ledger = JSON.parse(readFileSync(ledgerFile, "utf8"));
  const options = readVerifyOptions(process.argv.slice(2), courseNotebooks(), (name) => findClaim(name, ledger));
  if (options.help) {
    console.log(verifyUsage);
    return 0;
  }
  const { update, scale, chosen, claims, whole } = options;
  const engines = enginesInUse();
  console.log(engines);
  const runs = await runNotebooks(chosen, {
    cellTimeLimit: scale === "paper" ? paperCellTimeLimit : undefined,
    environment: scale && { FLAT_MINIMA_SCALE: scale },
  });
  const slugs = runs.map(({ file }) => basename(file, ".ipynb"));
  const fresh = ledgerOf(runs.map(({ notebook }, index) => ({ slug: slugs[index] ?? "", notebook })));
  // The claims that must have a check: when all notebooks ran all, else those named.
  const complete = whole && chosen.length === courseNotebooks().length;
  const listed = [...CLAIMS.keys()].filter((id) => complete || claims.includes(id) || (whole && id in fresh.claims));
  console.log(`\n${renderLedger(fresh, listed).text}\n`);

  const failed = runs.filter(({ failures }) => failures.length > 0).length;
  const committed = update ? fresh : restrictLedger(ledger, slugs);
  const differences = compareLedgers(committed, fresh, listed);
  for (const difference of differences) console.log(`${update ? "" : "differs from ledger.json: "}${difference}`);
  if (update) {
    if (failed > 0 || differences.length > 0) {
      console.log(`ledger.json is left as it is: ${failed > 0 ? "a notebook failed" : "see above"}`);
      return 1;
    }
    writeAtomically(ledgerFile, `${JSON.stringify({ engines, ...fresh }, null, 2)}\n`);
    console.log("ledger.json is written; look at its difference before you commit it");
    return writeReport();
  }
  const total = Object.keys(committed.claims).length;
  const changed = new Set(differences.map((difference) => difference.split(":")[0])).size;
  console.log(`${runs.length - failed + Math.max(0, total - changed)} passed, ${failed + changed} failed, 0 skipped`);
  return failed + changed > 0 ? 1 : 0;
});
