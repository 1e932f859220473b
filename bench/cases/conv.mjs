import { tensorCrossEntropyLoss, tensorRisk, trainTensorNetwork, useTensorBackend, vgg } from "flat-minima/tensor";
import { concatenated, uniform } from "../problem.mjs";

const batchSize = 64;
const checkedSteps = 3;
const learningRate = 1e-4;

/** @param {string} name "conv", by TensorFlow's C library, or "conv-wasm" */
export async function contestant(name) {
  await useTensorBackend(name === "conv" ? "tensorflow" : "wasm");
  const network = vgg({ imageShape: [32, 32, 3], widths: [32, 64, 128], outputCount: 10 });
  const parts = network.layouts.flatMap(({ inputs, outputs }, k) => [
    uniform(10 + 2 * k, inputs * outputs, Math.sqrt(6 / inputs)),
    uniform(11 + 2 * k, outputs, 0.1),
  ]);
  const inputs = { rows: batchSize, cols: 3072, data: uniform(1, batchSize * 3072, Math.sqrt(3)) };
  const targets = { rows: batchSize, cols: 10, data: new Float64Array(batchSize * 10) };
  for (let i = 0; i < batchSize; i++) targets.data[i * 10 + (i % 10)] = 1;
  const risk = tensorRisk({ network, loss: tensorCrossEntropyLoss, inputs, targets });
  /** The whole of it: the batch goes in, the loss and the gradient come out, the parameters are moved. */
  const train = (/** @type {Float64Array} */ theta, /** @type {number} */ steps) =>
    trainTensorNetwork(risk, theta, { steps, learningRate });
  let { parameters } = await train(concatenated(parts), checkedSteps);
  const { loss } = await risk.evaluate(parameters);
  const run = async () => {
    ({ parameters } = await train(parameters, 1));
  };
  return { check: [loss], quantities: { step: { run, asynchronous: true, units: 1 } } };
}
