// .npy and .npz: files that NumPy wrote are read to the last bit, ours are NumPy's own bytes, damage is worded.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { decodeNpz, encodeNpz, openNpz } from "../../src/formats/npz.js";
import type { Numbers } from "../../src/formats/numbers.js";

const file = (name: string) => new Uint8Array(readFileSync(resolve(import.meta.dirname, "../fixtures/npy", name)));
const sevenths = Float64Array.from({ length: 24 }, (_, i) => i / 7 - 1);

describe("NumPy's own files", () => {
  const cases: readonly [string, Numbers][] = [
    ["f8", sevenths],
    ["f4", Float32Array.from(sevenths)],
    ["u1", Uint8Array.from(sevenths, (_, i) => 10 * i)],
    ["i4", Int32Array.from(sevenths, (_, i) => i - 12)],
  ];
  test.each(cases)("%s.npy is read bit for bit and written again to the same bytes", (name, data) => {
    expect(decodeNpy(file(`${name}.npy`), name)).toEqual({ shape: [2, 3, 4], data });
    // NumPy pads by a few spaces more, for a growing first axis; the rest is the same.
    const [ours, theirs] = [encodeNpy({ shape: [2, 3, 4], data }), file(`${name}.npy`)];
    expect(new TextDecoder("latin1").decode(ours).replace(/ +\n/, "\n")).toBe(
      new TextDecoder("latin1").decode(theirs).replace(/ +\n/, "\n"),
    );
  });

  test.each(["version2", "version3"])("%s.npy holds the array of f4.npy", (name) => {
    expect(decodeNpy(file(`${name}.npy`), name)).toEqual(decodeNpy(file("f4.npy"), "f4"));
  });

  test("scalars, vectors and empty arrays have their shapes", () => {
    expect(decodeNpy(file("scalar.npy"), "a")).toEqual({ shape: [], data: Float64Array.of(0.5) });
    expect(decodeNpy(file("vector.npy"), "a")).toEqual({ shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(decodeNpy(file("empty.npy"), "a").shape).toEqual([0, 4]);
  });

  test.each(["stored.npz", "packed.npz"])("%s holds its arrays by name", (name) => {
    const arrays = decodeNpz(file(name), name);
    expect([...arrays.keys()].sort()).toEqual(["images", "labels"]);
    expect(arrays.get("images")).toEqual({ shape: [2, 3, 4], data: Float32Array.from(sevenths) });
    expect(arrays.get("labels")).toEqual({ shape: [3], data: Int32Array.of(0, 1, 2) });
  });

  test("fortran.npy holds the array of f8.npy, big-endian.npy that of f4.npy, i8.npy whole numbers", () => {
    expect(decodeNpy(file("fortran.npy"), "a")).toEqual(decodeNpy(file("f8.npy"), "a"));
    expect(decodeNpy(file("big-endian.npy"), "a")).toEqual(decodeNpy(file("f4.npy"), "a"));
    expect(decodeNpy(file("i8.npy"), "a")).toEqual({ shape: [4], data: Float64Array.of(0, 1, 2, 3) });
  });

  test("structured.npy is refused in words", () => {
    const read = () => decodeNpy(file("structured.npy"), "structured.npy");
    for (const part of ["structured.npy", "a structured type", "f2, f4, f8"]) expect(read).toThrow(part);
  });
});

/** A file of one row, with the header as some program writes it. */
function written(descr: string, values: ArrayBufferView, header = `{'descr': '${descr}', 'fortran_order': False, `) {
  const count = values.byteLength / Number(descr.slice(-1));
  const text = `${header}'shape': (${count},), }\n`;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length, 0]);
  return new Uint8Array(
    Buffer.concat([start, Buffer.from(text), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]),
  );
}

test.each<[string, ArrayBufferView, Numbers]>([
  // One, the smallest and the largest number of binary16, −2, and infinity.
  [
    "<f2",
    Uint16Array.of(0x3c00, 1, 0x7bff, 0xc000, 0x7c00),
    Float32Array.of(1, 2 ** -24, 65504, -2, Number.POSITIVE_INFINITY),
  ],
  ["|b1", Uint8Array.of(0, 1, 255), Uint8Array.of(0, 1, 1)],
  ["|i1", Int8Array.of(-128, 127), Int32Array.of(-128, 127)],
  ["<i2", Int16Array.of(-32768, 5), Int32Array.of(-32768, 5)],
  ["<u2", Uint16Array.of(0, 65535), Int32Array.of(0, 65535)],
  [">u2", Uint16Array.of(0x0100, 0x0200), Int32Array.of(1, 2)],
  ["<u4", Uint32Array.of(4_294_967_295), Float64Array.of(4_294_967_295)],
  ["<i8", BigInt64Array.of(-3n, 2n ** 53n), Float64Array.of(-3, 2 ** 53)],
  ["<u8", BigUint64Array.of(7n), Float64Array.of(7)],
  ["=f4", Float32Array.of(0.5), Float32Array.of(0.5)],
  ["f4", Float32Array.of(0.5), Float32Array.of(0.5)],
])("numbers of type %s are read as what they are", (descr, values, data) => {
  expect(decodeNpy(written(descr, values), "a.npy")).toEqual({ shape: [data.length], data });
});

