import * as tf from "@tensorflow/tfjs-core";
import { norm, randomStream, subtract } from "flat-minima/core";
import { empiricalRisk } from "flat-minima/models";
import { gramMatrix, hessianVectorProduct, registerExactGradients } from "flat-minima/tensor";
import { beforeAll, describe, expect, it } from "vitest";
import { onEveryBackend, ROUNDING } from "./backends";
import { cases } from "./networks";

/**
 * In a sum of m terms of random sign, m roundings of random sign add up to about one rounding of the sum's own size. A
 * gradient takes two products a layer and three of them one after the other in a Hessian's product, with an activation behind
 * each: at most 2 · 3 · 4 = 24 roundings for the four layers of the deepest net, should all go one way, and some for the
 * loss. (Measured: 4 at most.)
 */
const TOLERANCE = 32 * ROUNDING;

onEveryBackend(() => {
  beforeAll(registerExactGradients);

  describe.each(Object.entries(cases))("%s", (_, { twins, loss, tensorLoss, inputs, targets, theta }) => {
    const evaluation = empiricalRisk({ network: twins.core, loss, inputs, targets }).at(theta);
    const tensorRisk = (point: tf.Tensor1D) => {
      const X = tf.tensor2d(Float32Array.from(inputs.data), [inputs.rows, inputs.cols]);
      const y = tf.tensor2d(Float32Array.from(targets.data), [targets.rows, targets.cols]);
      return tensorLoss(twins.tensor(point, X), y);
    };
    const point = Float32Array.from(theta);

    it("has the loss of the float64 core", () => {
      const [value] = tf.tidy(() => tensorRisk(tf.tensor1d(point)).dataSync());
      expect(Math.abs(value - evaluation.loss)).toBeLessThan(TOLERANCE * evaluation.loss);
    });

    it("has the gradient of the float64 core", () => {
      const gradient = tf.tidy(() =>
        tf
          .grad(tensorRisk as never)(tf.tensor1d(point))
          .dataSync(),
      );
      const expected = evaluation.gradient();
      expect(norm(expected.map((entry, k) => gradient[k] - entry))).toBeLessThan(TOLERANCE * norm(expected));
    });

    it("has the Hessian-vector products of the float64 core", () => {
      const v = randomStream(3, "direction").normals(theta.length);
      const product = hessianVectorProduct(tensorRisk, theta, v);
      const expected = evaluation.hessianVectorProduct(v);
      expect(norm(expected.map((entry, k) => product[k] - entry))).toBeLessThan(TOLERANCE * norm(expected));
      // Not those of the Gauss–Newton matrix, which lacks the second derivatives of the network.
      const gaussNewton = evaluation.gaussNewtonVectorProduct(v);
      expect(norm(expected.map((entry, k) => gaussNewton[k] - entry))).toBeGreaterThan(0.01 * norm(expected));
    });

    it("has the Gram matrix of the float64 core, whatever the chunks", async () => {
      const before = tf.memory().numTensors;
      const expected = evaluation.gramMatrix();
      for (const chunkSize of [inputs.rows, 4, 1]) {
        const K = await gramMatrix(twins.tensor, theta, inputs, { chunkSize });
        expect(norm(subtract(K, expected).data)).toBeLessThan(TOLERANCE * norm(expected.data));
      }
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
