// TIFF: what libtiff and tifffile wrote comes back value by value; damage and other kinds are refused in bounded memory.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { zlibSync } from "fflate";
import { describe, expect, it, test } from "vitest";
import { unpackBits, unpackLzw } from "../../src/formats/lzw.js";
import { decodePicture } from "../../src/formats/picture-file.js";

const read = (name: string) =>
  decodePicture(readFileSync(resolve(import.meta.dirname, "../fixtures/pictures", name)), name);
const planted = (length: number, modulus = 251) => Array.from({ length }, (_, i) => (7919 * i) % modulus);

describe("a TIFF file", () => {
  it.each([
    ["rgb8-lzw-predictor.tif", 9 * 13 * 3],
    ["grey8-packbits.tif", 9 * 13],
    ["rgb8-tiles.tif", 20 * 37 * 3], // tiles of 16×16, packed by Deflate, over the edges of the picture
    ["rgb8-planes.tif", 9 * 13 * 3], // each colour in a plane of its own
  ])("%s gives the values that were written", (name, length) => {
    const { picture, transparent } = read(name);
    expect([[...picture.bytes], picture.deep, transparent]).toEqual([planted(length), undefined, false]);
  });

  it.each([
    ["grey16-deflate-predictor.tif", 1],
    ["rgb16-big-endian.tif", 3],
  ])("%s keeps its 16 bits", (name, channels) => {
    const { picture } = read(name);
    expect(picture).toMatchObject({ height: 9, width: 13, channels });
    expect([...picture.deep!]).toEqual(planted(9 * 13 * channels, 65_521));
  });

  it("packed by LZW is read past the end of the table", () => {
    const expected = Array.from({ length: 96 * 64 }, (_, i) => Math.floor((7919 * i) ** 2 / 97) % 253);
    expect([...read("grey8-lzw.tif").picture.bytes]).toEqual(expected);
  });

  it("of one bit, of a palette and of white as zero is read as it is shown", () => {
    const values = planted(9 * 13);
    expect([...read("bits1.tif").picture.bytes]).toEqual(values.map((value) => 255 * (value % 2)));
    const colours = values.flatMap((value) => [value, (3 * value) % 256, (5 * value) % 256]);
    expect([...read("palette.tif").picture.bytes]).toEqual(colours);
    expect([...read("white-is-zero.tif").picture.bytes]).toEqual(values.map((value) => 255 - value));
  });

  it("loses its alpha and its further pages, and says so", () => {
    const { picture, transparent } = read("rgba8.tif");
    expect([...picture.bytes]).toEqual(planted(9 * 13 * 4).filter((_, i) => i % 4 < 3));
    expect(transparent).toBe(true);
    expect(read("two-pages.tif")).toMatchObject({ besides: "another page", picture: { height: 9, width: 13 } });
  });

  it("is turned as its orientation says: 6 puts the first pixel to the upper right", () => {
    const { picture } = read("orientation-6.tif");
    expect([picture.height, picture.width]).toEqual([13, 9]);
    expect([picture.bytes[8], picture.bytes[17]]).toEqual(planted(2)); // the first row runs down the last column
  });

  it.each([
    ["jpeg.tif", "its data are packed by JPEG; none, LZW, Deflate and PackBits are read"],
    ["float.tif", "its values are floating-point numbers of 32 bits; whole numbers are read"],
  ])("%s is refused for what it is", (name, reason) => {
    expect(() => read(name)).toThrow(`${name} cannot be decoded: ${reason}`);
  });
});

/** A little-endian grey file: tags to their values, and the data at byte 8. */
function tiff(tags: Record<number, number | readonly number[]>, data: Uint8Array): Uint8Array {
  const entries = Object.entries({ 256: 8, 257: 8, 258: 8, 262: 1, 273: 8, 279: data.length, ...tags });
  const lists: number[] = [];
  const first = 8 + data.length;
  const after = first + 2 + 12 * entries.length + 4;
  const file = Buffer.alloc(after);
  file.write("II*\0");
  file.writeUInt32LE(first, 4);
  file.set(data, 8);
  file.writeUInt16LE(entries.length, first);
  entries.forEach(([tag, value], i) => {
    const values = typeof value === "number" ? [value] : value;
    const at = first + 2 + 12 * i;
    file.writeUInt16LE(Number(tag), at);
    file.writeUInt16LE(4, at + 2);
    file.writeUInt32LE(values.length, at + 4);
    file.writeUInt32LE(values.length === 1 ? values[0] : after + 4 * lists.length, at + 8);
    if (values.length > 1) for (const one of values) lists.push(one);
  });
  const rest = Buffer.alloc(4 * lists.length);
  for (const [i, value] of lists.entries()) rest.writeUInt32LE(value, 4 * i);
  return new Uint8Array(Buffer.concat([file, rest]));
}

