// BMP: what Pillow wrote comes back value by value, kinds it cannot write come back from bytes made here.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it, test } from "vitest";
import { decodePicture } from "../../src/formats/picture-file.js";

const read = (name: string) =>
  decodePicture(readFileSync(resolve(import.meta.dirname, "../fixtures/pictures", name)), name);
const planted = (length: number) => Array.from({ length }, (_, i) => (7919 * i) % 251);

type Kind = { width: number; height: number; bits: number; packing?: number; masks?: number[]; palette?: number[][] };
/** A file with a header of 40 bytes, masks behind it, a palette (blue, green, red, 0) and rows as they are stored. */
function bmp({ width, height, bits, packing = 0, masks = [], palette = [] }: Kind, ...rows: number[][]): Uint8Array {
  const start = 54 + 4 * (masks.length + palette.length);
  const step = 4 * Math.ceil((width * bits) / 32);
  const file = Buffer.alloc(start + (rows.length > 0 ? Math.min(step, 1e6) * rows.length : 0));
  file.write("BM");
  for (const [value, at] of [
    [file.length, 2],
    [start, 10],
    [40, 14],
    [packing, 30],
    [palette.length, 46],
  ] as const)
    file.writeUInt32LE(value, at);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  for (const [i, mask] of masks.entries()) file.writeUInt32LE(mask, 54 + 4 * i);
  for (const [i, colour] of palette.entries()) file.set(colour, 54 + 4 * i);
  for (const [i, row] of rows.entries()) file.set(row, start + step * i);
  return new Uint8Array(file);
}
const bytesOf = (file: Uint8Array) => [...decodePicture(file, "a.bmp").picture.bytes];

describe("a BMP file", () => {
  it("gives the values that Pillow wrote: 24 bits, grey of 8, a palette, one bit, 32 bits", () => {
    const grey = planted(9 * 13);
    expect([...read("rgb8.bmp").picture.bytes]).toEqual(planted(9 * 13 * 3));
    expect(read("grey8.bmp").picture).toMatchObject({ channels: 1, bytes: Uint8Array.from(grey) });
    const colours = grey.flatMap((value) => [value, (3 * value) % 256, (5 * value) % 256]);
    expect([...read("palette.bmp").picture.bytes]).toEqual(colours);
    expect([...read("bits1.bmp").picture.bytes]).toEqual(grey.map((value) => 255 * (value % 2)));
    expect([...read("rgba8.bmp").picture.bytes]).toEqual(planted(9 * 13 * 4).filter((_, i) => i % 4 < 3));
  });

  it("runs upwards, and downwards where its height is negative", () => {
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(bytesOf(bmp({ width: 1, height: 2, bits: 24 }, ...rows))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(bytesOf(bmp({ width: 1, height: -2, bits: 24 }, ...rows))).toEqual([3, 2, 1, 6, 5, 4]);
  });

  it("of 16 bits has 5 bits a colour, or those of its masks", () => {
    expect(bytesOf(bmp({ width: 1, height: 1, bits: 16 }, [0x1f, 0x7c]))).toEqual([255, 0, 255]);
    const masks = [0xf800, 0x7e0, 0x1f];
    expect(bytesOf(bmp({ width: 1, height: 1, bits: 16, packing: 3, masks }, [0xe0, 0x07]))).toEqual([0, 255, 0]);
    const swapped = [0xff, 0xff00, 0xff0000];
    expect(bytesOf(bmp({ width: 1, height: 1, bits: 32, packing: 3, masks: swapped }, [1, 2, 3, 4]))).toEqual([
      1, 2, 3,
    ]);
  });

  it("of 4 bits takes its colours from the palette", () => {
    const palette = [
      [9, 8, 7, 0],
      [30, 20, 10, 0],
    ];
    expect(bytesOf(bmp({ width: 2, height: 1, bits: 4, palette }, [0x10]))).toEqual([10, 20, 30, 7, 8, 9]);
  });
});

test.each([
  ["cut off", bmp({ width: 9, height: 9, bits: 24 }, [1, 2, 3]), "ends before its last pixel"],
  [
    "packed by run lengths",
    bmp({ width: 4, height: 1, bits: 8, packing: 1 }, [0]),
    "packed by run lengths; none is read",
  ],
  ["of 2 bits", bmp({ width: 4, height: 1, bits: 2 }, [0]), "its pixels have 2 bits"],
  [
    "with a colour beyond its palette",
    bmp({ width: 1, height: 1, bits: 8, palette: [[1, 2, 3, 0]] }, [5]),
    "asks for 5",
  ],
  ["without masks", bmp({ width: 1, height: 1, bits: 16, packing: 3, masks: [0, 0, 0] }, [0]), "is empty"],
  [
    "of a size that its bytes cannot hold",
    bmp({ width: 2e9, height: 2e9, bits: 24 }, [1]),
    "ends before its last pixel",
  ],
  ["without a size", bmp({ width: 0, height: 1, bits: 24 }), "1×0 pixels"],
])("a BMP %s is refused", (_what, file, says) => {
  expect(() => decodePicture(file, "a.bmp")).toThrow(says);
});
