import { crc32, deflateSync } from "node:zlib";

/**
 * An 8-bit gray image as a PNG file (W3C, Portable Network Graphics, 2003).
 *
 * `gray` is row-major, height × width, 0 (black) to 255 (white). The data are stored, not compressed: small images gain
 * little, and so the bytes are the same on every machine.
 */
export function grayPng(
  gray: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits a sample; the zeros after it: gray, deflate, adaptive filters, not interlaced
  const lines = Buffer.alloc(height * (width + 1)); // each line starts with its filter, 0: none
  for (let row = 0; row < height; row++)
    lines.set(gray.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(lines, { level: 0 });
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

/** Length, type, data and checksum of type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
