import {
  drawnDigits,
  fashionMnistSample,
  gaussianInputs,
  gaussianMixture,
  hypercubeXor,
  readCifarBinary,
  readIdxImages,
  readIdxLabels,
  readNpy,
  regressionSamples,
  uniformSphere,
  writeNpy,
} from "flat-minima/data";
import * as fc from "fast-check";
import { positive, size, stream, vector } from "./arguments";
import {
  at,
  badCount,
  badEntries,
  badNonNegative,
  badOption,
  badPositive,
  badValues,
  badVector,
  type Corruption,
  empty,
} from "./corruptions";
import { dataImages } from "./data-images";
import { dataLabels } from "./data-labels";
import { entry, type Registry } from "./entry";

const bytesOf = (magic: number, sizes: readonly number[], content: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, magic, ...sizes.flatMap((count) => [0, 0, 0, count]), ...content]);
const images = fc
  .tuple(size, size, size)
  .chain(([n, h, w]) =>
    fc
      .array(fc.nat(255), { minLength: n * h * w, maxLength: n * h * w })
      .map((content): [Uint8Array] => [bytesOf(3, [n, h, w], content)]),
  );
const labels = fc
  .array(fc.nat(9), { minLength: 1, maxLength: 5 })
  .map((content): [Uint8Array, number] => [bytesOf(1, [content.length], content), 10]);
const badFile: Record<string, Corruption> = {
  ...empty("0"),
  "a byte missing": at("0", (bytes: Uint8Array) => bytes.slice(0, -1)),
  "a byte too many": at("0", (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])),
  "another magic number": at("0.3", () => 7),
  "a size of 0": at("0.7", () => 0),
  "a damaged gzip": at("0", () => Uint8Array.of(0x1f, 0x8b, 1, 2, 3)),
};

const npyArray = fc
  .tuple(size, size)
  .chain(([rows, cols]) => vector(rows * cols).map((entries) => ({ shape: [rows, cols], data: entries })));

export const data: Registry = {
  ...dataImages,
  ...dataLabels,
  gaussianInputs: entry(
    gaussianInputs,
    size.chain((dimension) =>
      fc.tuple(
        fc.record({
          sampleCount: size,
          dimension: fc.constant(dimension),
          stream,
          variances: vector(dimension, positive),
        }),
      ),
    ),
    {
      refuses: {
        ...badCount("0.sampleCount"),
        ...badCount("0.dimension"),
        ...badVector("0.variances"),
        ...badValues("0.variances.*", -1),
      },
    },
  ),
  uniformSphere: entry(
    uniformSphere,
    fc.tuple(fc.record({ sampleCount: size, dimension: size, stream, radius: positive })),
    {
      refuses: { ...badCount("0.sampleCount"), ...badCount("0.dimension"), ...badPositive("0.radius") },
    },
  ),
  hypercubeXor: entry(
    hypercubeXor,
    fc.tuple(fc.record({ sampleCount: size, dimension: fc.integer({ min: 2, max: 5 }), stream })),
    { refuses: { ...badCount("0.sampleCount"), ...badCount("0.dimension", 2) } },
  ),
  gaussianMixture: entry(
    gaussianMixture,
    fc.tuple(
      fc.record({
        sampleCount: size,
        mean: size.chain((d) => vector(d)),
        flipProbability: fc.constantFrom(0, 0.2, 1),
        stream,
      }),
    ),
    {
      refuses: {
        ...badCount("0.sampleCount"),
        ...badEntries("0.mean"),
        ...empty("0.mean"),
        ...badValues("0.flipProbability", NaN, -0.1, 1.1),
      },
    },
  ),
  regressionSamples: entry(
    regressionSamples,
    fc.tuple(
      fc.record({
        targetFunction: fc.constant((x: number) => x * x),
        sampleCount: fc.integer({ min: 2, max: 5 }),
        low: fc.constant(-1),
        high: fc.constant(2),
        spacing: fc.constantFrom("grid", "uniform" as const),
        noise: positive,
        stream,
      }),
    ),
    {
      refuses: {
        ...badCount("0.sampleCount"),
        ...badValues("0.low", NaN, -Infinity, 2, 3),
        ...badValues("0.high", NaN, Infinity, -1),
        ...badNonNegative("0.noise"),
        ...badOption("0.spacing"),
        ...badValues("0.stream", undefined),
        "a grid of one point": at("0", (options) => ({ ...options, spacing: "grid", sampleCount: 1 })),
      },
      refusesInUse: { "a function that gives NaN": at("0.targetFunction", () => () => NaN) },
    },
  ),
  drawnDigits: entry(drawnDigits, fc.tuple(fc.record({ sampleCount: size, stream, noise: positive })), {
    refuses: { ...badCount("0.sampleCount"), ...badNonNegative("0.noise") },
  }),
  readIdxImages: entry(readIdxImages, images, { refuses: badFile }),
  readIdxLabels: entry(readIdxLabels, labels, {
    refuses: { ...badFile, ...badCount("1"), "a label out of range": at("0.8", () => 10) },
  }),
  readNpy: entry(
    readNpy,
    npyArray.map((array): [Uint8Array] => [writeNpy(array)]),
    {
      refuses: {
        ...empty("0"),
        "a byte missing": at("0", (bytes: Uint8Array) => bytes.slice(0, -1)),
        "an entry more": at("0", (bytes: Uint8Array) => Uint8Array.of(...bytes, 0, 0, 0, 0, 0, 0, 0, 0)),
        "a wrong first byte": at("0.0", () => 0),
      },
    },
  ),
  writeNpy: entry(
    writeNpy,
    npyArray.map((array) => [array] as const),
    { refuses: { ...badVector("0.data"), ...badCount("0.shape.0") } },
  ),
  readCifarBinary: entry(
    readCifarBinary,
    fc.integer({ min: 1, max: 2 }).map((count): [Uint8Array] => [new Uint8Array(3073 * count).fill(7)]),
    {
      refuses: {
        ...empty("0"),
        "a byte missing": at("0", (bytes: Uint8Array) => bytes.slice(0, -1)),
        "a label out of range": at("0.0", () => 10),
      },
      runs: 5,
    },
  ),
  fashionMnistSample: entry(fashionMnistSample, fc.tuple(), {
    refuses: {},
    nothingToRefuse: "its one argument is a folder, and a file that is not there is an Error with its name",
    runs: 1,
  }),
};
