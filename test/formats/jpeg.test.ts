// JPEG: what its header says decides before anything is allocated.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { encode } from "jpeg-js";
import { describe, expect, it, test } from "vitest";
import { jpegFrame } from "../../src/formats/jpeg.js";
import { turned } from "../../src/formats/picture.js";
import { decodePicture } from "../../src/formats/picture-file.js";
import { readPictureHeader } from "../../src/formats/picture-header.js";

const [width, height] = [24, 16];
const sound = encode({ width, height, data: Buffer.alloc(width * height * 4, 99) }, 90).data;
const frameAt = sound.indexOf(Buffer.from([0xff, 0xc0]));

/** The sound file with other bytes of its frame: marker, depth, size, first sampling factors. */
function changed({
  marker,
  depth,
  size,
  sampling,
}: {
  marker?: number;
  depth?: number;
  size?: number;
  sampling?: number;
}) {
  const file = Buffer.from(sound);
  if (marker !== undefined) file[frameAt + 1] = marker;
  if (depth !== undefined) file[frameAt + 4] = depth;
  if (size !== undefined) for (const at of [5, 7]) file.writeUInt16BE(size, frameAt + at);
  if (sampling !== undefined) file[frameAt + 11] = sampling;
  return file;
}

describe("a JPEG file", () => {
  it("says its frame", () => {
    const sampled = { across: 1, down: 1 };
    const components = [1, 2, 3].map((id) => ({ id, ...sampled }));
    expect(jpegFrame(sound)).toEqual({
      height,
      width,
      marker: 0xc0,
      depth: 8,
      components,
      transform: undefined,
      orientation: 1,
    });
  });

  it.each([
    ["a size that its bytes cannot hold", changed({ size: 9000 }), `${sound.length} bytes cannot hold 9000×9000`],
    ["arithmetic coding", changed({ marker: 0xc9 }), "arithmetic coding; Huffman coding is read"],
    ["no loss", changed({ marker: 0xc3 }), "it is lossless or hierarchical"],
    ["12 bits", changed({ depth: 12 }), "its samples have 12 bits; 8 are read"],
    ["no sampling", changed({ sampling: 0 }), "sampling of its components"],
    [
      "a hundred scans",
      Buffer.concat([sound.subarray(0, -2), ...Array(100).fill(Buffer.from([0xff, 0xda]))]),
      "it has 101 scans; at most 64",
    ],
    [
      "more pixels than memory is used for",
      Buffer.concat([changed({ size: 9000 }), Buffer.alloc(200_000)]),
      "9000×9000 pixels, whose decoding takes 2.8 GB; at most 2.1 are used",
    ],
  ])("with %s is refused for that", (_what, file, says) => {
    expect(() => decodePicture(file, "a.jpg")).toThrow(says);
  });

  it("whose components are named R, G and B, or whose Adobe transform is 0, is not converted from YCbCr", () => {
    const asYcc = [...decodePicture(sound, "a.jpg").picture.bytes.subarray(0, 3)];
    const named = Buffer.from(sound);
    const scanAt = named.indexOf(Buffer.from([0xff, 0xda]));
    for (const [i, letter] of [..."RGB"].entries()) {
      named[frameAt + 10 + 3 * i] = letter.charCodeAt(0);
      named[scanAt + 5 + 2 * i] = letter.charCodeAt(0);
    }
    const adobe = Buffer.from([0xff, 0xee, 0, 14, ...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, 0]);
    const marked = Buffer.concat([sound.subarray(0, 2), adobe, sound.subarray(2)]);
    // Grey 99 is Y 99, Cb 128, Cr 128: those three numbers are the colour where nothing is converted.
    expect(asYcc).toEqual([99, 99, 99]);
    for (const file of [named, marked])
      expect([...decodePicture(file, "a.jpg").picture.bytes.subarray(0, 3)]).toEqual([99, 128, 128]);
  });
});

/** The sound file with an EXIF segment that gives its orientation, in either order of bytes. */
function oriented(orientation: number, little: boolean): Buffer {
  const tiff = Buffer.alloc(26);
  const put = (value: number, at: number) => (little ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at));
  tiff.write(little ? "II" : "MM");
  for (const [at, value] of [
    [2, 42],
    [little ? 4 : 6, 8],
    [8, 1],
    [10, 0x112],
    [12, 3],
    [little ? 14 : 16, 1],
    [18, orientation],
  ])
    put(value, at);
  const body = Buffer.concat([Buffer.from("Exif\0\0"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, body.length + 2]);
  return Buffer.concat([sound.subarray(0, 2), head, body, sound.subarray(2)]);
}

describe("EXIF's orientation", () => {
  // 1 2 3 / 4 5 6 stored, as EXIF's table of the 0th row and 0th column says to show it.
  it.each([
    [1, [1, 2, 3, 4, 5, 6]],
    [2, [3, 2, 1, 6, 5, 4]],
    [3, [6, 5, 4, 3, 2, 1]],
    [4, [4, 5, 6, 1, 2, 3]],
    [5, [1, 4, 2, 5, 3, 6]],
    [6, [4, 1, 5, 2, 6, 3]],
    [7, [6, 3, 5, 2, 4, 1]],
    [8, [3, 6, 2, 5, 1, 4]],
  ])("%i shows 1 2 3 / 4 5 6 as %j", (orientation, expected) => {
    const stored = { height: 2, width: 3, channels: 1, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) } as const;
    const { height, bytes } = turned(stored, orientation);
    expect([height, ...bytes]).toEqual([orientation > 4 ? 3 : 2, ...expected]);
  });

  it("turns the picture of a file, and its header says so", () => {
    for (const little of [true, false]) {
      const file = oriented(6, little);
      expect(readPictureHeader(file, "a.jpg")).toMatchObject({ height: width, width: height, orientation: 6 });
      expect(decodePicture(file, "a.jpg").picture).toMatchObject({ height: width, width: height });
      expect(readPictureHeader(oriented(9, little), "a.jpg")).toMatchObject({ height, width });
    }
  });
});

const shared = resolve(import.meta.dirname, "../../../shared/cases");
test.skipIf(!existsSync(shared))("files of others are read or refused for what they are", () => {
  const read = (name: string) => decodePicture(readFileSync(resolve(shared, name)), name).picture;
  expect(() => read("hostile/mid.jpg")).toThrow("250 bytes cannot hold 9000×9000");
  expect(() => read("pictures/arithmetic.jpg")).toThrow("arithmetic coding");
  expect(() => read("pictures/108-megapixel.jpg")).toThrow(/pixels, whose decoding takes \d\.\d GB/);
  const shown = read("pictures/orientation-6.jpg");
  expect([shown.height, shown.width]).toEqual([64, 40]);
  const corner = 3 * (4 * 40 + 35);
  expect(shown.bytes[corner] - shown.bytes[corner + 1]).toBeGreaterThan(100);
  for (const name of ["rgb-coded.jpg", "rgb-coded-no-adobe.jpg"]) {
    const { bytes, width: across } = read(`pictures/${name}`);
    const at = 3 * (4 * across + 4);
    [200, 40, 40].forEach((value, c) => {
      expect(Math.abs(bytes[at + c] - value)).toBeLessThan(8);
    });
  }
});
