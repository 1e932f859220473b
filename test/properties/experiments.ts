import {
  canonicalJson,
  experimentScale,
  ExperimentError,
  experiments as registered,
  jobKey,
  jobsOfGrid,
  parseResults,
  runExperiments,
  runInWorkers,
  runJobs,
  storedResults,
} from "flat-minima/experiments";
import * as fc from "fast-check";
import { fileURLToPath } from "node:url";
import { name, positive } from "./arguments";
import { at, badCount, badNumber, badOption, badPositive, badValues, type Corruption, empty } from "./corruptions";
import { type Entry, entry, type Registry } from "./entry";

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const badSeed = (place: string): Record<string, Corruption> => badValues(place, -1, 0.5, NaN, 2 ** 32, "1");
const tasks = fileURLToPath(new URL("../experiments/tasks.mjs", import.meta.url));

const configurations = Object.fromEntries(
  Object.entries(registered).map(([label, { grid }]) => [
    label,
    fc.constantFrom(...grid).map(({ configuration }) => configuration),
  ]),
) as Record<keyof typeof registered, fc.Arbitrary<any>>;

const validate = (label: keyof typeof registered, refuses: Record<string, Corruption>): Entry =>
  entry(
    (configuration: unknown) => registered[label].validate("aFunction", configuration),
    fc.tuple(configurations[label]),
    {
      refuses: {
        ...refuses,
        "a field more": at("0", (configuration) => ({ ...configuration, surplus: 1 })),
        "no object": at("0", () => 3),
        null: at("0", () => null),
      },
    },
  );

const firstPassage = configurations["first-passage"].map((configuration) => ({
  ...configuration,
  paths: 1,
  maximumSteps: 50,
}));
const jobs = fc.tuple(firstPassage, seed).map(([configuration, one]) => [{ configuration, seed: one }]);
const badJobs: Record<string, Corruption> = {
  ...badOption("0"),
  ...badPositive("1.*.configuration.learningRate"),
  ...badSeed("1.*.seed"),
};

