// Brings a data set into its folder, downloaded or from files that are there, and says what it has.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { InvalidArgumentError } from "../../lib/dist/core/index.js";
import { filesOfFolder, rawImages } from "../../lib/dist/data/image-files.js";
import { IMAGE_SETS } from "../../lib/dist/data/image-sets.js";
import { SetupError } from "../steps.mjs";
import { download } from "./download.mjs";
import { requireSpace, sha256Of, writeAll } from "./files.mjs";
import { officialHashes } from "./sources.mjs";
import { filesOfTar } from "./tar.mjs";

/** @typedef {import("../../lib/dist/data/index.js").ImageSetName} ImageSetName */

/** @param {Uint8Array} bytes */
const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** @param {ImageSetName} set */
const namesOf = (set) => Object.values(IMAGE_SETS[set].files).flat();

/**
 * The official files of a set that are still to come.
 *
 * @param {ImageSetName} set
 * @param {string} folder
 * @param {import("./sources.mjs").Source} source
 * @throws {SetupError} when another file has the name of one: it is somebody's, and stays
 */
export async function missingFiles(set, folder, source) {
  const hashes = officialHashes(source);
  const missing = [];
  for (const name of namesOf(set)) {
    if (!(await isThere(join(folder, name), hashes[name]))) missing.push(name);
  }
  return missing;
}

/**
 * @param {string} file
 * @param {string | undefined} hash the official one
 * @throws {SetupError} when another file has its name
 */
async function isThere(file, hash) {
  if (!existsSync(file)) return false;
  if ((await sha256Of(file)) === hash) return true;
  throw new SetupError(
    `${file} is there already and is not the official file. To have that, move this one away, or name another folder: FLAT_MINIMA_DATA=/path/to/folder`,
  );
}

/**
 * Downloads what is missing of a set.
 *
 * @param {string} folder of the set, which exists
 * @param {import("./sources.mjs").Source} source
 * @param {readonly string[]} missing
 * @param {(name: string) => import("./download.mjs").DownloadOptions} optionsFor
 */
export async function downloadSet(folder, source, missing, optionsFor) {
  if (source.unpacked === undefined) {
    for (const file of source.files) {
      if (missing.includes(file.name)) await download(file, folder, optionsFor(file.name));
    }
    return;
  }
  const [archive] = source.files;
  if (archive === undefined || missing.length === 0) return;
  const file = join(folder, archive.name);
  // Images hardly compress: unpacked they take about as much again (CIFAR-10: 8 % more).
  const furtherSpace = 1.1 * archive.bytes;
  const own = await isThere(file, archive.sha256);
  if (!own) await download(archive, folder, { furtherSpace, ...optionsFor(archive.name) });
  const unpacked = unpack(file);
  /** @type {Map<string, Uint8Array>} */
  const contents = new Map();
  for (const name of missing) {
    const bytes = unpacked.get(name);
    if (bytes === undefined) throw new SetupError(`${file} has no ${name}`);
    contents.set(join(folder, name), bytes);
  }
  writeAll(contents);
  if (!own) rmSync(file);
}

/** @param {string} file a tar archive, gzipped */
function unpack(file) {
  let bytes;
  try {
    bytes = gunzipSync(readFileSync(file));
  } catch (error) {
    throw new SetupError(`${file} is no whole gzip: ${/** @type {Error} */ (error).message}`);
  }
  return filesOfTar(bytes, file);
}

/**
 * Takes a set from a folder with its files, gzipped or not, with its archive, or with its own folder of them. All are
 * checked before the first is written. Training batches of CIFAR-10 may be missing, but the first.
 *
 * @param {ImageSetName} set
 * @param {string} from
 * @param {string} folder of the set, which exists
 * @param {import("./sources.mjs").Source} source
 * @param {{ freeBytes?: (folder: string) => number }} [options]
 * @returns {{ name: string, official: boolean }[]} the files taken
 */
export function takeSet(set, from, folder, source, { freeBytes } = {}) {
  const hashes = officialHashes(source);
  const files = filesFrom(set, from, source);
  checkedCounts("--from", set, files);
  const taken = [];
  /** @type {Map<string, Uint8Array>} */
  const contents = new Map();
  for (const name of namesOf(set).filter((name) => files.find(name) !== undefined)) {
    const [bytes, place] = [files.read(name), join(folder, name)];
    const plain = isGzip(bytes) ? gunzipSync(bytes) : bytes;
    // Under its official name a file is what that says, gzipped or not.
    const stored = !name.endsWith(".gz") ? plain : isGzip(bytes) ? bytes : gzipSync(bytes);
    const there = filesOfFolder(folder, () => new Error()).find(name);
    taken.push({ name, official: sha256(stored) === hashes[name] });
    if (there === undefined) {
      contents.set(place, stored);
      continue;
    }
    const old = readFileSync(there);
    if (sha256(isGzip(old) ? gunzipSync(old) : old) !== sha256(plain)) {
      throw new SetupError(`${there} is there already and is another file. Nothing was taken; move it away first`);
    }
  }
  requireSpace(
    folder,
    [...contents.values()].reduce((sum, { length }) => sum + length, 0),
    freeBytes,
  );
  writeAll(contents);
  return taken;
}

/**
 * @param {ImageSetName} set
 * @param {string} from
 * @param {import("./sources.mjs").Source} source
 * @returns {import("../../lib/dist/data/image-files.js").ImageFiles}
 */
function filesFrom(set, from, source) {
  if (!existsSync(from)) throw new SetupError(`--from: there is no folder ${from}`);
  const names = namesOf(set);
  const archive = source.unpacked && source.files[0]?.name;
  for (const place of [from, join(from, IMAGE_SETS[set].folder)]) {
    const missing = (/** @type {string} */ file) =>
      new SetupError(`--from: ${dirname(file)} has no ${basename(file)}; ${set} consists of ${names.join(", ")}`);
    const files = filesOfFolder(place, missing);
    if (names.some((name) => files.find(name) !== undefined)) return files;
    if (archive === undefined || !existsSync(join(place, archive))) continue;
    const file = join(place, archive);
    const unpacked = unpack(file);
    return {
      find: (name) => (unpacked.has(name) ? `${name} in ${file}` : undefined),
      read: (name) => unpacked.get(name) ?? new Uint8Array(),
      missing: (name) => new SetupError(`--from: ${file} has no ${name}`),
    };
  }
  const looked = archive === undefined ? names : [...names, archive];
  throw new SetupError(`--from: ${from} has none of the files of ${set}: ${looked.join(", ")}`);
}

/**
 * Reads all of a set as the library does.
 *
 * @param {string} who begins the messages
 * @param {ImageSetName} set
 * @param {import("../../lib/dist/data/image-files.js").ImageFiles} files
 * @returns {{ train: number, test: number }} how many images there are
 * @throws {SetupError} that names the damaged file
 */
export function checkedCounts(who, set, files) {
  try {
    const [train, test] = /** @type {const} */ (["train", "test"]).map(
      (split) => rawImages(who, set, split, files).count,
    );
    return { train: train ?? 0, test: test ?? 0 };
  } catch (error) {
    // What is wrong in a file, or that it cannot be read.
    const expected = error instanceof InvalidArgumentError || "syscall" in /** @type {Error} */ (error);
    throw expected ? new SetupError(/** @type {Error} */ (error).message) : error;
  }
}
