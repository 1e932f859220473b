// npm run report: makes LEDGER.md, ledger.html and SOURCES.md from the notebooks' outputs, without running them.
import { main, readReportOptions, reportUsage } from "./options.mjs";
import { writeReport } from "./report/report-files.mjs";

await main(reportUsage, async () => {
  if (!readReportOptions(process.argv.slice(2)).help) return writeReport();
  console.log(reportUsage);
  return 0;
});
