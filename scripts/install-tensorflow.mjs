// npm run install-tensorflow: TensorFlow's C library, and tfjs-node's own binding compiled against it.
import { join } from "node:path";
import { installTensorflowUsage, main, readInstallTensorflowOptions } from "./options.mjs";
import { setup } from "./setup.mjs";
import { stateFolder } from "./steps.mjs";
import { installTensorflow, refusalOf, removeTensorflow } from "./tensorflow/install.mjs";
import { pinned } from "./tensorflow/pinned.mjs";

await main(installTensorflowUsage, async () => {
  const { help, gpu, remove } = readInstallTensorflowOptions(process.argv.slice(2));
  if (help) {
    console.log(installTensorflowUsage);
    return 0;
  }
  const folder = join(stateFolder, "tensorflow");
  if (remove) {
    console.log((await removeTensorflow(folder)) ? `${folder} is removed.` : "Nothing is installed.");
    return 0;
  }
  const refusal = refusalOf(process.platform, process.arch, glibc());
  if (refusal !== undefined) {
    console.error(refusal);
    return 1;
  }
  // The smoke test runs through the library.
  await setup({ python: false });
  const { installed, fresh } = await installTensorflow(folder, pinned(gpu ? "gpu" : "cpu"));
  console.log(`${fresh ? "Installed" : "There already"}: ${installed}`);
  return 0;
});

/** The version of the C library that Node runs on; undefined where it is another one (Alpine's musl). */
function glibc() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime;
}
