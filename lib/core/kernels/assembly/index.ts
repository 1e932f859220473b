// The WebAssembly of ../workspace.ts, in AssemblyScript: `npm run build-kernels` compiles it into ../module.ts.
// Pointers are bytes from the start of the memory; lengths are numbers of doubles.
export { multiply, multiplyTransposedA } from "./product";
export { multiplyTransposedB } from "./dot-products";
export { activate, activationCurvature, activationSlope, addToRows, multiplyEntries, sumRows } from "./entries";
