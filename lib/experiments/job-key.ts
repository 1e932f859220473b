import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical-json";
import type { Experiment, Job } from "./experiment";

/**
 * The name of a job among all jobs: the first 16 hexadecimal digits of the SHA-256 of the canonical JSON of its
 * experiment, the experiment's version, its configuration and its seed. Among a million jobs two share a name with a
 * chance of 3·10⁻⁸ (birthday bound, 10¹²/2 pairs over 2⁶⁴).
 *
 * @throws InvalidArgumentError when the configuration is no JSON.
 *
 * @example
 * jobKey({ name: "first-passage", version: 1 }, { configuration: { learningRate: 0.7 }, seed: 3 }); // "c988967508d8c309"
 */
export function jobKey(
  { name, version }: Pick<Experiment<unknown, unknown>, "name" | "version">,
  job: Job<unknown>,
): string {
  const { configuration, seed } = job;
  const text = canonicalJson({ experiment: name, version, configuration, seed });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
