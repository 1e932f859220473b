import { InvalidArgumentError } from "flat-minima/core";
import { type Experiment, experiments, jobsOfGrid } from "flat-minima/experiments";
import { describe, expect, it } from "vitest";

const experiment = experiments["first-passage"];
const { configuration } = experiment.grid[0];

const registered: [string, Experiment<unknown, unknown>][] = Object.entries(experiments);

describe.each(registered)("the registered experiment %s", (name, experiment) => {
  it("has its own name, and a grid of its own configurations, none of them twice", () => {
    expect(experiment.name).toBe(name);
    expect(experiment.description).not.toBe("");
    expect(jobsOfGrid(experiment, experiment.grid)).toHaveLength(
      experiment.grid.reduce((sum, { seeds }) => sum + seeds.length, 0),
    );
  });
});

describe("jobsOfGrid", () => {
  it("lists jobs in the order of the grid, each once", () => {
    const other = { ...configuration, paths: 7 };
    const jobs = jobsOfGrid(experiment, [
      { configuration, seeds: [3, 1] },
      { configuration: other, seed: 3 },
      { configuration: { ...configuration }, seed: 1 },
    ]);
    expect(jobs.map(({ configuration: { paths }, seed }) => [paths, seed])).toEqual([
      [200, 3],
      [200, 1],
      [7, 3],
    ]);
    expect(new Set(jobs.map(({ key }) => key)).size).toBe(3);
  });

  const entry = "first-passage, entry 1 of the grid: ";
  it.each<[grid: unknown, message: string]>([
    [{ configuration, seed: 1 }, "first-passage: the grid must be a list of at least one entry, got an object with"],
    [[], "first-passage: the grid must be a list of at least one entry, got []"],
    [[7], `${entry}the fields must be configuration, seed, got 7`],
    [[null], `${entry}the fields must be configuration, seed, got null`],
    [[{ configuration }], `${entry}the fields must be configuration, seed, got configuration`],
    [[{ configuration, seeds: [1], seed: 1 }], `${entry}the fields must be configuration, seeds, got configuration, s`],
    [[{ configuration, sed: 1 }], `${entry}the fields must be configuration, seed, got configuration, sed`],
    [[{ configuration, seeds: [] }], `${entry}seeds must be a list of at least one seed, got []`],
    [[{ configuration, seeds: 3 }], `${entry}seeds must be a list of at least one seed, got 3`],
    [[{ configuration, seeds: [0, 0.5] }], `${entry}a seed must be an integer from 0 to 4294967295, got 0.5`],
    [[{ configuration, seed: 2 ** 32 }], `${entry}a seed must be an integer from 0 to 4294967295, got 4294967296`],
    [[{ configuration, seed: "1" }], `${entry}a seed must be an integer from 0 to 4294967295, got 1`],
    [
      [{ configuration: {}, seed: 1 }],
      `${entry}the fields must be learningRate, maximumSteps, normalisation, paths, st`,
    ],
    [
      [
        { configuration, seed: 1 },
        { configuration: { ...configuration, learningRate: 0 }, seed: 1 },
      ],
      "first-passage, entry 2 of the grid: learningRate must be positive and finite, got 0",
    ],
  ])("refuses %j", (grid, message) => {
    const refused = () => jobsOfGrid(experiment, grid);
    expect(refused).toThrow(InvalidArgumentError);
    expect(refused).toThrow(message);
  });
});
