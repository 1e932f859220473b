export { type LabelledImages, fashionMnistSample } from "./fashion-mnist-sample";
export { type IdxImages, type IdxLabels, readIdxImages, readIdxLabels } from "./idx";
