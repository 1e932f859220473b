// What `npm run bench` measures and what is asked of it. Our side of a case is in cases/, the peers' in peers/.

/**
 * @typedef {object} Peer
 * @property {string} name a key of {@link labels}
 * @property {number} [atMost] what ours ÷ the peer's must not exceed
 * @property {number} [aim] what it had better not exceed
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} title
 * @property {string} module in cases/
 * @property {Peer[]} peers
 * @property {[string, string]} [quotient] the case is about a time divided by another, and not about the one time
 * @property {number} [atMost] what our own quotient must not exceed
 * @property {number} [rounds] how many are enough, where one takes long
 * @property {number} [agreement] how far apart the sides' checks may be, of what they are (default 1e-8)
 */

export const labels = /** @type {Readonly<Record<string, string>>} */ ({
  ours: "flat-minima",
  torch: "PyTorch eager",
  "torch-channels-last": "PyTorch eager, channels last",
  "torch-lean": "PyTorch eager, by hand",
  jax: "JAX jit",
  "jax-loop": "JAX jit, many steps a call",
  curvlinops: "curvlinops",
  pyhessian: "PyHessian",
  numpy: "NumPy",
  eigsh: "curvlinops, eigsh",
  "eigsh-1e-8": "curvlinops, eigsh to 1e-8",
  "eigsh-1e-8-lean": "curvlinops, eigsh to 1e-8, SciPy on 1 thread",
});

/** @type {readonly Case[]} */
export const cases = [
  {
    name: "sam-100",
    title: "1-SAM step, d = 30, m = 100",
    module: "sam",
    peers: steps({ atMost: 1 / 6, aim: 1 / 8 }, { atMost: 1 / 250 }),
  },
  {
    name: "sam-500",
    title: "1-SAM step, d = 30, m = 500",
    module: "sam",
    peers: steps({ atMost: 1 / 3, aim: 1 / 5 }),
  },
  {
    name: "sgd-small",
    title: "SGD step, B = 5, tanh 6-40-40-40-1",
    module: "sgd",
    peers: steps({ atMost: 1.5, aim: 1 }),
  },
  {
    name: "gd-small",
    title: "GD step, tanh 6-40-40-40-1, n = 200",
    module: "gd",
    peers: steps({ atMost: 1.5, aim: 1 }),
  },
  { name: "gd-large", title: "GD step, tanh 400-400-200-1, n = 1000", module: "gd", peers: steps({ atMost: 1.2 }) },
  {
    name: "hvp",
    title: "HVP ÷ gradient, tanh 100-200-200-1, n = 1000",
    module: "hvp",
    quotient: ["product", "gradient"],
    atMost: 2,
    peers: ["jax", "torch", "curvlinops", "pyhessian"].map((name) => ({ name })),
  },
  {
    name: "top-eigenpairs",
    title: "5 top eigenpairs of the Hessian to 1e-8, tanh 100-200-200-1, n = 1000",
    module: "top-eigenpairs",
    peers: [{ name: "eigsh" }, { name: "eigsh-1e-8", atMost: 1 / 5, aim: 1 / 10 }, { name: "eigsh-1e-8-lean" }],
    rounds: 3,
  },
  {
    name: "gram",
    title: "Gram matrix and alignment factors, ReLU 400-400-200-1, n = 1000",
    module: "gram",
    peers: [
      { name: "jax", atMost: 1 / 50 },
      { name: "torch", atMost: 1 / 50 },
    ],
    rounds: 3,
  },
  // In single precision, where a gradient of this net is off by some 2e-6 of its norm (by PyTorch's own float64), and a
  // loss by 1e-7: a wrong layout or factor shows in the first digits. Steps are short: at one that overshoots (0.01) the
  // two layouts of PyTorch itself part by 1e-3 in three steps.
  ...["conv", "conv-wasm"].map((name) => ({
    name,
    title: `training step of six convolutions, batch 64, 32×32×3, ${name === "conv" ? "TensorFlow" : "WebAssembly"}`,
    module: "conv",
    peers: [{ name: "torch", ...(name === "conv" && { atMost: 2.5 }) }, { name: "torch-channels-last" }],
    rounds: 3,
    agreement: 1e-5,
  })),
  {
    name: "eigh",
    title: "symmetric eigenproblem, n = 1000",
    module: "eigh",
    peers: [{ name: "numpy", atMost: 1.1 }],
  },
  { name: "threshold", title: "exact threshold η* of SGD, B = 1, n = 1000", module: "threshold", peers: [], rounds: 3 },
];

/**
 * The peers of a step of an optimizer.
 *
 * @param {Omit<Peer, "name">} jax what is asked beside JAX, called from Python at every step
 * @param {Omit<Peer, "name">} [torch]
 * @returns {Peer[]}
 */
function steps(jax, torch = {}) {
  return [{ name: "jax", ...jax }, { name: "jax-loop" }, { name: "torch", ...torch }, { name: "torch-lean" }];
}
