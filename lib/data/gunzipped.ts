import { gunzipSync } from "node:zlib";
import { requireThat } from "../core";

/** The bytes themselves, or what they are the gzip of. */
export function gunzipped(functionName: string, bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    requireThat(false, functionName, "the gzipped file must be whole", (error as Error).message);
  }
}
