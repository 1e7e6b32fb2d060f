// PNG: read as an independent library reads it, and refused unless its data give every row it promises.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { zlibSync } from "fflate";
import { PNG } from "pngjs";
import { describe, expect, it, test } from "vitest";
import { decodePicture } from "../../src/formats/picture-file.js";
import { encodePng } from "../../src/formats/png.js";

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 7919) % 251);

/** CRC-32 as the specification states it, bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

type Kind = { width: number; height: number; depth?: number; type?: number; interlace?: number };
/** A file of any header, any unpacked data, and chunks between them. */
function png(
  { width, height, depth = 8, type = 0, interlace = 0 }: Kind,
  raw: Uint8Array | null,
  ...between: Buffer[]
) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlace], 8);
  const data = raw ? [chunk("IDAT", zlibSync(raw))] : [];
  const parts = [chunk("IHDR", header), ...between, ...data, chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]));
}

describe("a PNG file", () => {
  it.each([1, 3] as const)("of %i channels comes back, and pngjs reads it too", (channels) => {
    const picture = { height: 5, width: 7, channels, bytes: bytesOf(35 * channels) };
    const file = encodePng(picture);
    expect(decodePicture(file, "a.png")).toEqual({ picture, transparent: false });
    const { data } = PNG.sync.read(Buffer.from(file));
    const seen = Array.from({ length: 35 * channels }, (_, i) => data[4 * Math.floor(i / channels) + (i % channels)]);
    expect(seen).toEqual([...picture.bytes]);
  });

  it.each([1, 3] as const)("of %i channels and 16 bits comes back, every bit of it", (channels) => {
    const deep = Uint16Array.from({ length: 35 * channels }, (_, i) => (i * 7919) % 65_521);
    const bytes = Uint8Array.from(deep, (value) => Math.round(value / 257));
    const picture = { height: 5, width: 7, channels, bytes, deep };
    expect(decodePicture(encodePng(picture), "a.png")).toEqual({ picture, transparent: false });
  });

  // Every kind of sample, with random bits: what pngjs gives, its alpha aside, is the other route.
  it.each([
    ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
    ...[2, 4, 6].flatMap((type) => [8, 16].map((depth) => [type, depth] as const)),
    ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
  ])("of colour type %i and %i bits is read as pngjs reads it, interlaced or not", (type, depth) => {
    const bits = depth * ([1, 0, 3, 1, 2, 0, 4][type] ?? 0);
    check({ width: 13, height: 6, depth, type }, rowsOf(13, 6, bits));
    // Pictures of 13×6, 5×2 and 1×3 pixels have all seven passes, some, and few of them.
    for (const [width, height] of [
      [13, 6],
      [5, 2],
      [1, 3],
    ]) {
      const raw = passes.flatMap(([x, y, right, down]) => {
        const [columns, lines] = [Math.ceil((width - x) / right), Math.ceil((height - y) / down)];
        return columns > 0 && lines > 0 ? [...rowsOf(columns, lines, bits)] : [];
      });
      check({ width, height, depth, type, interlace: 1 }, Uint8Array.from(raw));
    }
  });

  /** First column and row of each pass of Adam7, and the steps between them. */
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];

  /** Rows of random bits, each with another filter. */
  function rowsOf(width: number, height: number, bits: number): Uint8Array {
    const row = 1 + Math.ceil((width * bits) / 8);
    return Uint8Array.from({ length: height * row }, (_, i) => (i % row === 0 ? (i / row) % 5 : (i * 73) % 256));
  }

  function check(kind: Required<Pick<Kind, "width" | "height" | "depth" | "type">> & Kind, raw: Uint8Array): void {
    const { depth, type } = kind;
    const palette = type === 3 ? [chunk("PLTE", bytesOf(3 << depth))] : [];
    // Filters change palette indices freely where all 256 are there; fewer bits wrap within them anyway.
    const file = png(kind, raw, ...palette);
    const { picture } = decodePicture(file, "a.png");
    const { data } = PNG.sync.read(Buffer.from(file));
    const expected = Array.from(
      picture.bytes,
      (_, i) => data[4 * Math.floor(i / picture.channels) + (i % picture.channels)],
    );
    expect([...picture.bytes]).toEqual(expected);
  }

  it("is turned as its eXIf says, before or behind its data", () => {
    const exif = Buffer.from("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", "latin1");
    const plain = png({ width: 3, height: 1 }, Uint8Array.of(0, 7, 8, 9));
    const before = png({ width: 3, height: 1 }, Uint8Array.of(0, 7, 8, 9), chunk("eXIf", exif));
    const behind = Buffer.concat([plain.subarray(0, -12), chunk("eXIf", exif), plain.subarray(-12)]);
    for (const file of [before, behind])
      expect(decodePicture(file, "a.png").picture).toMatchObject({
        height: 3,
        width: 1,
        bytes: Uint8Array.of(7, 8, 9),
      });
    const cut = Buffer.concat([plain.subarray(0, -12), chunk("eXIf", exif.subarray(0, 9)), plain.subarray(-12)]);
    expect(decodePicture(cut, "a.png").picture.width).toBe(3);
  });

  it("of an animation gives its first picture and says that there are more", () => {
    const frames = chunk("acTL", Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]));
    const { besides, picture } = decodePicture(png({ width: 1, height: 1 }, Uint8Array.of(0, 7), frames), "a.png");
    expect([besides, ...picture.bytes]).toEqual(["frames of an animation", 7]);
  });

  it("keeps the colour that stands for nothing, and says that it was there", () => {
    const key = chunk("tRNS", Buffer.from([0, 7]));
    const { picture, transparent } = decodePicture(png({ width: 2, height: 1 }, Uint8Array.of(0, 7, 9), key), "a.png");
    expect([...picture.bytes, transparent]).toEqual([7, 9, true]);
  });

  it("is read whatever follows its last row or its end", () => {
    const longer = png({ width: 2, height: 1 }, Uint8Array.of(0, 7, 9, 1, 2, 3));
    const behind = Buffer.concat([longer, Buffer.from("more")]);
    for (const file of [longer, behind]) expect([...decodePicture(file, "a.png").picture.bytes]).toEqual([7, 9]);
  });
});

