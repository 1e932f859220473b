import { randomStream } from "flat-minima/core";
import { drawnDigits } from "flat-minima/data";
import { describe, expect, it } from "vitest";
import { DIGIT_STROKES, distanceToStroke, type Point, type Stroke } from "../../lib/data/digit-strokes";

const PIECES = 2000;

/** Points along a stroke, by its parametrisation; neighbours are at most length/PIECES apart. */
function along(stroke: Stroke): { points: Point[]; length: number } {
  const parts = Array.from({ length: PIECES + 1 }, (_, k) => k / PIECES);
  if ("from" in stroke) {
    const { from, to } = stroke;
    const points = parts.map((t): Point => [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
    return { points, length: Math.hypot(to[0] - from[0], to[1] - from[1]) };
  }
  const { center, radius, side } = stroke;
  const middle = Math.atan2(side[1], side[0]);
  const points = parts.map((t): Point => {
    const angle = middle + (t - 0.5) * Math.PI;
    return [center[0] + radius * Math.cos(angle), center[1] + radius * Math.sin(angle)];
  });
  return { points, length: Math.PI * radius };
}

describe("the strokes", () => {
  const strokes = DIGIT_STROKES.flat();

  it("lie in their box, and each digit touches top and bottom", () => {
    expect(DIGIT_STROKES).toHaveLength(10);
    for (const digit of DIGIT_STROKES) {
      const points = digit.flatMap((stroke) => along(stroke).points);
      const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
      expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...xs)).toBeLessThanOrEqual(4);
      for (const [end, expected] of [
        [Math.min(...ys), 0],
        [Math.max(...ys), 5],
      ]) {
        expect(Math.abs(end - expected)).toBeLessThan(1e-5); // the cosine of half a piece of a half circle
      }
    }
  });

  it("are as far away as their nearest point", () => {
    const stream = randomStream(1);
    for (const stroke of strokes) {
      const { points, length } = along(stroke);
      for (let trial = 0; trial < 40; trial++) {
        const [x, y] = [8 * stream.uniform() - 2, 9 * stream.uniform() - 2];
        const nearest = Math.min(...points.map(([px, py]) => Math.hypot(px - x, py - y)));
        const difference = nearest - distanceToStroke([x, y], stroke);
        expect(difference).toBeGreaterThan(-1e-12);
        expect(difference).toBeLessThanOrEqual(length / PIECES);
      }
    }
  });
});

describe("drawnDigits", () => {
  const sampleCount = 2000;
  const { images, labels, classNames, height, width } = drawnDigits({ sampleCount, stream: randomStream(2) });
  const image = (data: Float64Array, i: number): Float64Array => data.subarray(64 * i, 64 * (i + 1));

  it("gives grey images of 8 × 8 of ten classes", () => {
    expect([images.rows, images.cols, height, width, labels.length]).toEqual([sampleCount, 64, 8, 8, sampleCount]);
    expect(classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(images.data.every((grey) => grey >= 0 && grey <= 1)).toBe(true);
    const counts = new Array<number>(10).fill(0);
    labels.forEach((label) => counts[label]++);
    // Binomial with mean 200 and variance 180.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(180));
  });

  it("draws without noise what the strokes say: shift and thickness can be read off", () => {
    const clean = drawnDigits({ sampleCount: 300, noise: 0, stream: randomStream(3) });
    const centres: number[] = [];
    for (let i = 0; i < 300; i++) {
      if (clean.labels[i] !== 1) continue;
      // Row 5 crosses the long line alone, at x = 4 ± ¾. The greys along it sum to the pen's thickness, since t/2 + ½ − r,
      // cut off, is the overlap of two intervals of lengths t and 1.
      const row = Array.from(image(clean.images.data, i).subarray(40, 48));
      const thickness = row.reduce((a, b) => a + b);
      expect(thickness).toBeGreaterThan(0.8 - 1e-12);
      expect(thickness).toBeLessThan(1.6 + 1e-12);
      centres.push(row.reduce((total, grey, c) => total + grey * (c + 0.5), 0) / thickness);
    }
    expect(centres.length).toBeGreaterThan(10);
    // The mean of the pixels' centres is off the line's by at most half a pixel.
    for (const centre of centres) expect(Math.abs(centre - 4)).toBeLessThanOrEqual(0.75 + 0.5);
    expect(Math.max(...centres) - Math.min(...centres)).toBeGreaterThan(1);
  });

  it("adds noise of the given size, cut off at black and white", () => {
    const options = { sampleCount: 200, stream: randomStream(4) };
    const noise = 0.2;
    const clean = drawnDigits({ ...options, noise: 0 });
    const noisy = drawnDigits({ ...options, stream: randomStream(4), noise });
    expect(noisy.labels).toEqual(clean.labels);
    // On background, max(0, σg) has mean σ/√(2π) and variance σ²(½ − 1/(2π)).
    const background = Array.from(noisy.images.data).filter((_, p) => clean.images.data[p] === 0);
    const mean = background.reduce((sum, grey) => sum + grey, 0) / background.length;
    const deviation = noise * Math.sqrt(0.5 - 1 / (2 * Math.PI));
    expect(background.length).toBeGreaterThan(3000);
    // Cutting off at 1, five deviations away, changes the mean by less than 1e-7.
    const allowed = (5 * deviation) / Math.sqrt(background.length) + 1e-7;
    expect(Math.abs(mean - noise / Math.sqrt(2 * Math.PI))).toBeLessThan(allowed);
  });

  it("draws digits that can be told apart, no two alike", () => {
    // The class of the nearest of 1000 other images. Guessing is right in 1 of 10.
    let right = 0;
    for (let i = 1000; i < 1400; i++) {
      let [nearest, best] = [Infinity, -1];
      for (let j = 0; j < 1000; j++) {
        const other = image(images.data, j);
        const squares = image(images.data, i).reduce((sum, grey, p) => sum + (grey - other[p]) ** 2, 0);
        if (squares < nearest) [nearest, best] = [squares, labels[j]];
      }
      if (best === labels[i]) right++;
      expect(nearest).toBeGreaterThan(0);
    }
    expect(right).toBeGreaterThan(360);
  });

  it("draws the same from the same stream", () => {
    const again = drawnDigits({ sampleCount, stream: randomStream(2) });
    expect([again.images, again.labels]).toEqual([images, labels]);
    expect(drawnDigits({ sampleCount, stream: randomStream(5) }).labels).not.toEqual(labels);
  });

  it("refuses bad input", () => {
    const stream = randomStream(1);
    expect(() => drawnDigits({ sampleCount: 0, stream })).toThrow(
      "drawnDigits: sampleCount must be a positive integer, got 0",
    );
    for (const noise of [-1, NaN, Infinity]) {
      expect(() => drawnDigits({ sampleCount: 1, stream, noise })).toThrow(
        `drawnDigits: noise must be finite and not negative, got ${noise}`,
      );
    }
  });
});
