// The dictionary's file: layout, round trip, and damage that must never crash or allocate.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { CrispError } from "../../src/core/errors.js";
import { draws, purpose } from "../../src/core/random.js";
import { decodeSafetensors, encodeSafetensors, openSafetensors } from "../../src/formats/safetensors.js";

const file = {
  tensors: {
    atoms: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    mean: { shape: [2], data: Float64Array.of(1 / 3, Number.MIN_VALUE) },
  },
  metadata: { format: "crisp-1" },
};

test("a file is the header's length, JSON, then the numbers at the offsets it names", () => {
  const bytes = encodeSafetensors(file);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(header.atoms).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [0, 24] });
  expect(header.mean).toEqual({ dtype: "F64", shape: [2], data_offsets: [24, 40] });
  expect((8 + length) % 8).toBe(0);
  expect(new DataView(bytes.buffer).getFloat32(8 + length + 4, true)).toBe(2);
});

test("what was written is read back, also from the middle of a larger buffer", () => {
  const bytes = encodeSafetensors(file);
  expect(decodeSafetensors(bytes, "a")).toEqual(file);
  const within = Buffer.alloc(bytes.length + 13);
  within.set(bytes, 13);
  expect(decodeSafetensors(within.subarray(13), "a")).toEqual(file);
});

/** A file of any header and a body of that many bytes. */
function fileOf(header: Record<string, unknown>, length: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const floats = (start: number, end: number) => ({
  dtype: "F32",
  shape: [(end - start) / 4],
  data_offsets: [start, end],
});

test("tensors that lie over each other are refused: 1,000 of them would unpack a file a thousandfold", () => {
  const header = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`t${i}`, floats(0, 4000)]));
  expect(() => openSafetensors(fileOf(header, 4000), "a")).toThrow(
    'tensor "t1" starts at byte 0; the one before it ends at 4000',
  );
});

const hostile = resolve(import.meta.dirname, "../../../shared/cases/hostile/overlap1mb.safetensors");
test.skipIf(!existsSync(hostile))("a file of others with 9,000 tensors over one megabyte is refused", () => {
  expect(() => openSafetensors(readFileSync(hostile), "a")).toThrow("tensors follow each other without gap or overlap");
});

test.each([
  ["a gap", { a: floats(0, 8), b: floats(12, 16) }, 'tensor "b" starts at byte 12; the one before it ends at 8'],
  ["bytes that no tensor has", { a: floats(0, 8), b: floats(8, 16) }, "its tensors take 16 bytes; 20 follow"],
  ["an end before the start", { a: floats(8, 4) }, "do not fit a body of 20 bytes"],
])("%s is refused", (_what, header, says) => {
  expect(() => openSafetensors(fileOf(header, 20), "a")).toThrow(says);
});

test("only the tensor that is asked for is decoded: others may hold any numbers, none or a name of JavaScript's", () => {
  const half = { dtype: "F16", shape: [2], data_offsets: [0, 4] };
  const trap = JSON.parse('{"__proto__":{"dtype":"I64","shape":[],"data_offsets":[12,20]}}');
  const opened = openSafetensors(fileOf({ half, w: floats(4, 12), empty: floats(12, 12), ...trap }, 20), "a");
  expect([...opened.shapes]).toEqual([
    ["half", [2]],
    ["w", [2]],
    ["empty", [0]],
    ["__proto__", []],
  ]);
  expect(opened.read("w")).toEqual({ shape: [2], data: new Float32Array(2) });
  expect(opened.read("half")).toEqual({ shape: [2], data: new Float32Array(2) });
});

test.each([
  ["F16", Uint16Array.of(0x3c00, 0xb800), [1, -0.5]],
  ["BF16", Uint16Array.of(0x3f80, 0xc049), [1, -3.140625]],
  ["I64", BigInt64Array.of(-1n, 9n), [-1, 9]],
  ["U8", Uint8Array.of(0, 255), [0, 255]],
  ["BOOL", Uint8Array.of(1, 0), [1, 0]],
] as const)("numbers of type %s are read as what they are", (dtype, values, expected) => {
  const bytes = fileOf({ a: { dtype, shape: [2], data_offsets: [0, values.byteLength] } }, values.byteLength);
  bytes.set(new Uint8Array(values.buffer), bytes.length - values.byteLength);
  expect([...openSafetensors(bytes, "a").read("a").data]).toEqual(expected);
});

test("floats of 8 bits are refused in words", () => {
  const bytes = fileOf({ a: { dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2] } }, 2);
  expect(() => openSafetensors(bytes, "a").read("a")).toThrow('tensor "a" has dtype "F8_E4M3"; F64, F32, F16');
});

test("5,000 damaged files give a worded error or a whole tensor, never anything else", () => {
  const sound = encodeSafetensors(file);
  let refused = 0;
  for (let n = 0; n < 5000; n++) {
    const draw = draws({ seed: 4, purpose: purpose.test }, n);
    const bytes = sound.slice(0, draw.uniform() < 0.3 ? draw.whole(sound.length) : sound.length);
    for (let hits = draw.whole(4); hits >= 0 && bytes.length > 0; hits--)
      bytes[draw.whole(bytes.length)] = draw.whole(256);
    try {
      const { tensors } = decodeSafetensors(bytes, "damaged");
      for (const { shape, data } of Object.values(tensors)) expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
    } catch (error) {
      expect(error).toBeInstanceOf(CrispError);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(1000);
});
