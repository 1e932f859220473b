// Downloads one file: from its home or a mirror, going on where an earlier download stopped, checked before it counts.
import { open } from "node:fs/promises";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { clearTimeout, setTimeout } from "node:timers";
import { SetupError } from "../steps.mjs";
import { explained, megabytes, requireSpace, sha256Of, sizeOf } from "./files.mjs";

/** Attempts at one address, as long as each brings something (tuned). */
const ATTEMPTS = 20;
/** Milliseconds without a byte after which an address is given up (tuned). */
const PATIENCE = 30_000;

/** What is wrong at one address; another may do. */
class AddressError extends Error {}

/** What the disk refuses; no other address helps. */
class DiskError extends Error {}

/**
 * @typedef {object} DownloadOptions
 * @property {AbortSignal} [signal] stops it; what has come is kept for the next time
 * @property {(done: number, total: number) => void} [progress]
 * @property {(line: string) => void} [tell] what goes wrong on the way
 * @property {number} [patience] milliseconds
 * @property {number} [furtherSpace] bytes that will be needed beside the file
 * @property {(folder: string) => number} [freeBytes]
 */

/**
 * Downloads a file into a folder. Until it is whole and its SHA-256 is right it is called NAME.part, and the next
 * download goes on from there.
 *
 * @param {import("./sources.mjs").RemoteFile} file
 * @param {string} folder that exists
 * @param {DownloadOptions} [options]
 * @returns {Promise<string>} the address that it came from
 * @throws {SetupError} that says what went wrong at each address, and what to do
 */
export async function download({ name, bytes, sha256, urls }, folder, options = {}) {
  const { signal, tell = () => {}, furtherSpace = 0, freeBytes } = options;
  const [part, target] = [join(folder, `${name}.part`), join(folder, name)];
  requireSpace(folder, Math.max(0, bytes - sizeOf(part)) + furtherSpace, freeBytes);
  const failures = [];
  for (const url of urls) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = sizeOf(part);
      let failure;
      try {
        await fetchRest(url, part, bytes, options);
        const got = await sha256Of(part);
        if (got === sha256) {
          renameSync(part, target);
          return url;
        }
        rmSync(part);
        failure = `wrong hash: SHA-256 ${got} instead of ${sha256}`;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof DiskError) {
          rmSync(part, { force: true });
          throw explained(error.cause, target);
        }
        failure = reasonOf(error);
      }
      const after = sizeOf(part);
      tell(`${url}: ${failure}`);
      // A part of another file may have come before; from the start once more. Else on while there is something new.
      const worthwhile = after === 0 ? before > 0 : after > before;
      if (worthwhile && attempt < ATTEMPTS) continue;
      failures.push(`  ${url}: ${failure}`);
      break;
    }
  }
  const kept = sizeOf(part);
  throw new SetupError(`${name} could not be downloaded:
${failures.join("\n")}
${kept > 0 ? `${megabytes(kept)} of ${megabytes(bytes)} are kept; the same command goes on from there. ` : ""}Without a network bring the file here by other means, and name its folder: --from FOLDER. Behind a proxy:
Node 24 or later goes through HTTPS_PROXY where NODE_USE_ENV_PROXY=1.`);
}

/**
 * Fetches what is missing at the end of a part.
 *
 * @param {string} url
 * @param {string} part
 * @param {number} bytes of the whole file
 * @param {DownloadOptions} options
 */
async function fetchRest(url, part, bytes, { signal, progress = () => {}, patience = PATIENCE }) {
  if (sizeOf(part) > bytes) rmSync(part);
  const have = sizeOf(part);
  if (have === bytes) return;

  const stalled = new globalThis.AbortController();
  const giveUp = () => stalled.abort(new AddressError(`no byte in ${patience / 1000} s`));
  let clock = setTimeout(giveUp, patience);
  try {
    const response = await globalThis.fetch(url, {
      signal: globalThis.AbortSignal.any(signal ? [signal, stalled.signal] : [stalled.signal]),
      // What fetch would decode on the way is no longer the file.
      headers: { "accept-encoding": "identity", ...(have > 0 && { range: `bytes=${have}-` }) },
    });
    const from = startOf(response, have, part);
    const encoding = response.headers.get("content-encoding") ?? "identity";
    if (encoding !== "identity") throw new AddressError(`the server sends it encoded (${encoding})`);
    const announced = response.headers.get("content-length");
    if (announced !== null && from + Number(announced) !== bytes) {
      throw new AddressError(`another file: ${from + Number(announced)} bytes instead of ${bytes}`);
    }
    const output = await onDisk(() => open(part, from > 0 ? "a" : "w"));
    let size = from;
    try {
      for await (const chunk of response.body ?? []) {
        clearTimeout(clock);
        clock = setTimeout(giveUp, patience);
        size += chunk.length;
        if (size > bytes) break;
        await onDisk(() => output.appendFile(chunk));
        progress(size, bytes);
      }
    } finally {
      await onDisk(() => output.close());
    }
    if (size > bytes) {
      rmSync(part);
      throw new AddressError(`another file: more than its ${bytes} bytes`);
    }
    if (size < bytes) throw new AddressError(`truncated: it ended after ${size} of ${bytes} bytes`);
  } finally {
    clearTimeout(clock);
    // An answer that was not read to its end would keep the connection open.
    stalled.abort();
  }
}

/**
 * The byte at which an answer begins: where we are, or 0 from a server that knows no ranges.
 *
 * @param {Response} response
 * @param {number} have
 * @param {string} part
 */
function startOf(response, have, part) {
  const { status, statusText, headers } = response;
  if (status === 200) return 0;
  const [, first] = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "") ?? [];
  if (status === 206 && Number(first) === have) return have;
  // What we have is of no use here.
  if (status === 206 || status === 416) rmSync(part, { force: true });
  throw new AddressError(`HTTP ${status} ${statusText}`.trim());
}

/**
 * @template T
 * @param {() => Promise<T>} work
 */
async function onDisk(work) {
  try {
    return await work();
  } catch (error) {
    throw new DiskError("the disk", { cause: error });
  }
}

/**
 * What went wrong, in words.
 *
 * @param {unknown} error
 */
function reasonOf(error) {
  if (error instanceof AddressError) return error.message;
  const { message, cause } = /** @type {Error} */ (error);
  const { code } = /** @type {NodeJS.ErrnoException} */ (cause ?? error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `no network, or no such server (${code})`;
  if (code === "ECONNREFUSED" || code === "ENETUNREACH" || code === "EHOSTUNREACH") return `no connection (${code})`;
  if (message === "terminated") return `the connection broke${code === undefined ? "" : ` (${code})`}`;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