test("a header in double quotes, or with its keys in another order, is read", () => {
  const values = Float32Array.of(1, 2);
  for (const header of ['{"descr": "<f4", "fortran_order": False, ', "{'fortran_order': False, 'descr': '<f4', "])
    expect(decodeNpy(written("<f4", values, header), "a.npy").data).toEqual(values);
});

test("an archive comes back as it was, the same bytes each time", () => {
  const arrays = {
    value: { shape: [3], data: Float32Array.of(0.1, -0, 3e38) },
    shape: { shape: [2, 1], data: Int32Array.of(-1, 7) },
    empty: { shape: [0], data: new Float64Array(0) },
  };
  expect(encodeNpz(arrays)).toEqual(encodeNpz({ ...arrays }));
  expect(Object.fromEntries(decodeNpz(encodeNpz(arrays), "a"))).toEqual(arrays);
});

test("an archive is read from the middle of a larger buffer, numbers at any alignment", () => {
  const bytes = file("stored.npz");
  const within = Buffer.alloc(bytes.length + 7);
  within.set(bytes, 5);
  expect(decodeNpz(within.subarray(5, 5 + bytes.length), "a")).toEqual(decodeNpz(bytes, "a"));
});

/** An archive whose list calls the sizes of its first entry by ZIP64 fields, as some writers do for any file. */
function inLongFields(bytes: Uint8Array): Uint8Array {
  const old = Buffer.from(bytes);
  const at = old.readUInt32LE(old.length - 6);
  const behind = at + 46 + old.readUInt16LE(at + 28);
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(old.readUInt32LE(at + 24)), 4);
  extra.writeBigUInt64LE(BigInt(old.readUInt32LE(at + 20)), 12);
  old.writeUInt32LE(0xffffffff, at + 20);
  old.writeUInt32LE(0xffffffff, at + 24);
  old.writeUInt16LE(20, at + 30);
  return new Uint8Array(Buffer.concat([old.subarray(0, behind), extra, old.subarray(behind)]));
}

test("sizes in ZIP64 fields are read, and only what is asked for is unpacked", () => {
  const arrays = { a: { shape: [3], data: Int32Array.of(1, 2, 3) }, b: { shape: [1], data: Int32Array.of(7) } };
  const bytes = inLongFields(encodeNpz(arrays));
  expect(Object.fromEntries(decodeNpz(bytes, "a.npz"))).toEqual(arrays);
  const archive = zipSync({
    "notes.txt": new Uint8Array(9),
    "text.npy": new Uint8Array(9),
    "b.npy": encodeNpy(arrays.b),
  });
  const { names, read } = openNpz(archive, "a.npz");
  expect(names).toEqual(["text", "b"]);
  expect(read("b")).toEqual(arrays.b);
  expect(() => read("text")).toThrow("a.npz: text.npy is not an .npy file");
});

test("an archive whose list lies beyond 4 GiB is refused for that", () => {
  const bytes = encodeNpz({ a: { shape: [1], data: Int32Array.of(1) } });
  new DataView(bytes.buffer).setUint32(bytes.length - 6, 0xffffffff, true);
  expect(() => openNpz(bytes, "a.npz")).toThrow("a.npz is larger than 4 GiB");
});

test("entries that share their bytes are refused: 1,000 of them would unpack a file a thousandfold", () => {
  const one = Buffer.from(zipSync({ "a.npy": new Uint8Array(3000) }, { level: 0 }));
  const at = one.readUInt32LE(one.length - 6);
  const end = Buffer.from(one.subarray(-22));
  end.writeUInt16LE(1000, 10);
  const list = Array(1000).fill(one.subarray(at, -22));
  expect(() => openNpz(Buffer.concat([one.subarray(0, at), ...list, end]), "a.npz")).toThrow(
    /claims \d+ bytes in an archive/,
  );
});

test("one wrong bit among the numbers of an archive is found by its checksum", () => {
  const bytes = file("stored.npz");
  bytes[200] ^= 1;
  expect(() => decodeNpz(bytes, "a.npz")).toThrow("checksum");
});

test("a claim of more than deflate can pack is refused before it is allocated", () => {
  const bytes = file("packed.npz");
  const view = new DataView(bytes.buffer);
  let entry = bytes.length - 22;
  while (view.getUint32(entry, true) !== 0x02014b50) entry--;
  view.setUint32(entry + 24, 0xf0000000, true);
  expect(() => decodeNpz(bytes, "a.npz")).toThrow("claims 4026531840 bytes");
});

test("of complex numbers a real part or a magnitude is advised, never a conversion that drops a part unsaid", () => {
  const header = (descr: string) => {
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (1,), }\n`;
    return Buffer.concat([Buffer.from("\x93NUMPY\x01\0", "latin1"), Buffer.from([text.length, 0]), Buffer.from(text)]);
  };
  const read = (descr: string) => () => decodeNpy(header(descr), "a.npy");
  for (const descr of ["<c8", "<c16", ">c8"]) expect(read(descr)).toThrow(/save array\.real or abs\(array\)\.$/);
  expect(read("<U3")).toThrow('Save it as array.astype("<f4").');
});
