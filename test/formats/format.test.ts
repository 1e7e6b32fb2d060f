// The list of formats: what our own writers make is known by its content, and a wrong name is said.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { zlibSync } from "fflate";
import { encode as encodeJpeg } from "jpeg-js";
import { describe, expect, it, test } from "vitest";
import { tensor } from "../../src/core/tensor.js";
import { contentWords, countEndings, endingsOf, type Format, formatOf, isNamed } from "../../src/formats/format.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeNpz } from "../../src/formats/npz.js";
import { encodeParquet } from "../../src/formats/parquet.js";
import { encodePng } from "../../src/formats/png.js";
import { encodePvpDense, encodePvpWeights } from "../../src/formats/pvp.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";

const fixture = (name: string) => readFileSync(resolve(import.meta.dirname, "../fixtures/pictures", name));
const array = tensor([1, 2, 2, 1]);
const files: readonly (readonly [Format, string, Uint8Array])[] = [
  ["npy", "a.npy", encodeNpy(array)],
  ["npz", "a.NPZ", encodeNpz({ array })],
  ["safetensors", "a.safetensors", encodeSafetensors({ tensors: { array }, metadata: {} })],
  ["pvp", "a.pvp", encodePvpDense(array)],
  ["pvp", "b.pvp", encodePvpWeights(array)],
  ["png", "a.png", encodePng({ width: 1, height: 1, channels: 1, bytes: Uint8Array.of(1) })],
  ["jpeg", "a.JPG", encodeJpeg({ width: 1, height: 1, data: Buffer.alloc(4) }, 90).data],
  ["pnm", "a.pgm", Buffer.from("P5 1 1 255 x")],
  ["pnm", "a.pam", Buffer.from("P7\nWIDTH 1\n")],
  ...(["lossless.webp", "rgba8.tif", "rgb16-big-endian.tif", "rgb8.bmp"] as const).map(
    (name) => [name.slice(-4).replace(/\./, "").replace("tif", "tiff") as Format, name, fixture(name)] as const,
  ),
  ["parquet", "a.parquet", encodeParquet([{ name: "a", type: "INT32", data: [1] }])],
];

describe("the format of a file", () => {
  it.each(files)("%s is told by its name, by its content and by both", (format, name, bytes) => {
    expect([formatOf(name), formatOf("a.bin", bytes), formatOf("a", bytes), formatOf(name, bytes)]).toEqual(
      Array(4).fill(format),
    );
  });

  it("of text is told by its name alone, and unknown where nothing tells", () => {
    const text = new TextEncoder().encode("size,control,value\n");
    expect(
      ["a.csv", "a.tsv", "a.txt", "a.jsonl", "b.out", "csv", "a.npy/b"].map((name) => formatOf(name, text)),
    ).toEqual(["csv", "csv", "csv", "ndjson", undefined, undefined, undefined]);
  });

  it("is the one of the content for pictures named as each other, and said for all else", () => {
    const content = Object.fromEntries(files.map(([format, , bytes]) => [format, bytes]));
    expect(formatOf("a.png", content.jpeg)).toBe("jpeg");
    expect(() => formatOf("a.npy", content.npz)).toThrow(
      "a.npy is a ZIP archive (.npz, a spreadsheet or other) by its content, not a NumPy array as its name says. Rename the file.",
    );
    expect(() => formatOf("a.csv", content.parquet)).toThrow("a.csv is a Parquet table by its content");
    expect(() => formatOf("a.png", content.npy)).toThrow("a.png is a NumPy array by its content");
  });
});

test.each([
  ["packed by gzip", Buffer.from([0x1f, 0x8b, 8, 0])],
  ["an HDF5 file", Buffer.from("\x89HDF\r\n\x1a\n", "latin1")],
  ["an AVIF or HEIC picture", Buffer.from("\0\0\0 ftypavif\0\0\0\0", "latin1")],
  ["a BigTIFF picture", Buffer.from("II+\0", "latin1")],
  ["a PFM picture of floating-point values", Buffer.from("Pf\n12 9\n-1.0\n")],
  ["a PBM picture of black and white", Buffer.from("P4\n12 9\n")],
  ["a web page", Buffer.from("\n<!DOCTYPE html><html>")],
])("%s is called by its name", (words, bytes) => {
  expect(contentWords(bytes)).toBe(words);
  expect(() => formatOf("a.csv", bytes)).toThrow(
    `a.csv is ${words} by its content, not a text table as its name says. Convert`,
  );
  expect(contentWords(zlibSync(bytes))).toBeUndefined();
});

test("files that are passed over are counted by their endings, most of them first", () => {
  expect(countEndings(["a.gif", "in/b.TXT", "c.gif", "in.x/README", "d.gif.txt"])).toBe(
    "2 .gif, 2 .txt, 1 without an ending",
  );
});

test("endings belong to one family each", () => {
  expect(endingsOf("table")).toBe(".parquet, .csv, .tsv, .txt, .dat, .ndjson, .jsonl");
  expect([isNamed("x/a.ppm", "picture"), isNamed("a.npy", "picture"), isNamed("png", "picture")]).toEqual([
    true,
    false,
    false,
  ]);
});