export const experiments: Registry = {
  experimentScale: entry(experimentScale, fc.tuple(), {
    refuses: {},
    nothingToRefuse: "it has no argument; test/experiments/scale.test.ts tries the variable",
  }),
  canonicalJson: entry(canonicalJson, fc.tuple(fc.jsonValue()), {
    refuses: badValues("0", NaN, Infinity, undefined, 1n, new Float64Array(1), new Map(), [[NaN]], (x: number) => x),
  }),
  jobKey: entry(
    jobKey,
    fc.tuple(fc.record({ name, version: fc.nat() }), fc.record({ configuration: fc.dictionary(name, positive), seed })),
    { refuses: { ...badNumber("0.version"), ...badNumber("1.configuration"), ...badNumber("1.seed") } },
  ),
  jobsOfGrid: entry(
    (grid: unknown) => jobsOfGrid(registered["first-passage"], grid),
    fc.tuple(
      fc.array(fc.record({ configuration: configurations["first-passage"], seeds: fc.array(seed, { minLength: 1 }) }), {
        minLength: 1,
      }),
    ),
    {
      refuses: {
        ...empty("0"),
        "no list": at("0", () => 3),
        "an entry that is none": at("0.*", () => 3),
        "a field more": at("0.*", (one) => ({ ...one, surplus: 1 })),
        ...empty("0.*.seeds"),
        ...badSeed("0.*.seeds.0"),
        ...badPositive("0.*.configuration.learningRate"),
      },
      otherwiseNamed: "what is refused is named by the experiment and the entry's place in its grid",
    },
  ),
  "experiments, alignment-along-training": validate("alignment-along-training", {
    ...badOption("0.architecture"),
    ...badCount("0.width"),
    ...badCount("0.sampleCount", 2),
    ...badCount("0.inputCount"),
    ...badCount("0.batchSize"),
    ...badPositive("0.relativeLearningRate"),
    ...badCount("0.steps"),
    ...badCount("0.every"),
  }),
  "experiments, edge-of-stability": validate("edge-of-stability", {
    ...badCount("0.sampleCount"),
    ...badCount("0.dimension", 3),
    ...badPositive("0.amplitude"),
    ...badPositive("0.period"),
    ...badNumber("0.linearPart"),
    ...badCount("0.hiddenWidths.*"),
    ...badPositive("0.initializationGain"),
    ...empty("0.schedule"),
    ...badPositive("0.schedule.*.learningRate"),
    ...badCount("0.schedule.*.steps"),
    ...badCount("0.every"),
  }),
  "experiments, escape": validate("escape", {
    ...badCount("0.width"),
    ...badPositive("0.learningRate"),
    ...badCount("0.batchSize"),
    ...badCount("0.trajectories"),
    ...badCount("0.steps"),
    ...badCount("0.maximumSteps"),
  }),
  "experiments, first-passage": validate("first-passage", {
    ...badOption("0.normalisation"),
    ...badPositive("0.learningRate"),
    ...badValues("0.start", NaN, 1, -5, 100, "1"),
    ...badCount("0.paths"),
    ...badCount("0.maximumSteps"),
  }),
  "experiments, flatness-over-sizes": validate("flatness-over-sizes", {
    ...badOption("0.activation"),
    ...badCount("0.width"),
    ...badPositive("0.learningRate"),
    ...badCount("0.batchSize"),
    ...badCount("0.maximumSteps"),
    ...badCount("0.every"),
  }),
  "experiments, pac-bayes-certificate": validate("pac-bayes-certificate", {
    ...badCount("0.hiddenWidth"),
    ...badCount("0.sampleCount", 2),
    ...badOption("0.objective"),
  }),
  "experiments, sam-arrival-times": validate("sam-arrival-times", {
    ...badOption("0.spectrum"),
    ...badCount("0.dimension", 3),
    ...badValues("0.smallestEigenvalue", NaN, 0, 1),
    ...badPositive("0.gap"),
    ...badValues("0.learningRate", NaN, 0, 2),
    ...badPositive("0.perturbationRadius"),
    ...badValues("0.tolerance", NaN, 0, 1),
    ...badCount("0.trajectories"),
    ...badCount("0.maximumSteps"),
  }),
  "experiments, second-moment-threshold": validate("second-moment-threshold", {
    ...badCount("0.sampleCount"),
    ...badCount("0.dimension"),
    ...badCount("0.batchSize"),
    ...badOption("0.sampling"),
  }),
  "experiments, sharpness-and-non-uniformity": validate("sharpness-and-non-uniformity", {
    ...badOption("0.activation"),
    ...badCount("0.width"),
    ...badPositive("0.learningRate"),
    ...badCount("0.batchSize"),
    ...badCount("0.maximumSteps"),
  }),
  "experiments, univariate-relu-descent": validate("univariate-relu-descent", {
    ...badValues("0.inputs", [], [NaN], 1),
    ...badValues("0.targets", [0], [NaN]),
    ...badCount("0.width"),
    ...badPositive("0.initializationScale"),
    ...badPositive("0.learningRate"),
    ...badCount("0.steps", 0),
  }),
  "experiments, xor-one-sample-sam": validate("xor-one-sample-sam", {
    ...badOption("0.structure"),
    ...badCount("0.dimension", 2),
    ...badCount("0.sampleCount"),
    ...badCount("0.width"),
    ...badPositive("0.initializationScale"),
    ...badPositive("0.learningRate"),
    ...badValues("0.perturbationRadius", NaN, Infinity, -1),
    ...badCount("0.steps", 0),
    ...badValues("0.layerNormEpsilon", NaN, -1, 0),
    ...badCount("0.draws"),
  }),
  "experiments, xor-scenarios": validate("xor-scenarios", {
    ...badOption("0.structure"),
    ...badCount("0.dimension", 2),
    ...badCount("0.sampleCount"),
    ...badCount("0.width"),
    ...badPositive("0.initializationScale"),
    ...badCount("0.start", 0),
    ...badOption("0.batch"),
    ...badPositive("0.learningRate"),
    ...badValues("0.perturbationRadius", NaN, Infinity, -1, 0.1),
    ...badValues("0.weightDecay", NaN, Infinity, -1),
    ...empty("0.checkpoints"),
    ...badCount("0.checkpoints.*", 0),
    ...badValues("0.layerNormEpsilon", NaN, -1, 0),
  }),
  ExperimentError: entry(
    (label: string, job: any, cause: Error) => new ExperimentError(label, job, cause),
    fc.tuple(
      name,
      fc.record({ configuration: fc.dictionary(name, positive), seed }),
      name.map((text) => new Error(text)),
    ),
    { refuses: badNumber("1.configuration") },
  ),
  runJobs: entry(
    (...args: any[]) => runJobs(args[0], args[1], args[2]),
    fc.tuple(fc.constant("first-passage"), jobs, fc.constant({ workers: 1 })) as fc.Arbitrary<any[]>,
    {
      refuses: { ...badJobs, ...badCount("2.workers") },
      otherwiseNamed: "a configuration is refused in the name of its experiment",
      unrepeatable: "the seconds that a job took are told with its result",
      runs: 1,
    },
  ),
  runExperiments: entry(
    (...args: any[]) => runExperiments(args[0], args[1], args[2]),
    fc.tuple(fc.constant("first-passage"), jobs, fc.constant({ workers: 1 })) as fc.Arbitrary<any[]>,
    {
      refuses: { ...badJobs, ...badCount("2.workers"), ...badOption("2.ifStopped"), ...empty("1") },
      otherwiseNamed: "a configuration is refused in the name of its experiment",
      runs: 1,
    },
  ),
  runInWorkers: entry(
    (file: string, list: readonly unknown[], options: { workers: number }) => runInWorkers(file, list, options),
    fc.tuple(fc.constant(tasks), fc.constant([]), fc.record({ workers: fc.constant(2) })),
    {
      refuses: { ...badCount("2.workers"), ...badValues("0", "tasks.mjs", "/no/such/file.mjs") },
    },
  ),
  parseResults: entry(parseResults, fc.tuple(fc.constantFrom("", '{"key": "00", "resu')), {
    refuses: {},
    nothingToRefuse: "a damaged line is an Error with its number, since it is a file's and not an argument's fault",
  }),
  storedResults: entry(storedResults, fc.tuple(fc.constant("first-passage" as const)), {
    refuses: {},
    nothingToRefuse: "without a file, or with a damaged one, it is an Error that says what to do",
    runs: 1,
  }),
};
