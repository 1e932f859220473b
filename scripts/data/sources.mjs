// Where the data sets are downloaded from. data/README.md shows the same and says what each hash rests on; a test
// compares the two.

/**
 * @typedef {object} RemoteFile
 * @property {string} name
 * @property {number} bytes
 * @property {string} sha256
 * @property {readonly string[]} urls the set's own home first, then mirrors
 *
 * @typedef {object} Source
 * @property {readonly RemoteFile[]} files what is downloaded
 * @property {Readonly<Record<string, string>>} [unpacked] SHA-256 of what is taken out of the one file, an archive
 */

/**
 * @param {readonly string[]} homes folders on the web, each with all the files
 * @param {readonly (readonly [name: string, bytes: number, sha256: string])[]} files
 * @returns {RemoteFile[]}
 */
const filesAt = (homes, files) =>
  files.map(([name, bytes, sha256]) => ({ name, bytes, sha256, urls: homes.map((home) => `${home}/${name}`) }));

/** @type {Readonly<Record<import("../../lib/dist/data/index.js").ImageSetName, Source>>} */
export const sources = {
  mnist: {
    files: filesAt(
      [
        "https://yann.lecun.com/exdb/mnist",
        "https://storage.googleapis.com/cvdf-datasets/mnist",
        "https://ossci-datasets.s3.amazonaws.com/mnist",
      ],
      [
        ["train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
        ["train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
        ["t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
        ["t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
      ],
    ),
  },
  "fashion-mnist": {
    files: filesAt(
      [
        // No https there; the hash sees to it that nobody else's file is taken.
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
      ],
      [
        ["train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"],
        ["train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"],
        ["t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"],
        ["t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
      ],
    ),
  },
  "cifar-10": {
    files: filesAt(
      ["https://www.cs.toronto.edu/~kriz", "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10"],
      [["cifar-10-binary.tar.gz", 170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"]],
    ),
    unpacked: {
      "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
      "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
      "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
      "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
      "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
      "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    },
  },
};

/**
 * The official SHA-256 of the files that a set consists of, by name.
 *
 * @param {Source} source
 * @returns {Record<string, string>}
 */
export const officialHashes = ({ files, unpacked }) =>
  unpacked ?? Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]));
