import { readdirSync } from "node:fs";

/** The names in a folder; none when it is no folder or may not be read. */
export function folderEntries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
