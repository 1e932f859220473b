// Files that are at any moment whole or not there, and what to say when the disk does not take them.
import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { SetupError } from "../steps.mjs";

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e5 ? 3 : 1)} MB`;

/** @param {string} file */
export const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** @param {string} file */
export async function sha256Of(file) {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(/** @type {Buffer} */ (chunk));
  return hash.digest("hex");
}

/**
 * What to do about an error of the file system; any other error as it is.
 *
 * @param {unknown} error
 * @param {string} place
 */
export function explained(error, place) {
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  const another = "or name another folder: FLAT_MINIMA_DATA=/path/to/folder";
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SetupError(`No space left for ${place} (${code}); nothing half-written is left. Free some, ${another}`);
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "EEXIST") {
    return new SetupError(`${place} cannot be written (${code}). Change its permissions, ${another}`);
  }
  return error;
}

/**
 * Refuses when a folder's disk has not the space.
 *
 * @param {string} folder that exists
 * @param {number} needed bytes
 * @param {(folder: string) => number} [freeBytes]
 */
export function requireSpace(folder, needed, freeBytes = freeBytesOf) {
  const free = freeBytes(folder);
  if (free >= needed) return;
  throw new SetupError(
    `No space: ${megabytes(needed)} are needed in ${folder}, ${megabytes(free)} are free. Free some, or name another folder: FLAT_MINIMA_DATA=/path/to/folder`,
  );
}

/** @param {string} folder */
function freeBytesOf(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** @param {string} folder */
export function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw explained(error, folder);
  }
}

/**
 * Writes files, all of them or none: each under another name first, and renamed when all are written.
 *
 * @param {ReadonlyMap<string, Uint8Array>} contents by path
 */
export function writeAll(contents) {
  const draftOf = (/** @type {string} */ file) => `${file}.new`;
  let writing = "";
  try {
    for (const [file, bytes] of contents) {
      writing = file;
      writeFileSync(draftOf(file), bytes);
    }
    for (const file of contents.keys()) renameSync(draftOf(file), file);
  } catch (error) {
    for (const file of contents.keys()) rmSync(draftOf(file), { force: true });
    throw explained(error, writing);
  }
}
