import type { ImageSetName } from "../data";

/** A pure function of (configuration, seed) that takes long, so that its results are computed once and kept. */
export interface Experiment<Configuration, Result> {
  /** What it is called on the command line, and its file of results. */
  readonly name: string;
  /** One sentence: what is run, and for which claim of the ledger. */
  readonly description: string;
  /** Raised when the results of the same configuration and seed change their meaning or their numbers. */
  readonly version: number;
  /** Real images that `run` reads by `loadImages`: it fails where `npm run data` did not bring them. None by default. */
  readonly data?: readonly ImageSetName[];
  /**
   * The relative difference that two runs of the same job may show on different engines. 0 promises the same bits on
   * every machine: then nothing in `run` goes through the BLAS, whose sums depend on the library and its threads.
   */
  readonly tolerance: number;
  /** What `npm run sweep` computes when it is given no other grid. */
  readonly grid: readonly GridEntry<Configuration>[];
  /**
   * The configuration, if it is one: every field must be there, and no other.
   *
   * @throws InvalidArgumentError in the name of `functionName`
   */
  validate(functionName: string, configuration: unknown): Configuration;
  /** The result, as JSON. It depends on nothing but its arguments. */
  run(configuration: Configuration, seed: number): Result | Promise<Result>;
}

/** One configuration with several seeds. */
export interface GridEntry<Configuration> {
  readonly configuration: Configuration;
  /** Integers from 0 to 2³² − 1. */
  readonly seeds: readonly number[];
}

/** One run of an experiment. */
export interface Job<Configuration> {
  readonly configuration: Configuration;
  readonly seed: number;
}
