// node smoke-test.mjs FOLDER: computes a filter gradient by the installation in the folder, and exits with 0 if it is right.
import { createRequire } from "node:module";
import { registerTensorflow } from "../../lib/dist/tensor/tensorflow-backend.js";

const [, , folder = ""] = process.argv;
const tf = createRequire(import.meta.url)("@tensorflow/tfjs-core");

const description = registerTensorflow(folder);
if (!(await tf.setBackend("tensorflow"))) throw new Error("the backend did not start");
// The gradient by the filter of the sum of all outputs of a valid 2×2 convolution: the sums of the image's corners. The
// kernel itself, for TensorFlow.js registers no gradients of its own in Node.
const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
const settings = { strides: 1, pad: "valid", dataFormat: "NHWC", filterShape: [2, 2, 1, 1] };
const gradient = tf.engine().runKernel("Conv2DBackpropFilter", { x, dy: tf.ones([1, 2, 2, 1]) }, settings);
const found = gradient.dataSync().join();
if (found !== "12,16,24,28") throw new Error(`the filter gradient is ${found}, not 12,16,24,28`);
console.log(description);
