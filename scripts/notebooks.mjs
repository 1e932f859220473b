// npm run notebooks: runs notebooks on fresh kernels; with --write keeps their outputs.
import { main, notebooksUsage, readNotebooksOptions } from "./options.mjs";
import { courseNotebooks, runNotebooks } from "./run-notebooks.mjs";

await main(notebooksUsage, async () => {
  const { help, chosen, ...options } = readNotebooksOptions(process.argv.slice(2), courseNotebooks());
  if (help) {
    console.log(notebooksUsage);
    return 0;
  }
  const runs = await runNotebooks(chosen, options);
  return runs.some(({ failures }) => failures.length > 0) ? 1 : 0;
});
