/**
 * PNG to pixels and back, by fast-png, for Node and page alike. What the library
 * does not ask is asked first: a file is only decoded when its data unpack to
 * every row that the header promises, and to little more. Text, profiles and
 * animation are left out, so that nothing else is unpacked.
 * Layout after the W3C's PNG specification.
 */
import { convertIndexedToRgb, type DecodedPng, decode, encode } from "fast-png";
import { Unzlib } from "fflate";

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
  };
}

/**
 * The pixels of a PNG file without alpha, in 8 bits, and in 16 as well where the file has them.
 *
 * @returns `transparent`: an alpha below full was dropped
 * @throws Error with the reason if the file is damaged, holds fewer rows than it promises or is too large
 */
export function decodePng(file: Uint8Array, header: PngHeader): Decoded {
  const { width, height, depth, interlaced } = header;
  if (interlaced && depth < 8)
    throw new Error(`it is interlaced with ${depth} bits, which is not read; save it without interlacing`);
  const chunks = chunksOf(file);
  const data = chunks.filter(({ name }) => name === "IDAT").map(({ content }) => content);
  checkRows(data, rawBytes(header));
  const found = decode(essential(chunks), { checkCrc: true });
  if (found.width !== width || found.height !== height) throw new Error("its size changed");
  return header.samples === 1 && header.channels === 3 ? fromPalette(found) : fromSamples(found, header);
}

/** The bytes of a PNG file, 8 bits per sample, or 16 where there are; `level` of deflate, 9 the slowest and smallest. */
export function encodePng({ width, height, channels, bytes, deep }: Pixels, level: 6 | 9 = 6): Uint8Array {
  return encode({ width, height, channels, depth: deep ? 16 : 8, data: deep ?? bytes }, { zlib: { level } });
}

/** "data:image/png;base64,…" */
export function pngUri(pixels: Pixels): string {
  return `data:image/png;base64,${base64(encodePng(pixels, 9))}`;
}

type Decoded = { readonly bytes: Uint8Array; readonly deep?: Uint16Array; readonly transparent: boolean };

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

/** A file of the chunks that pixels need, the others left out. */
function essential(chunks: readonly Chunk[]): Uint8Array {
  const kept = chunks.filter(({ name }) => ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].includes(name));
  const file = new Uint8Array(kept.reduce((sum, { whole }) => sum + whole.length, signature.length));
  file.set(signature);
  let at = signature.length;
  for (const { whole } of kept) {
    file.set(whole, at);
    at += whole.length;
  }
  return file;
}

/** Bytes of all rows unpacked, each with its filter; seven passes of them where interlaced. */
function rawBytes({ width, height, depth, samples, interlaced }: PngHeader): number {
  const rows = (columns: number, lines: number) =>
    columns > 0 ? lines * (1 + Math.ceil((columns * samples * depth) / 8)) : 0;
  if (!interlaced) return rows(width, height);
  // First column and row of each pass of Adam7, and the steps between them.
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  return passes.reduce(
    (sum, [x, y, right, down]) =>
      sum + rows(Math.ceil((width - x) / right), Math.max(0, Math.ceil((height - y) / down))),
    0,
  );
}

/** Throws unless the data unpack to the rows that are promised; unpacks them piece by piece and keeps none. */
function checkRows(data: readonly Uint8Array[], promised: number): void {
  if (promised > largestRaw)
    throw new Error(`it unpacks to ${megabytes(promised)}; at most ${megabytes(largestRaw)} are read`);
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
  return withoutAlpha(colours, { samples: 4, largest: 255, key: undefined });
}

/** Grey or colour. */
function fromSamples(png: DecodedPng, { samples, depth }: PngHeader): Decoded {
  const key = png.transparency && png.transparency.length >= samples ? png.transparency : undefined;
  return withoutAlpha(depth < 8 ? unpacked(png) : png.data, { samples, largest: 2 ** depth - 1, key });
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

type Samples = { readonly samples: number; readonly largest: number; readonly key: Uint16Array | undefined };

/** Colour scaled to 255; transparent where alpha is below full when rounded, or the colour is the one that stands for nothing. */
function withoutAlpha(values: ArrayLike<number>, { samples, largest, key }: Samples): Decoded {
  const colours = samples < 3 ? 1 : 3;
  const bytes = new Uint8Array((values.length / samples) * colours);
  const deep = largest > 255 ? new Uint16Array(bytes.length) : undefined;
  const scaled = (value: number) => (largest === 255 ? value : Math.round((255 * value) / largest));
  let transparent = false;
  for (let at = 0, to = 0; at < values.length; at += samples) {
    let isKey = key !== undefined;
    for (let c = 0; c < colours; c++) {
      if (deep) deep[to] = values[at + c];
      bytes[to++] = scaled(values[at + c]);
      isKey &&= values[at + c] === key?.[c];
    }
    if (isKey || (samples > colours && scaled(values[at + colours]) !== 255)) transparent = true;
  }
  return deep ? { bytes, deep, transparent } : { bytes, transparent };
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x2000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  return btoa(binary);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
