// Fetches a file so that an interrupted download goes on, and that only the very file that was meant is taken.
import { createHash } from "node:crypto";
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { writeSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../steps.mjs";

/** How often a connection that breaks is taken up again before the reader is asked to. */
const attempts = 3;

/** @param {number} bytes */
export const inMegabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** @param {string} url */
export const fileNameOf = (url) => url.slice(url.lastIndexOf("/") + 1);

/**
 * @param {string} file
 * @returns {Promise<string>} its SHA-256, in hexadecimal digits
 */
async function sha256Of(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * The verified file in the folder, fetched where it is not there yet. A part that an earlier run left is continued.
 *
 * @param {import("./pinned.mjs").Download} download
 * @param {string} folder
 * @param {(bytes: number) => void} [show] is told how much is there
 * @returns {Promise<string>} the file
 * @throws {SetupError} whose message says what to do
 */
export async function fetchFile(download, folder, show = () => {}) {
  const { url, size, sha256 } = download;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileNameOf(url));
  if (existsSync(file)) {
    const found = await sha256Of(file);
    if (found === sha256) return file;
    throw new SetupError(`${file} is not the file that is needed: its SHA-256 is
  ${found}, not
  ${sha256}
Delete it, and run the same command again.`);
  }
  const part = `${file}.part`;
  for (let attempt = 1; sizeOf(part) < size; attempt++) {
    const broken = await fetchMore(url, part, size, show, folder);
    if (broken !== undefined && attempt >= attempts) {
      throw new SetupError(`${url}
was cut off at ${inMegabytes(sizeOf(part))} of ${inMegabytes(size)} (${broken}). The same command goes on from there.`);
    }
  }
  const found = await sha256Of(part);
  if (found !== sha256) {
    rmSync(part);
    throw new SetupError(`${url}
is not the file that is needed: its SHA-256 is
  ${found}, not
  ${sha256}
It was deleted. Something on the way (a proxy, a mirror) gives another file: run the same command again, elsewhere if it
fails again.`);
  }
  renameSync(part, file);
  return file;
}

/** @param {string} file */
const sizeOf = (file) => (existsSync(file) ? statSync(file).size : 0);

/**
 * Appends what the server still has.
 *
 * @param {string} url
 * @param {string} part
 * @param {number} size
 * @param {(bytes: number) => void} show
 * @param {string} folder for the advice
 * @returns {Promise<string | undefined>} why it broke off, if it did
 */
async function fetchMore(url, part, size, show, folder) {
  const have = sizeOf(part);
  let response;
  try {
    // No compression, for the range counts bytes of the file.
    const headers = { "accept-encoding": "identity", ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
    response = await globalThis.fetch(url, { headers });
  } catch (error) {
    const cause = /** @type {{ code?: string, message?: string } | undefined} */ (/** @type {Error} */ (error).cause);
    throw new SetupError(`${new URL(url).host} cannot be reached (${cause?.code ?? cause?.message ?? String(error)}).
${withoutThisNetwork(url, folder)}`);
  }
  // A server that knows no ranges, or says that this one is none, sends all of it.
  const whole = response.status === 200;
  if (response.status === 416) {
    rmSync(part, { force: true });
    return "the server did not continue it";
  }
  if (!whole && response.status !== 206) {
    await response.body?.cancel();
    throw new SetupError(`${url}
answers ${response.status} ${response.statusText}. ${withoutThisNetwork(url, folder)}`);
  }
  let bytes = whole ? 0 : have;
  const descriptor = openSync(part, whole ? "w" : "a");
  try {
    // Synchronous writes: what counts as there is there when the next chunk comes.
    for await (const chunk of response.body ?? []) {
      for (let start = 0; start < chunk.length;) start += writeSync(descriptor, chunk, start);
      bytes += chunk.length;
      show(bytes);
      if (bytes > size) return undefined;
    }
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOSPC") throw error;
    return /** @type {Error} */ (error).message;
  } finally {
    closeSync(descriptor);
  }
  return bytes < size ? "the server sent no more" : undefined;
}

/**
 * @param {string} url
 * @param {string} folder
 */
const withoutThisNetwork = (url, folder) => `This command needs the network. Behind a proxy (Node 24 or later):
  HTTPS_PROXY=http://… NODE_USE_ENV_PROXY=1 npm run install-tensorflow
Or fetch the file in another way and put it into ${folder}:
  ${url}
Then run the same command again. What was fetched already is kept.`;
