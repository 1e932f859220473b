import { requireThat } from "../core";
import type { Experiment, Job } from "./experiment";
import { jobKey } from "./job-key";
import { requireFields, requireSeed } from "./requirements";

/** A job together with its {@link jobKey}. */
export interface KeyedJob<Configuration> extends Job<Configuration> {
  readonly key: string;
}

/**
 * The jobs of a grid, in its order: entries are `{ configuration, seeds: [0, 1, …] }` or `{ configuration, seed: 0 }`.
 * A job that is there twice is done once.
 *
 * @throws InvalidArgumentError naming the entry (counted from 1) that is no such object, whose configuration the
 *   experiment refuses, or whose seeds are no integers from 0 to 2³² − 1.
 *
 * @example
 * const entries = [{ configuration: experiments["first-passage"].grid[0].configuration, seeds: [0, 1, 1] }];
 * jobsOfGrid(experiments["first-passage"], entries).map(({ seed }) => seed); // [0, 1]
 * jobsOfGrid(experiments["first-passage"], []);
 * // InvalidArgumentError: first-passage: the grid must be a list of at least one entry, got []
 */
export function jobsOfGrid<Configuration>(
  experiment: Experiment<Configuration, unknown>,
  grid: unknown,
): KeyedJob<Configuration>[] {
  const { name } = experiment;
  requireThat(Array.isArray(grid) && grid.length > 0, name, "the grid must be a list of at least one entry", grid);
  const jobs = new Map<string, KeyedJob<Configuration>>();
  grid.forEach((entry: unknown, index) => {
    const place = `${name}, entry ${index + 1} of the grid`;
    const several = typeof entry === "object" && entry !== null && "seeds" in entry;
    requireFields(place, entry, ["configuration", several ? "seeds" : "seed"]);
    const seeds: unknown = several ? entry.seeds : [entry.seed];
    requireThat(Array.isArray(seeds) && seeds.length > 0, place, "seeds must be a list of at least one seed", seeds);
    const configuration = experiment.validate(place, entry.configuration);
    for (const seed of seeds as unknown[]) {
      requireSeed(place, seed);
      const key = jobKey(experiment, { configuration, seed });
      jobs.set(key, { key, configuration, seed });
    }
  });
  return [...jobs.values()];
}
