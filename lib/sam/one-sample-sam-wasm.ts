import { compile, fitsInMemory, openMemory } from "../core/kernels/wasm";
import { WASM_BASE64 } from "./one-sample-sam-module";
import { CHUNK, type OneSampleLoop, type OneSampleRule, type OneSampleSizes } from "./one-sample-sam-plain";

/** The one function of assembly/one-sample-sam.ts, arguments in its order. */
interface Code {
  readonly advance: (count: number, width: number, dimension: number, ...pointersAndRule: number[]) => number;
}

/** Why there can be no loop of these sizes in WebAssembly here; undefined if there can. */
export function wasmRefusal(sizes: OneSampleSizes): string | undefined {
  const code = compile(WASM_BASE64);
  if ("refused" in code) return code.refused;
  const doubles = sum(lengthsOf(sizes));
  return fitsInMemory(doubles) ? undefined : `its 4 GiB cannot hold ${doubles} numbers`;
}

/** The loop in WebAssembly, over arrays in a memory of its own; only where there is no {@link wasmRefusal}. */
export function wasmOneSampleLoop(sizes: OneSampleSizes, rule: OneSampleRule): OneSampleLoop {
  const code = compile(WASM_BASE64);
  if ("refused" in code) throw new Error(`oneSampleSam: ${code.refused}`);
  const lengths = lengthsOf(sizes);
  const memory = openMemory(sum(lengths));
  const arrays = lengths.map((length) => memory.allocate(length));
  const [indices, inputs, squaredNorms, targets, weights, outputWeights] = arrays;

  const { width, dimension } = sizes;
  const { learningRate, shrinkage, perturbationRadius, lossSlope, layerNormEpsilon } = rule;
  const pointers = arrays.map((array) => memory.pointer(array, "oneSampleSam"));
  const numbers = [learningRate, shrinkage, perturbationRadius, lossSlope, layerNormEpsilon];
  const { advance } = memory.instantiate(code.module) as Code;
  return {
    inputs,
    squaredNorms,
    targets,
    weights,
    outputWeights,
    indices: new Int32Array(indices.buffer, indices.byteOffset, CHUNK),
    advance: (count) => advance(count, width, dimension, ...pointers, ...numbers),
  };
}

/** The lengths of the code's arrays in doubles, in the order of its arguments. */
function lengthsOf({ sampleCount, width, dimension }: OneSampleSizes): number[] {
  const [indices, inputs, weights] = [CHUNK / 2, sampleCount * dimension, width * dimension];
  const [preActivations, derivatives, active] = [width, width, width / 2 + 1];
  return [indices, inputs, sampleCount, sampleCount, weights, width, preActivations, derivatives, active];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