const sixty4 = Uint8Array.from({ length: 64 }, (_, i) => i);
test("a plain file of one strip is its bytes", () => {
  expect([...decodePicture(tiff({}, sixty4), "a.tif").picture.bytes]).toEqual([...sixty4]);
});

test.each([
  ["cut off in its data", tiff({}, sixty4.subarray(1)), "ends before its last pixel"],
  ["with fewer strips than rows", tiff({ 278: 2 }, sixty4), "ends before its last pixel"],
  ["whose strips lie beyond it", tiff({ 273: 1e6 }, sixty4), "ends before its last pixel"],
  ["whose packed data stop early", tiff({ 259: 8 }, zlibSync(sixty4.subarray(1))), "ends before its last pixel"],
  ["of a size that its bytes cannot hold", tiff({ 256: 1e6, 257: 1e6 }, sixty4), "ends before its last pixel"],
  [
    "larger than is read",
    tiff({ 256: 65_535, 257: 65_535, 258: 1 }, new Uint8Array(1e6)),
    "ends before its last pixel",
  ],
  ["whose strips share their bytes", tiff({ 278: 1, 273: Array(8).fill(8), 279: Array(8).fill(64) }, sixty4), "share"],
  ["of 12 bits", tiff({ 258: 12 }, sixty4), "its samples have 12 bits; 1, 2, 4, 8 and 16 are read"],
  ["of CMYK", tiff({ 262: 5, 277: 4 }, sixty4), "its colours are CMYK"],
  ["packed by Zstandard", tiff({ 259: 50_000 }, sixty4), "its data are packed by Zstandard"],
  [
    "with a million values for one tag",
    tiff({ 320: new Array(2 ** 20 + 1).fill(7) }, sixty4),
    "it lists 1048577 values",
  ],
  ["without a size", tiff({ 256: 0 }, sixty4), "is 8×0 pixels; it is damaged"],
  ["cut off before its directory", tiff({}, sixty4).subarray(0, 60), "ends before its directory"],
])("a TIFF %s is refused", (_what, file, says) => {
  expect(() => decodePicture(file, "a.tif")).toThrow(says);
});

test("data that unpack to a thousand times their picture take no more memory than the picture", () => {
  const bomb = zlibSync(new Uint8Array(2e8)); // 194 kB
  const before = process.memoryUsage().arrayBuffers;
  expect(decodePicture(tiff({ 259: 8 }, bomb), "a.tif").picture.bytes.length).toBe(64);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5e6);
});

describe("LZW and PackBits", () => {
  // Codes of 9 bits: clear, 7, 8, 258 (7 8), 260 (7 8 7, the string it is about to make), end.
  const codes = [256, 7, 8, 258, 260, 257];
  const bits = codes
    .map((code) => code.toString(2).padStart(9, "0"))
    .join("")
    .padEnd(56, "0");
  const packed = Uint8Array.from({ length: 7 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));

  it("unpack the examples of their definitions", () => {
    expect([...unpackLzw(packed, 20)]).toEqual([7, 8, 7, 8, 7, 8, 7]);
    const example = Uint8Array.of(
      0xfe,
      0xaa,
      0x02,
      0x80,
      0x00,
      0x2a,
      0xfd,
      0xaa,
      0x03,
      0x80,
      0x00,
      0x2a,
      0x22,
      0xf7,
      0xaa,
    );
    const unpacked = "AA AA AA 80 00 2A AA AA AA AA 80 00 2A 22 AA AA AA AA AA AA AA AA AA AA"; // Apple's TN1023
    expect([...unpackBits(example, 24)].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")).toBe(
      unpacked,
    );
  });

  it("stop at the bytes that are asked for, and give what there is where the data end", () => {
    expect([...unpackLzw(packed, 3)]).toEqual([7, 8, 7]);
    expect([...unpackLzw(packed.subarray(0, 3), 9)]).toEqual([7]);
    expect([...unpackBits(Uint8Array.of(0x81, 5), 4)]).toEqual([5, 5, 5, 5]);
    expect([...unpackBits(Uint8Array.of(2, 5), 4)]).toEqual([]);
  });

  it("refuse a string that no code has made", () => {
    expect(() => unpackLzw(Uint8Array.of(0x80, 0x7f, 0xff, 0xff), 9)).toThrow("name a string that is not there");
  });
});
