// The dictionary's file: layout, round trip, and damage that must never crash or allocate.
import { expect, test } from "vitest";
import { CrispError } from "../../src/core/errors.js";
import { draws, purpose } from "../../src/core/random.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";

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