const rows = (count: number) => new Uint8Array(count * 49);
test.each([
  ["no data", png({ width: 48, height: 48 }, null), "ends before its last pixel"],
  ["a row too few", png({ width: 48, height: 48 }, rows(47)), "ends before its last pixel"],
  ["a byte too few", png({ width: 48, height: 48 }, rows(48).subarray(1)), "ends before its last pixel"],
  ["interlaced rows too few", png({ width: 48, height: 48, interlace: 1 }, rows(48)), "ends before its last pixel"],
  ["a size that its bytes cannot hold", png({ width: 1e5, height: 4000 }, rows(48)), "ends before its last pixel"],
  ["more than is read", png({ width: 1e5, height: 1e5 }, rows(48)), "it unpacks to 10001 MB; at most 537 MB are read"],
  [
    "data a thousand times longer than its rows",
    png({ width: 48, height: 48 }, new Uint8Array(2e6)),
    "its data are longer than its rows",
  ],
  ["a filter of no such number", png({ width: 2, height: 1 }, Uint8Array.of(9, 7, 9)), "Unsupported filter"],
  [
    "an index beyond its palette",
    png({ width: 2, height: 1, type: 3 }, Uint8Array.of(0, 7, 9), chunk("PLTE", bytesOf(9))),
    "palette",
  ],
  [
    "few bits interlaced and rows too few",
    png({ width: 2, height: 1, depth: 1, interlace: 1 }, Uint8Array.of(0, 7)),
    "ends before its last pixel",
  ],
  [
    "few bits interlaced and a damaged chunk",
    png({ width: 1, height: 1, depth: 1, interlace: 1 }, Uint8Array.of(0, 7)).with(45, 1),
    "the checksum of its chunk IDAT does not agree",
  ],
  [
    "few bits of more pixels than are read",
    png({ width: 1e5, height: 1e4, depth: 1 }, rows(48)),
    "it unpacks to 1000 MB",
  ],
])("a PNG with %s is refused", (_what, file, says) => {
  expect(() => decodePicture(file, "a.png")).toThrow(says);
});

test("text, profiles and frames in a file are not unpacked", () => {
  const bomb = Buffer.concat([Buffer.from("icc\0\0", "latin1"), zlibSync(new Uint8Array(5e7))]);
  const before = process.memoryUsage().arrayBuffers;
  decodePicture(
    png({ width: 48, height: 48 }, rows(48), chunk("iCCP", bomb), chunk("tEXt", Buffer.from([0]))),
    "a.png",
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e7);
});

const shared = resolve(import.meta.dirname, "../../../shared/cases/pictures");
test.skipIf(!existsSync(shared))("short files of others are refused, ten times alike; long ones are read", () => {
  for (const name of readdirSync(shared).filter((file) => /^(no|short)-idat.*png$/.test(file))) {
    const file = readFileSync(resolve(shared, name));
    for (let i = 0; i < 10; i++) expect(() => decodePicture(file, name)).toThrow(`${name} cannot be decoded: it ends`);
  }
  for (const name of ["bytes-after-iend.png", "long-idat.png"])
    expect(decodePicture(readFileSync(resolve(shared, name)), name).picture.height).toBe(48);
});
