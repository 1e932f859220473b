// Reads tar archives.
import { SetupError } from "../steps.mjs";

const BLOCK = 512;

/**
 * The files of a tar archive (ustar: for each a block with its name and its size in octal, then its bytes, filled up to
 * whole blocks), by their names without folders.
 *
 * @param {Buffer} archive not compressed
 * @param {string} place for messages
 * @returns {Map<string, Buffer>}
 * @throws {SetupError} when it is none, or truncated
 */
export function filesOfTar(archive, place) {
  const files = new Map();
  let at = 0;
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK);
    // Two empty blocks are the end.
    if (header.every((byte) => byte === 0)) return files;
    const text = (/** @type {number} */ start, /** @type {number} */ length) =>
      header
        .toString("latin1", start, start + length)
        .replace(/\0.*$/s, "")
        .trim();
    const size = /^[0-7]+$/.test(text(124, 12)) ? Number.parseInt(text(124, 12), 8) : NaN;
    // The sum of the header's bytes, with its own place taken for spaces.
    const sum = header.reduce((total, byte, k) => total + (k >= 148 && k < 156 ? 32 : byte), 0);
    if (Number.isNaN(size) || sum !== Number.parseInt(text(148, 8), 8)) {
      throw new SetupError(`${place} is no tar archive, or a damaged one: no header at byte ${at}`);
    }
    const start = at + BLOCK;
    if (start + size > archive.length) {
      throw new SetupError(`${place} is truncated: ${text(0, 100)} has ${archive.length - start} of ${size} bytes`);
    }
    const type = text(156, 1);
    if (type === "" || type === "0") {
      files.set(text(0, 100).replace(/^.*\//, ""), archive.subarray(start, start + size));
    }
    at = start + BLOCK * Math.ceil(size / BLOCK);
  }
  throw new SetupError(`${place} is truncated: the archive has no end`);
}
