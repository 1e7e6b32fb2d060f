/**
 * PNG to pixels and back, by fast-png, for Node and page alike. What the library
 * does not ask is asked first: a file is only decoded when its data unpack to
 * every row that the header promises, and to little more. Text, profiles and
 * animation are left out, so that nothing else is unpacked.
 * Layout after the W3C's PNG specification.
 */
import { convertIndexedToRgb, type DecodedPng, decode, encode } from "fast-png";
import { Unzlib, unzlibSync, zlibSync } from "fflate";
import { crc32 } from "./crc.js";
import { orientationOf } from "./exif.js";
import { type DecodedSamples, withoutAlpha } from "./samples.js";

/** A picture as a file holds it: `channels` 1 grey, 3 colour, 4 colour and alpha; row after row, interleaved. */
export type Pixels = {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly bytes: Uint8Array;
  /** The same in 16 bits, which are then written. */
  readonly deep?: Uint16Array;
};

/** What the first chunk says. */
export type PngHeader = {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** Samples of a pixel in the file: 1 grey or palette, 2 grey and alpha, 3 colour, 4 colour and alpha. */
  readonly samples: number;
  /** 1 for grey, with or without alpha; 3 else. */
  readonly channels: 1 | 3;
  readonly interlaced: boolean;
  /** EXIF's, 1 to 8: how the stored picture is turned or mirrored; 1 without one. */
  readonly orientation: number;
};

const signature = [137, 80, 78, 71, 13, 10, 26, 10];
/** Samples of each colour type of the format. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Deflate shrinks at most 1032 to 1. */
const largestRatio = 1032;
/** Most unpacked bytes that are read; three times as many are held for a moment. */
const largestRaw = 2 ** 29;
/** Bytes behind the last row that some writers leave. */
const spare = 1 << 20;

/** The header of a PNG file, or undefined for another kind of file or a damaged header. */
export function pngHeader(file: Uint8Array): PngHeader | undefined {
  if (file.length < 29 || signature.some((byte, i) => file[i] !== byte)) return undefined;
  const view = viewOf(file);
  const [depth, type, interlace] = [file[24], file[25], file[28]];
  const samples = samplesOf[type];
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(depth)) return undefined;
  const channels = type === 0 || type === 4 ? 1 : 3;
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth,
    samples,
    channels,
    interlaced: interlace !== 0,
    orientation: orientationIn(file),
  };
}

/** From the chunk eXIf, which may stand before or after the data; 1 in a file cut off before it. */
function orientationIn(file: Uint8Array): number {
  const view = viewOf(file);
  for (let at = signature.length; at + 12 <= file.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) !== 0x65584966) continue;
    return orientationOf(file.subarray(at + 8, at + 8 + view.getUint32(at))) ?? 1;
  }
  return 1;
}

/**
 * The pixels of a PNG file without alpha, in 8 bits, and in 16 as well where the file has them.
 *
 * @returns `transparent`: an alpha below full was dropped; `besides`: what else the file holds
 * @throws Error with the reason if the file is damaged, holds fewer rows than it promises or is too large
 */
export function decodePng(file: Uint8Array, header: PngHeader): Decoded {
  const { width, height } = header;
  const chunks = chunksOf(file);
  const data = chunks.filter(({ name }) => name === "IDAT").map(({ content }) => content);
  checkRows(data, rawBytes(header), width * height);
  // The library reads whole bytes of the seven passes alone.
  const packed = header.interlaced && header.depth < 8;
  const found = packed ? deinterlaced(chunks, header) : decode(essential(chunks), { checkCrc: true });
  if (found.width !== width || found.height !== height) throw new Error("its size changed");
  const decoded = header.samples === 1 && header.channels === 3 ? fromPalette(found) : fromSamples(found, header);
  return chunks.some(({ name }) => name === "acTL") ? { ...decoded, besides: "frames of an animation" } : decoded;
}

/** The bytes of a PNG file, 8 bits per sample, or 16 where there are; `level` of deflate, 9 the slowest and smallest. */
export function encodePng({ width, height, channels, bytes, deep }: Pixels, level: 6 | 9 = 6): Uint8Array {
  return encode({ width, height, channels, depth: deep ? 16 : 8, data: deep ?? bytes }, { zlib: { level } });
}

/** "data:image/png;base64,…" */
export function pngUri(pixels: Pixels): string {
  return `data:image/png;base64,${base64(encodePng(pixels, 9))}`;
}

type Decoded = DecodedSamples & { readonly besides?: string };

type Chunk = { readonly name: string; readonly content: Uint8Array; readonly whole: Uint8Array };

/** All chunks up to the end chunk; what follows it does not matter. */
function chunksOf(file: Uint8Array): Chunk[] {
  const view = viewOf(file);
  const chunks: Chunk[] = [];
  for (let at = signature.length; chunks.at(-1)?.name !== "IEND"; ) {
    const end = at + 12 <= file.length ? at + 12 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > file.length) throw new Error(cutOff);
    const name = String.fromCharCode(...file.subarray(at + 4, at + 8));
    chunks.push({ name, content: file.subarray(at + 8, end - 4), whole: file.subarray(at, end) });
    at = end;
  }
  return chunks;
}

const cutOff = "it ends before its last pixel, so it was cut off";

