import { readNpy, writeNpy } from "flat-minima/data";
import { describe, expect, it } from "vitest";

// Written by NumPy 2.4.6: A = [[1, 2.5, -3], [4, 5, 1e-300]] by numpy.save, as it is (c8), numpy.asfortranarray(A) (f8),
// A.astype('f4') (c4), and by numpy.lib.format.write_array with version=(2, 0) and (3, 0) (v2, v3); the vector [.1, .2] (v),
// the number 3.5 (s), numpy.arange(24.).reshape(2, 3, 4) in Fortran order (t3f); and what is refused: A.astype('>f8') (be),
// numpy.arange(3) (i), numpy.zeros((0, 3)) (z), A + 0j (c16), [{}] as objects (o), a record {'a': 0.} (st).
const FILES = {
  c8: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwPwAAAAAAAARAAAAAAAAACMAAAAAAAAAQQAAAAAAAABRAWfP4wh9upQE=",
  f8: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwPwAAAAAAABBAAAAAAAAABEAAAAAAAAAUQAAAAAAAAAjAWfP4wh9upQE=",
  c4: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAgQAAAQMAAAIBAAACgQAAAAAA=",
  v: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5P5qZmZmZmck/",
  s: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAMQA==",
  v2: "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwPwAAAAAAAARAAAAAAAAACMAAAAAAAAAQQAAAAAAAABRAWfP4wh9upQE=",
  v3: "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwPwAAAAAAAARAAAAAAAAACMAAAAAAAAAQQAAAAAAAABRAWfP4wh9upQE=",
  t3f: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAChAAAAAAAAAEEAAAAAAAAAwQAAAAAAAACBAAAAAAAAANEAAAAAAAADwPwAAAAAAACpAAAAAAAAAFEAAAAAAAAAxQAAAAAAAACJAAAAAAAAANUAAAAAAAAAAQAAAAAAAACxAAAAAAAAAGEAAAAAAAAAyQAAAAAAAACRAAAAAAAAANkAAAAAAAAAIQAAAAAAAAC5AAAAAAAAAHEAAAAAAAAAzQAAAAAAAACZAAAAAAAAAN0A=",
  be: "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/8AAAAAAAAEAEAAAAAAAAwAgAAAAAAABAEAAAAAAAAEAUAAAAAAAAAaVuH8L481k=",
  i: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAA=",
  z: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=",
  c16: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGMxNicsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAzKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADwPwAAAAAAAAAAAAAAAAAABEAAAAAAAAAAAAAAAAAAAAjAAAAAAAAAAAAAAAAAAAAQQAAAAAAAAAAAAAAAAAAAFEAAAAAAAAAAAFnz+MIfbqUBAAAAAAAAAAA=",
  o: "k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqABJWLAAAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwGFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlH2UYXSUYi4=",
  st: "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmOCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAAAA",
};
const file = (name: keyof typeof FILES): Uint8Array => Buffer.from(FILES[name], "base64");

const MATRIX = [1, 2.5, -3, 4, 5, 1e-300];

describe("readNpy", () => {
  it.each(["c8", "f8", "v2", "v3"] as const)("reads a matrix in C or Fortran order, of every version: %s", (name) => {
    expect(readNpy(file(name))).toEqual({ shape: [2, 3], data: Float64Array.from(MATRIX), type: "float64" });
  });

  it("reads float32 without a change of value, and says that it was", () => {
    const data = Float64Array.of(1, 2.5, -3, 4, 5, 0);
    expect(readNpy(file("c4"))).toEqual({ shape: [2, 3], data, type: "float32" });
  });

  it("reads vectors, single numbers and arrays of more dimensions", () => {
    expect(readNpy(file("v"))).toEqual({ shape: [2], data: Float64Array.of(0.1, 0.2), type: "float64" });
    expect(readNpy(file("s"))).toEqual({ shape: [], data: Float64Array.of(3.5), type: "float64" });
    const data = Float64Array.from({ length: 24 }, (_, k) => k);
    expect(readNpy(file("t3f"))).toEqual({ shape: [2, 3, 4], data, type: "float64" });
  });

  it("reads from the middle of a larger buffer, at any place of it, and copies", () => {
    const within = Uint8Array.of(7, ...file("c8"), 7).subarray(1, -1);
    const { data } = readNpy(within);
    within.fill(0);
    expect([...data]).toEqual(MATRIX);
  });

  it.each<[what: string, bytes: Uint8Array, message: string]>([
    ["no NumPy file", new Uint8Array(200), "the bytes must be a whole NumPy file (.npy, not .npz)"],
    ["nothing", new Uint8Array(0), "the bytes must be a whole NumPy file"],
    ["a file cut in its header", file("c8").slice(0, 90), "the bytes must be a whole NumPy file"],
    ["a file cut in an entry", file("c8").slice(0, -1), "the bytes must be a whole NumPy file"],
    ["a file without its last entry", file("c8").slice(0, -8), "the file must have the 6 entries of its shape, got 5"],
    ["a file with an entry more", Buffer.concat([file("c8"), new Uint8Array(8)]), "the 6 entries of its shape, got 7"],
    ["big-endian numbers", file("be"), "of little-endian float64 or float32 (in NumPy: numpy.save(file, array.astype("],
    [
      "integers",
      file("i"),
      "the entries must be float64 or float32 (in NumPy: numpy.save(file, array.astype('<f8'))), got i8",
    ],
    ["complex numbers", file("c16"), "the entries must be float64 or float32"],
    ["objects", file("o"), "the bytes must be a whole NumPy file"],
    ["records", file("st"), "the bytes must be a whole NumPy file"],
    ["an empty array", file("z"), "the array must have an entry, got the shape (0, 3)"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow("readNpy: ");
    expect(() => readNpy(bytes)).toThrow(message);
  });
});

describe("writeNpy", () => {
  it("writes what is read back, to the last bit, with a header that NumPy writes too", () => {
    const bytes = writeNpy({ shape: [2, 3], data: MATRIX });
    expect(readNpy(bytes)).toEqual({ shape: [2, 3], data: Float64Array.from(MATRIX), type: "float64" });
    const header = Buffer.from(bytes).toString("latin1", 0, bytes.length - 48);
    expect([...bytes.slice(0, 8)]).toEqual([0x93, ...Buffer.from("NUMPY"), 1, 0]);
    expect(header.slice(10)).toMatch(/^\{'descr':'<f8','fortran_order':False,'shape':\(2,3\)\} *\n$/);
    // The length of the header, and entries that begin at a multiple of 8.
    expect([header.length - 10, header.length % 8]).toEqual([bytes[8], 0]);
    expect([...new Float64Array(bytes.slice(-48).buffer)]).toEqual(MATRIX);
  });

  it("refuses what is no array of numbers", () => {
    expect(() => writeNpy({ shape: [2, 2], data: [1, 2, 3] })).toThrow(
      "writeNpy: there must be the 4 entries of the shape",
    );
    expect(() => writeNpy({ shape: [0], data: [] })).toThrow(
      "writeNpy: each size of the shape must be a positive integer",
    );
    expect(() => writeNpy({ shape: [2], data: [1, NaN] })).toThrow(
      "writeNpy: the entries must be finite, got NaN at index 1",
    );
  });
});
