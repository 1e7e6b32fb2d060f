// One dictionary in every file it may come in: the same atoms each time.
import { expect, test } from "vitest";
import { decodeDictionary } from "../../src/coding/dictionary-file.js";
import { tensor } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { encodePvpDense, encodePvpWeights } from "../../src/formats/pvp.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { encodeDictionary } from "../../src/study/items/files.js";
import { imagesIn } from "./fixtures.js";

const shape = [2, 3, 4, 5] as const; // every axis of another length: a wrong order cannot pass
const atoms = tensor(
  shape,
  Float32Array.from({ length: 120 }, (_, i) => Math.fround(Math.sin(i))),
);
const first = [2, 5, 3, 4];
/** The same atoms with channels first. */
const planes = Float32Array.from({ length: 120 }, (_, i) => {
  const [m, c, y, x] = [Math.floor(i / 60), Math.floor(i / 12) % 5, Math.floor(i / 4) % 3, i % 4];
  return atoms.data[((m * 3 + y) * 4 + x) * 5 + c];
});
const wide = (data: Float32Array) => Float64Array.from(data);

test("safetensors, npy, npz and pvp hold the same atoms, channels last or first", () => {
  const geometry = { stride: [2, 1], boundary: "full" };
  const nchw = { layout: "nchw" } as const;
  const files = [
    decodeDictionary(encodeSafetensors({ tensors: { w: atoms }, metadata: {} }), "a.safetensors"),
    decodeDictionary(
      encodeSafetensors({ tensors: { w: { shape: first, data: planes } }, metadata: {} }),
      "a.safetensors",
      nchw,
    ),
    decodeDictionary(encodeNpy(atoms), "a.npy"),
    decodeDictionary(encodeNpy({ shape, data: wide(atoms.data) }), "a.npy"),
    decodeDictionary(encodeNpy({ shape: first, data: planes }), "a.npy", nchw),
    decodeDictionary(encodeNpz({ any: atoms }), "a.npz"),
    decodeDictionary(encodeNpz({ atoms, other: { shape: [1], data: Float32Array.of(1) } }), "a.npz"),
    decodeDictionary(encodePvpWeights(atoms), "a.pvp"),
    decodeDictionary(encodePvpWeights(atoms), "a.pvp", nchw), // PetaVision's order is its own
  ];
  for (const file of files) expect(file).toEqual({ atoms, stride: null, boundary: null });
  // Our own files know their layout and what they were trained for.
  const ours = decodeDictionary(encodeDictionary(atoms, geometry), "a.safetensors", nchw);
  expect(ours).toEqual({ atoms, ...geometry });
});

test("a file of our own has the same bytes whatever the order in which its geometry came", () => {
  const geometry = { height: 9, width: 8, channels: 3, patch: [8, 8], stride: [2, 1], boundary: "full", features: 2 };
  const sorted = Object.fromEntries(Object.entries(geometry).sort());
  expect(encodeDictionary(atoms, sorted)).toEqual(encodeDictionary(atoms, geometry));
});

test("images come in the same layouts; three axes are grey", async () => {
  expect(await imagesIn(encodeNpy(atoms), "a.npy")).toEqual(atoms);
  expect(await imagesIn(encodeNpy({ shape: first, data: planes }), "a.npy", "nchw")).toEqual(atoms);
  expect(await imagesIn(encodePvpDense(atoms), "a.pvp", "nchw")).toEqual(atoms);
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect(await imagesIn(encodeNpy({ shape: [1, 2, 3], data: bytes }), "a.npy")).toEqual(
    tensor([1, 2, 3, 1], Float32Array.from(bytes)),
  );
});

test("a value that is not finite is named with its place, in the file's own axes", async () => {
  const data = wide(atoms.data);
  data[60 + 2 * 20 + 3 * 5 + 4] = Number.NaN;
  await expect(imagesIn(encodeNpy({ shape, data }), "a.npy")).rejects.toThrow(
    "a.npy: image 1, row 2, column 3, channel 4 is NaN",
  );
  await expect(imagesIn(encodeNpy({ shape: first, data }), "a.npy", "nchw")).rejects.toThrow(
    "image 1, channel 4, row 2, column 3 is NaN",
  );
  data[115] = 1e300; // finite in float64, infinite in float32
  expect(() => decodeDictionary(encodeNpy({ shape, data: data.fill(0, 0, 115) }), "d.npy")).toThrow(
    "value 55 of atom 1 is 1e+300",
  );
});

test("--normalise-atoms scales each atom to norm 1 and refuses one of zero", () => {
  const scaled = decodeDictionary(encodeNpy(atoms), "a.npy", { normaliseAtoms: true }).atoms;
  for (const m of [0, 1]) {
    const atom = scaled.data.subarray(60 * m, 60 * m + 60);
    expect(atom.reduce((sum, w) => sum + w * w, 0)).toBeCloseTo(1, 6);
    expect(atom[7] / atom[9]).toBeCloseTo(atoms.data[60 * m + 7] / atoms.data[60 * m + 9], 5);
  }
  const none = encodeNpy(tensor([1, 2, 2, 1]));
  expect(decodeDictionary(none, "a.npy").atoms.data).toEqual(new Float32Array(4));
  expect(() => decodeDictionary(none, "a.npy", { normaliseAtoms: true })).toThrow("atom 0 is zero");
});

test("what holds no dictionary is refused by name", () => {
  expect(() => decodeDictionary(encodeNpy(atoms), "a.txt")).toThrow("a.txt is a NumPy array by its content");
  expect(() => decodeDictionary(Buffer.from("1 2 3"), "a.txt")).toThrow(".safetensors, .npy, .npz and .pvp");
  expect(() => decodeDictionary(encodePvpDense(atoms), "a.pvp")).toThrow("dense activity");
  expect(() => decodeDictionary(encodeNpy({ shape: [120], data: atoms.data }), "a.npy")).toThrow("shape (120)");
  expect(() => decodeDictionary(encodeNpz({ a: atoms, b: atoms }), "a.npz")).toThrow("2 arrays (a, b)");
  expect(() =>
    decodeDictionary(encodeSafetensors({ tensors: { a: atoms, b: atoms }, metadata: {} }), "a.safetensors"),
  ).toThrow("2 tensors");
});