/** The chunks that pixels need. */
const essentials: readonly string[] = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** A file of the chunks that pixels need, the others left out. */
function essential(chunks: readonly Chunk[]): Uint8Array {
  const kept = chunks.filter(({ name }) => essentials.includes(name));
  return joined([Uint8Array.from(signature), ...kept.map(({ whole }) => whole)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A pass of Adam7 over the picture: its first column and row, the steps between them, and its size. */
type Pass = { readonly at: readonly [number, number]; readonly step: readonly [number, number] } & Pick<
  PngHeader,
  "width" | "height"
>;

/** The seven passes of an interlaced picture, empty ones left out; else the whole picture. */
function passesOf({ width, height, interlaced }: PngHeader): readonly Pass[] {
  if (!interlaced) return [{ at: [0, 0], step: [1, 1], width, height }];
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  return passes
    .map(([x, y, right, down]) => ({
      at: [x, y] as const,
      step: [right, down] as const,
      width: Math.ceil((width - x) / right),
      height: Math.ceil((height - y) / down),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of the rows of a pass unpacked, each with its filter. */
function passBytes({ width, height }: Pass, { samples, depth }: PngHeader): number {
  return height * (1 + Math.ceil((width * samples * depth) / 8));
}

/** Bytes of all rows unpacked. */
function rawBytes(header: PngHeader): number {
  return passesOf(header).reduce((sum, pass) => sum + passBytes(pass, header), 0);
}

/** An interlaced picture of one sample below 8 bits, a sample per byte: each pass is decoded as a picture of its own. */
function deinterlaced(chunks: readonly Chunk[], header: PngHeader): DecodedPng {
  chunks.forEach(checkSum);
  const raw = unzlibSync(joined(chunks.filter(({ name }) => name === "IDAT").map(({ content }) => content)));
  const data = new Uint8Array(header.width * header.height);
  let from = 0;
  let png: DecodedPng | undefined;
  for (const pass of passesOf(header)) {
    const end = from + passBytes(pass, header);
    png = decode(onePass(chunks, pass, raw.subarray(from, end)));
    from = end;
    unpacked(png).forEach((sample, i) => {
      const [column, row] = [i % pass.width, Math.floor(i / pass.width)];
      data[(pass.at[1] + pass.step[1] * row) * header.width + pass.at[0] + pass.step[0] * column] = sample;
    });
  }
  return { ...png!, width: header.width, height: header.height, depth: 8, data };
}

/** A file without interlacing that holds one pass. */
function onePass(chunks: readonly Chunk[], { width, height }: Pass, raw: Uint8Array): Uint8Array {
  const first = new Uint8Array(chunks[0].content);
  viewOf(first).setUint32(0, width);
  viewOf(first).setUint32(4, height);
  first[12] = 0;
  const own = [
    chunkOf("IHDR", first),
    chunkOf("IDAT", zlibSync(raw, { level: 0 })),
    chunkOf("IEND", new Uint8Array(0)),
  ];
  const kept = chunks.filter(({ name }) => name === "PLTE" || name === "tRNS");
  return essential([own[0], ...kept, ...own.slice(1)]);
}

function checkSum({ name, whole }: Chunk): void {
  if (!essentials.includes(name)) return;
  const stated = viewOf(whole).getUint32(whole.length - 4);
  if (crc32(whole.subarray(4, -4)) !== stated) throw new Error(`the checksum of its chunk ${name} does not agree`);
}

/** A chunk whose checksum is left open. */
function chunkOf(name: string, content: Uint8Array): Chunk {
  const whole = new Uint8Array(content.length + 12);
  viewOf(whole).setUint32(0, content.length);
  for (let i = 0; i < 4; i++) whole[4 + i] = name.charCodeAt(i);
  whole.set(content, 8);
  return { name, content, whole };
}

/** Throws unless the data unpack to the rows that are promised; unpacks them piece by piece and keeps none. */
function checkRows(data: readonly Uint8Array[], promised: number, pixels: number): void {
  const held = Math.max(promised, pixels);
  if (held > largestRaw) throw new Error(`it unpacks to ${megabytes(held)}; at most ${megabytes(largestRaw)} are read`);
  const packed = data.reduce((sum, { length }) => sum + length, 0);
  if (packed * largestRatio < promised) throw new Error(cutOff);
  let found = 0;
  const counter = new Unzlib((piece) => {
    found += piece.length;
    if (found > promised + spare) throw new Error("its data are longer than its rows");
  });
  // In pieces that unpack to 17 MB at most.
  for (const part of data)
    for (let at = 0; at < part.length; at += 1 << 14) counter.push(part.subarray(at, at + (1 << 14)));
  if (found < promised) throw new Error(cutOff);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** Palette to colour; transparent if any entry that is used is. */
function fromPalette(png: DecodedPng): Decoded {
  const colours = convertIndexedToRgb(png);
  if (png.palette?.[0]?.length !== 4) return { bytes: colours, transparent: false };
  return withoutAlpha(colours, { samples: 4, largest: 255 });
}

/** Grey or colour. */
function fromSamples(png: DecodedPng, { samples, depth }: PngHeader): Decoded {
  const key = png.transparency && png.transparency.length >= samples ? png.transparency : undefined;
  return withoutAlpha(png.depth < 8 ? unpacked(png) : png.data, { samples, largest: 2 ** depth - 1, key });
}

/** One sample per element, from rows of packed bits. */
function unpacked({ width, height, depth, data }: DecodedPng): Uint8Array {
  const row = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      samples[y * width + x] = (data[y * row + (bit >> 3)] >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return samples;
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x2000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  return btoa(binary);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
