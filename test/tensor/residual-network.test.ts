import { frobeniusNorm, randomStream } from "flat-minima/core";
import { initialParameters } from "flat-minima/models";
import { type ImageShape, residualNetwork, tensorOutputs } from "flat-minima/tensor";
import { describe, expect, it } from "vitest";
import { onEveryBackend } from "./backends";
import { agreesWithLoops, noiseImages } from "./image-networks";
import { naiveResidualNetwork } from "./naive-networks";

onEveryBackend(() => {
  // Sides 7 and 6: half of an odd side is rounded up, and an even one is padded on one side only.
  const options = { imageShape: [7, 6, 2] as ImageShape, widths: [3, 4], depth: 2, outputCount: 3 };
  describe.each([
    ["with its default factor", {}, 0.5], // of four blocks
    ["with the factor 1", { branchFactor: 1 }, 1],
  ])("%s", (_, more, branchFactor) => {
    const network = residualNetwork({ ...options, ...more });
    agreesWithLoops(network, (theta, pixels) => naiveResidualNetwork(theta, pixels, { ...options, branchFactor }));
  });

  it("keeps the size of the signal whatever the depth", async () => {
    const sizeAt = async (depth: number, branchFactor?: number) => {
      const network = residualNetwork({ imageShape: [8, 8, 3], widths: [8], depth, outputCount: 10, branchFactor });
      const theta = initialParameters(network, randomStream(1, "depth"), { scheme: "He" });
      return frobeniusNorm(await tensorOutputs(network, theta, noiseImages(network, 4).inputs));
    };
    const shallow = await sizeAt(1);
    // Behind W₁ and its ReLU the mean square is that of x, and behind W₂, by He's 2, twice that: x + s·branch has 1 + 2s²
    // times the mean square of x, and a ReLU takes away. That is e² for s² = 1/L, e for norms; 3 for one draw.
    expect(await sizeAt(32)).toBeLessThan(3 * Math.E * shallow);
    // With s = 1 the ReLU, where x ≥ 0 and the branch is symmetric, leaves at least half of 3: 1.5^(31/2) = 536.
    expect(await sizeAt(32, 1)).toBeGreaterThan((536 / 3) * shallow);
  });
});

describe("residualNetwork", () => {
  it("counts its parameters", () => {
    const network = residualNetwork({ imageShape: [32, 32, 3], widths: [16, 32, 64], depth: 3, outputCount: 10 });
    // As published, without what batch normalisation has: 20 layers and 2 convolutions 1 × 1.
    const stage = (w: number) => 6 * (9 * w * w + w);
    const shortcuts = 16 * 32 + 32 + 32 * 64 + 64;
    const narrower = 9 * 32 * 16 + 9 * 64 * 32; // the first convolutions of the second and third stage get half as many
    expect(network.parameterCount).toBe(
      9 * 3 * 16 + 16 + stage(16) + stage(32) + stage(64) - narrower + shortcuts + 64 * 10 + 10,
    );
    expect(network.layouts.length).toBe(1 + 18 + 2 + 1);
  });

  it("names bad arguments", () => {
    const options = { imageShape: [8, 8, 1] as ImageShape, widths: [2], outputCount: 1 };
    expect(() => residualNetwork({ ...options, branchFactor: 0 })).toThrow(
      "residualNetwork: branchFactor must be positive and finite, got 0",
    );
    expect(() => residualNetwork({ ...options, depth: 1.5 })).toThrow(
      "residualNetwork: depth must be a positive integer, got 1.5",
    );
    expect(() => residualNetwork({ ...options, widths: [] })).toThrow("residualNetwork: widths must have an entry");
  });
});
