// npm start: sets up what is missing and opens the course in JupyterLab.
import { spawn } from "node:child_process";
import { main, readStartOptions, startUsage } from "./options.mjs";
import { setup } from "./setup.mjs";
import { root } from "./steps.mjs";

await main(startUsage, async () => {
  const { help, jupyter } = readStartOptions(process.argv.slice(2));
  if (help) {
    console.log(startUsage);
    return 0;
  }
  const { python = "" } = await setup({ python: true });
  console.log("Opening the course in JupyterLab; Ctrl-C stops it.");
  const settings = [
    `--ServerApp.root_dir=${root}`,
    "--LabApp.default_url=/lab/tree/notebooks/00-tour.ipynb",
    "--ServerApp.answer_yes=True", // Ctrl-C stops at once
    "--log-level=WARN",
  ];
  if (process.getuid?.() === 0) settings.push("--allow-root");
  const lab = spawn(python, ["-m", "jupyterlab", ...settings, ...jupyter], { cwd: root, stdio: "inherit" });

  let stopped = false;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      stopped = true;
      // Windows sends Ctrl-C to JupyterLab itself, and there kill() is not a request.
      if (process.platform !== "win32") lab.kill("SIGTERM");
    });
  }
  return new Promise((resolve, reject) => {
    lab.on("error", reject);
    lab.on("exit", (code) => resolve(stopped ? 0 : (code ?? 1)));
  });
});
