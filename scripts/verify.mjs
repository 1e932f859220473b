// npm run verify: runs notebooks on fresh kernels, collects their checks into the ledger and compares it with the
// committed one.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { collectChecks, compareLedgers, renderLedger, restrictLedger } from "../lib/dist/claims/index.js";
import { enginesInUse } from "../lib/dist/core/index.js";
import { main, readVerifyOptions, verifyUsage } from "./options.mjs";
import { courseNotebooks, runNotebooks } from "./run-notebooks.mjs";
import { root, writeAtomically } from "./steps.mjs";

const ledgerFile = join(root, "ledger.json");

await main(verifyUsage, async () => {
  const { help, update, chosen } = readVerifyOptions(process.argv.slice(2), courseNotebooks());
  if (help) {
    console.log(verifyUsage);
    return 0;
  }
  const engines = enginesInUse();
  console.log(engines);
  const runs = await runNotebooks(chosen);
  const slugs = runs.map(({ file }) => basename(file, ".ipynb"));
  const fresh = collectChecks(
    runs.map(({ notebook }, index) => ({
      notebook: slugs[index],
      cells: notebook.cells.map((cell, place) => ({ id: cell.id, index: place, outputs: cell.outputs ?? [] })),
    })),
  );
  console.log(`\n${renderLedger(fresh).text}\n`);
  const failed = runs.filter(({ failures }) => failures.length > 0).length;
  if (update) {
    if (failed > 0) {
      console.log("ledger.json is left as it is: a notebook failed");
      return 1;
    }
    writeAtomically(ledgerFile, `${JSON.stringify({ engines, ...fresh }, null, 2)}\n`);
    console.log("ledger.json is written; look at its difference before you commit it");
    return 0;
  }
  const committed = restrictLedger(JSON.parse(readFileSync(ledgerFile, "utf8")), slugs);
  const differences = compareLedgers(committed, fresh);
  for (const difference of differences) console.log(`differs from ledger.json: ${difference}`);
  const claims = Object.keys(committed.claims).length;
  const changed = new Set(differences.map((difference) => difference.split(":")[0])).size;
  console.log(`${runs.length - failed + Math.max(0, claims - changed)} passed, ${failed + changed} failed, 0 skipped`);
  return failed + changed > 0 ? 1 : 0;
});
