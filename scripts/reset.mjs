// npm run reset -- 07: brings a notebook back to the committed version, and keeps the reader's beside it.
import { spawnSync } from "node:child_process";
import { constants, copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { main, readResetOptions, resetUsage } from "./options.mjs";
import { root, SetupError } from "./steps.mjs";

/** @param {...string} args */
function git(...args) {
  return spawnSync("git", args, { cwd: root, encoding: "utf8" });
}

await main(resetUsage, async () => {
  const listing = git("ls-tree", "--name-only", "-z", "HEAD", "notebooks/");
  const notebooks = (listing.stdout ?? "")
    .split("\0")
    .filter((path) => path.endsWith(".ipynb"))
    .map((path) => path.slice("notebooks/".length));
  if (notebooks.length === 0 && !process.argv.includes("--help")) {
    throw new SetupError(`The committed notebooks come from git, and ${listing.error ? "git is not installed" : "this folder is no git clone of the course"}.
Take the notebook from a fresh download of the course instead, and copy it into ${join(root, "notebooks")}.`);
  }
  const { help, chosen } = readResetOptions(process.argv.slice(2), notebooks);
  if (help) {
    console.log(resetUsage);
    return 0;
  }
  for (const name of chosen) {
    const path = `notebooks/${name}`;
    if (git("diff", "--quiet", "HEAD", "--", path).status === 0) {
      console.log(`${path} is as committed.`);
      continue;
    }
    if (existsSync(join(root, path))) {
      const time = new Date().toISOString().replace(/\..*/, "").replaceAll(":", "");
      const mine = path.replace(/\.ipynb$/, `.mine-${time}.ipynb`);
      copyFileSync(join(root, path), join(root, mine), constants.COPYFILE_EXCL);
      console.log(`Your version is kept as ${mine}.`);
    }
    const { status, stderr } = git("checkout", "HEAD", "--", path);
    if (status !== 0) throw new SetupError(stderr);
    console.log(`${path} is back. If it is open in JupyterLab: File, Reload Notebook from Disk.`);
  }
  return 0;
});
