// What `npm run install-tensorflow` fetches: exact files, from the registries' own hosts, with their hashes.

/** The version of TensorFlow whose C library is installed. */
export const tensorflowVersion = "2.21.0";

/**
 * A file to fetch.
 *
 * @typedef {object} Download
 * @property {string} url
 * @property {number} size in bytes
 * @property {string} sha256 in hexadecimal digits
 */

/**
 * A wheel, and what is taken out of it: names of members, or patterns, each of which must match one at least.
 *
 * @typedef {Download & { take: (string | RegExp)[] }} Wheel
 */

/**
 * An npm package, which is unpacked into a folder.
 *
 * @typedef {Download & { into: string }} Package
 */

/**
 * @typedef {object} Plan
 * @property {string} version of TensorFlow
 * @property {"cpu" | "gpu"} kind
 * @property {Wheel[]} wheels
 * @property {Package[]} packages
 * @property {number} installedSize in bytes, of all that is there in the end
 */

/** All that tfjs-node's two C++ files include, found by `g++ -MM`. */
const headers = [
  "tensorflow/c/c_api.h",
  "tensorflow/c/c_api_macros.h",
  "tensorflow/c/eager/c_api.h",
  "tensorflow/c/tf_attrtype.h",
  "tensorflow/c/tf_buffer.h",
  "tensorflow/c/tf_datatype.h",
  "tensorflow/c/tf_status.h",
  "tensorflow/c/tf_tensor.h",
  "tensorflow/c/tf_tstring.h",
  "tensorflow/core/platform/ctstring.h",
  "tensorflow/core/platform/ctstring_internal.h",
  "tsl/platform/ctstring.h",
  "tsl/platform/ctstring_internal.h",
  "xla/tsl/c/tsl_status.h",
].map((name) => `tensorflow/include/${name}`);

const libraries = ["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"];

/** @param {string} path */
const pypi = (path) => `https://files.pythonhosted.org/packages/${path}`;
/** @param {string} path */
const npm = (path) => `https://registry.npmjs.org/${path}`;

// The libraries are the same in the wheels for every version of Python.
/** @type {Wheel} */
const cpuWheel = {
  url: pypi(
    "59/03/9a99555a762de8cd4a405efbd39a732d926d8e58791441889560b7675b3e/tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
  ),
  size: 273829956,
  sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  take: [...libraries, ...headers],
};

/** @type {Wheel} */
const gpuWheel = {
  url: pypi(
    "26/a1/23b9b39c046c723db63a1c2c93397703efa3400a36f98d9c717b473aafb8/tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
  ),
  size: 572440367,
  sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
  take: [...libraries, ...headers],
};

// The oldest versions that tensorflow[and-cuda] 2.21.0 takes, those of CUDA 12.5, which it was built with.
const cudaWheels = /** @type {[string, number, string][]} */ ([
  [
    "f9/43/a5365b345c989d9f7de2f2406e59b4a792ba3541b5d47edda5031b2730a6/nvidia_cublas_cu12-12.5.3.2-py3-none-manylinux2014_x86_64.whl",
    363313169,
    "ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b",
  ],
  [
    "3a/64/81515a1b5872dc0fc817deaec2bdba160dc50188e0d53b907d10c6e6d568/nvidia_cuda_cupti_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl",
    13811507,
    "bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953",
  ],
  [
    "44/cc/36363057676e6140d0bdb07fa6df5419b68203c5cba8c412b5600fd0d105/nvidia_cuda_nvcc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl",
    22468537,
    "b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0",
  ],
  [
    "19/d1/342c2bcf6172db65fcbd9102f9941876e730d98977e69c00df85940fa8ce/nvidia_cuda_nvrtc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl",
    24873108,
    "3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd",
  ],
  [
    "71/05/80f3fe49e9905570bc27aea9493baa1891c3780a7fc4e1f872c7902df066/nvidia_cuda_runtime_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl",
    895707,
    "3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115",
  ],
  [
    "8e/56/bb5c08a8d401fc1b21a10e9c58907e70e8f18bdfca34b7ecfb87bbcdad63/nvidia_cudnn_cu12-9.3.0.75-py3-none-manylinux2014_x86_64.whl",
    577163502,
    "9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d",
  ],
  [
    "e4/85/f18c88f63489cdced17b06d3b627adca8add7d7b8cce8c11213e93a902b4/nvidia_cufft_cu12-11.2.3.61-py3-none-manylinux2014_x86_64.whl",
    192524114,
    "9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8",
  ],
  [
    "f8/ce/cc6daf7820804ee7f11a0352a1f0fd59cec5f12e904f5bbaee6d928ffdaf/nvidia_curand_cu12-10.3.6.82-py3-none-manylinux2014_x86_64.whl",
    56309107,
    "2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536",
  ],
  [
    "33/73/57fbf55b3f378a73faecde397a0927ea205b458f06573dfb191b7d9fd1d3/nvidia_cusolver_cu12-11.6.3.83-py3-none-manylinux2014_x86_64.whl",
    130341232,
    "93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b",
  ],
  [
    "b3/29/03726191334fa523d9654e3dacca5cc152f24bb9fa1a5721e4dddac7a8c5/nvidia_cusparse_cu12-12.5.1.3-py3-none-manylinux2014_x86_64.whl",
    217558979,
    "016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752",
  ],
  [
    "c4/cb/2cf5b8e6a669c90ac6410c3a9d86881308492765b6744de5d0ce75089999/nvidia_nccl_cu12-2.27.7-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    322546339,
    "de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa",
  ],
  [
    "75/bc/e0d0dbb85246a086ab14839979039647bce501d8c661a159b8b019d987b7/nvidia_nvjitlink_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl",
    21298879,
    "f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212",
  ],
]).map(([path, size, sha256]) => ({
  url: pypi(path),
  size,
  sha256,
  // The libraries, and from the compiler's wheel the assembler and the device library, which XLA asks for.
  take: [
    /cuda_nvcc/.test(path) ? /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/.*)$/ : /^nvidia\/\w+\/lib\/.*\.so/,
  ],
}));

/** The JavaScript side and the binding's sources, what they require, and Node's headers. */
/** @type {Package[]} */
const packages = [
  {
    url: npm("@tensorflow/tfjs-node-gpu/-/tfjs-node-gpu-4.22.0.tgz"),
    size: 223379,
    sha256: "afd5599ee1662e732c00a0ad1f52a3d001bdc118a1f44bd592a0a0ebf2daa4c7",
    into: "node_modules/@tensorflow/tfjs-node-gpu",
  },
  {
    url: npm("google-protobuf/-/google-protobuf-3.21.4.tgz"),
    size: 68046,
    sha256: "38299bb1802ce06900ea2e43650aded8393cd6a00012ed97ffc716eeab1e1091",
    into: "node_modules/google-protobuf",
  },
  {
    url: npm("node-api-headers/-/node-api-headers-1.9.0.tgz"),
    size: 16974,
    sha256: "6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19",
    into: "node_modules/node-api-headers",
  },
];

/**
 * @param {"cpu" | "gpu"} kind
 * @returns {Plan}
 */
export function pinned(kind) {
  const gpu = kind === "gpu";
  return {
    version: tensorflowVersion,
    kind,
    wheels: gpu ? [gpuWheel, ...cudaWheels] : [cpuWheel],
    packages,
    // Measured.
    installedSize: gpu ? 4.3e9 : 0.87e9,
  };
}
