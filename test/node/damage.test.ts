// Damaged array files of every kind: a worded error each time, or whole finite numbers; never a crash,
// a wrong kind of error, a NaN or an allocation that the file does not bear out.
import { expect, test } from "vitest";
import { decodeCodes, encodeCodes } from "../../src/coding/code-file.js";
import { decodeDictionary } from "../../src/coding/dictionary-file.js";
import { CrispError } from "../../src/core/errors.js";
import { draws, purpose } from "../../src/core/random.js";
import { count } from "../../src/core/tensor.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { encodePvpDense, encodePvpSparse, encodePvpWeights } from "../../src/formats/pvp.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { encodeDictionary } from "../../src/study/items/files.js";
import { damaged } from "../fuzz/damage.js";
import { atoms, code, codes, size } from "../fuzz/small-arrays.js";
import { imagesIn } from "./fixtures.js";

/** Any result as a shape and its numbers. */
type Read = (bytes: Uint8Array) => Promise<void> | void;

const dictionary =
  (name: string): Read =>
  (bytes) =>
    demandWhole(decodeDictionary(bytes, name).atoms);
const images =
  (name: string): Read =>
  async (bytes) =>
    demandWhole(await imagesIn(bytes, name));
const sparse =
  (name: string): Read =>
  async (bytes) => {
    for (const { index, value } of (await decodeCodes(bytes, name)).codes) {
      if (index.length !== value.length || !value.every(Number.isFinite)) throw new Error("codes that are not whole");
    }
  };

function demandWhole({ shape, data }: { shape: readonly number[]; data: Float32Array }): void {
  if (data.length !== count(shape) || data.length === 0 || !data.every(Number.isFinite))
    throw new Error("an array that is not whole");
}

/** Format, a sound file and how it is read. */
const cases: readonly [name: string, sound: Uint8Array, read: Read][] = [
  ["atoms.npy", encodeNpy(atoms), dictionary("a.npy")],
  ["images.npy", encodeNpy({ shape: [3, 4, 2], data: Float64Array.from(atoms.data) }), images("a.npy")],
  ["atoms.npz", encodeNpz({ atoms, other: { shape: [1], data: Int32Array.of(1) } }), dictionary("a.npz")],
  ["codes.npz", encodeCodes("a.npz", codes), sparse("a.npz")],
  ["dense.npz", encodeCodes("a.npz", codes, { dense: true }), sparse("a.npz")],
  ["ours.safetensors", encodeDictionary(atoms, { stride: [2, 2], boundary: "crop" }), dictionary("a.safetensors")],
  ["any.safetensors", encodeSafetensors({ tensors: { w: atoms }, metadata: {} }), dictionary("a.safetensors")],
  ["weights.pvp", new Uint8Array([...encodePvpWeights(atoms), ...encodePvpWeights(atoms)]), dictionary("a.pvp")],
  ["dense.pvp", encodePvpDense(atoms), images("a.pvp")],
  ["sparse.pvp", encodePvpSparse(size, [code, code]), sparse("a.pvp")],
];

test.each(["dtype", "shape", "data_offsets", "format"])(
  "an object that has no text as %s of safetensors is refused or passed over",
  (key) => {
    const trap = { toString: 1, valueOf: 1 };
    const w = {
      dtype: "F32",
      shape: [3, 2, 2, 2],
      data_offsets: [0, 96],
      [key]: key === "shape" ? [trap, 1, 1, 1] : trap,
    };
    const header = new TextEncoder().encode(JSON.stringify({ w, __metadata__: { [key]: trap } }));
    const bytes = new Uint8Array(8 + header.length + 96);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(header, 8);
    const read = () => decodeDictionary(bytes, "a.safetensors");
    if (key === "format") expect(read().atoms.shape).toEqual([3, 2, 2, 2]);
    else expect(read).toThrow(CrispError);
  },
);

const mutations = 1500; // of each case: 15,000 in all

test.each(cases)("%s: 1,500 damaged files", async (_name, sound, read) => {
  await read(sound);
  let refused = 0;
  let most = 0;
  for (let n = 0; n < mutations; n++) {
    const bytes = damaged(sound, draws({ seed: 9, purpose: purpose.test }, n));
    const before = process.memoryUsage().arrayBuffers;
    try {
      await read(bytes);
    } catch (error) {
      if (!(error instanceof CrispError)) throw new Error(`mutation ${n}: ${String(error)}`, { cause: error });
      expect(error.message).toMatch(/^(\S*\/)?a\.(npy|npz|safetensors|pvp)\b.{10,}\. .+\.$/s);
      expect(error.message.length).toBeLessThan(700);
      refused++;
    }
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(refused).toBeGreaterThan(mutations / 4);
  expect(most).toBeLessThan(16e6);
});
