// Takes files out of a wheel, which is a ZIP archive (PKWARE's APPNOTE 6.3): Node has the inflating, but no reader.
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Buffer } from "node:buffer";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { SetupError } from "../steps.mjs";

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {number} method 0 stored, 8 deflated
 * @property {number} crc
 * @property {number} packed bytes in the archive
 * @property {number} size bytes of the file
 * @property {number} offset of its local header
 */

/**
 * Takes members out of a wheel.
 *
 * @param {string} wheel
 * @param {readonly (string | RegExp)[]} wanted names, or patterns; each must match one member at least
 * @param {string} folder they come to lie there under the names that they have in the wheel
 * @param {(bytes: number) => void} [show] is told how much was unpacked
 * @throws {SetupError} for a wheel that does not have them
 */
export async function takeFromWheel(wheel, wanted, folder, show = () => {}) {
  const refuse = (/** @type {string} */ what) =>
    new SetupError(`${basename(wheel)} is not the wheel that is needed: ${what}.
Delete ${wheel}, and run the same command again.`);
  const members = await readDirectory(wheel, refuse);
  const matches = (/** @type {string | RegExp} */ want, /** @type {string} */ name) =>
    typeof want === "string" ? want === name : want.test(name);
  const absent = wanted.find((want) => !members.some(({ name }) => matches(want, name)));
  if (absent !== undefined) throw refuse(`it has no ${absent}`);
  const unpacked = { bytes: 0 };
  for (const member of members) {
    if (!wanted.some((want) => matches(want, member.name)) || member.name.endsWith("/")) continue;
    // Names in the archive are not to be trusted with where they lead.
    if (member.name.split("/").includes("..") || member.name.startsWith("/"))
      throw refuse(`${member.name} leads outside`);
    await unpack(wheel, member, join(folder, member.name), refuse, (bytes) => show((unpacked.bytes += bytes)));
  }
}

/**
 * The list of members at the archive's end.
 *
 * @param {string} wheel
 * @param {(what: string) => Error} refuse
 * @returns {Promise<Member[]>}
 */
async function readDirectory(wheel, refuse) {
  const file = await open(wheel);
  try {
    const { size } = await file.stat();
    const read = async (/** @type {number} */ start, /** @type {number} */ length) => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, start);
      if (bytesRead < length) throw refuse("it is cut off");
      return Buffer.from(buffer.buffer);
    };
    // The end record, behind which a comment of up to 64 kB may stand.
    const tail = await read(Math.max(0, size - 65557), Math.min(size, 65557));
    const end = tail.lastIndexOf(Uint8Array.of(0x50, 0x4b, 5, 6));
    if (end < 0 || end + 22 > tail.length) throw refuse("it is no ZIP archive, or cut off");
    const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (start + length > size) throw refuse("its directory lies outside it");
    const directory = await read(start, length);
    const members = [];
    for (let at = 0; at < length;) {
      if (at + 46 > length || directory.readUInt32LE(at) !== 0x02014b50) throw refuse("its directory is corrupt");
      const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
      members.push({
        method: directory.readUInt16LE(at + 10),
        crc: directory.readUInt32LE(at + 16),
        packed: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        offset: directory.readUInt32LE(at + 42),
        name: directory.toString("utf8", at + 46, nameEnd),
      });
      at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return members;
  } finally {
    await file.close();
  }
}

/**
 * @param {string} wheel
 * @param {Member} member
 * @param {string} target
 * @param {(what: string) => Error} refuse
 * @param {(bytes: number) => void} show
 */
async function unpack(wheel, { name, method, crc, packed, size, offset }, target, refuse, show) {
  if (method !== 0 && method !== 8) throw refuse(`${name} is packed by method ${method}`);
  const file = await open(wheel);
  const header = Buffer.alloc(30);
  await file.read(header, 0, 30, offset);
  await file.close();
  if (header.readUInt32LE(0) !== 0x04034b50) throw refuse(`${name} is not where its directory says`);
  const start = offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  mkdirSync(dirname(target), { recursive: true });
  let [bytes, sum] = [0, 0];
  const count = new Transform({
    transform(chunk, _encoding, done) {
      bytes += chunk.length;
      sum = crc32(chunk, sum);
      show(chunk.length);
      done(undefined, chunk);
    },
  });
  // A stream's end is inclusive, so that it cannot read nothing.
  const source = packed === 0 ? Readable.from([]) : createReadStream(wheel, { start, end: start + packed - 1 });
  const mode = /\/bin\//.test(name) ? 0o755 : 0o644;
  try {
    const inflate = method === 8 ? [createInflateRaw({ chunkSize: 1 << 20 })] : [];
    await pipeline([source, ...inflate, count, createWriteStream(target, { mode })]);
  } catch (error) {
    const { code = "", message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw code.startsWith("Z_") ? refuse(`${name} does not unpack (${message})`) : error;
  }
  if (bytes !== size || sum !== crc) throw refuse(`${name} does not unpack to what it should`);
}
