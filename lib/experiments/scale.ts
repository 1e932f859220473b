import { requireThat } from "../core";

/** How large the experiments of a notebook are. */
export type Scale = "default" | "paper";

/**
 * The size at which a notebook's experiments are to run, from the environment variable `FLAT_MINIMA_SCALE`: "paper" for
 * the sources' own sizes, which may take an hour; unset, empty or "default" for what takes under a minute.
 *
 * @throws InvalidArgumentError when the variable has another value
 *
 * @example
 * const widths = experimentScale() === "paper" ? [16, 64, 256, 1024] : [8, 32, 128]; // [8, 32, 128]
 */
export function experimentScale(): Scale {
  const value = process.env.FLAT_MINIMA_SCALE || "default";
  const known = value === "default" || value === "paper";
  requireThat(known, "experimentScale", 'FLAT_MINIMA_SCALE must be "paper", "default" or unset', value);
  return value;
}
