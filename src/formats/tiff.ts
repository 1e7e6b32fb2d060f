/**
 * TIFF to pixels: the first picture of a file in strips or tiles of 1, 2, 4, 8
 * or 16 bits, grey, colour or palette, uncompressed or packed by LZW, Deflate or
 * PackBits. Every segment is unpacked into as many bytes as its pixels take and
 * not one more. Layout after Adobe's TIFF 6.0.
 */
import { unzlibSync } from "fflate";
import { unpackBits, unpackLzw } from "./lzw.js";
import { type DecodedSamples, withoutAlpha } from "./samples.js";
import type { TiffHeader } from "./tiff-directory.js";

/** How a segment is packed: the most bytes that one packed byte may give. */
type Packing = { readonly ratio: number; unpack(packed: Uint8Array, bytes: number): Uint8Array };

const deflate: Packing = { ratio: 1032, unpack: (packed, bytes) => unzlibSync(packed, { out: new Uint8Array(bytes) }) };

/** By the number of the format; 3,838 codes of at most 12 bits give strings of 1 to 3,838 bytes. */
const packings: Readonly<Record<number, Packing>> = {
  1: { ratio: 1, unpack: (packed) => packed },
  5: { ratio: 1400, unpack: unpackLzw },
  8: deflate,
  32946: deflate,
  32773: { ratio: 64, unpack: unpackBits },
};

/** Kinds that are not read, by the numbers of compression and of colour. */
const otherPackings: Readonly<Record<number, string>> = {
  ...{ 2: "a fax code", 3: "a fax code", 4: "a fax code", 6: "JPEG", 7: "JPEG" },
  ...{ 34712: "JPEG 2000", 34925: "LZMA", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL" },
};
const otherColours: Readonly<Record<number, string>> = { 4: "a mask", 5: "CMYK", 6: "YCbCr", 8: "Lab", 32803: "raw" };

/** Most unpacked bytes that are read; three times as many are held for a moment. */
const largestRaw = 2 ** 29;

/**
 * The pixels of a TIFF file without alpha, in 8 bits, and in 16 as well where the file has them.
 *
 * @throws Error with the reason if the file is damaged, cut off, too large or of a kind that is not read
 */
export function decodeTiff(file: Uint8Array, header: TiffHeader): DecodedSamples {
  checkKind(header);
  const segments = segmentsOf(header);
  const counts = header.counts.length > 0 ? header.counts : segments.map(({ bytes }) => bytes);
  checkSize(file, header, { segments, counts });
  const { height, width, samples, depth } = header;
  const values = new (depth > 8 ? Uint16Array : Uint8Array)(height * width * samples);
  segments.forEach((segment, i) => {
    const packed = file.subarray(header.offsets[i], header.offsets[i] + counts[i]);
    const raw = packings[header.compression].unpack(packed, segment.bytes);
    if (raw.length < segment.bytes) throw new Error(cutOff);
    place(segment, samplesOf(raw, segment, header), { values, header });
  });
  return pixelsFrom(values, header);
}

const cutOff = "it ends before its last pixel, so it was cut off";

function checkKind({ depth, format, compression, predictor, photometric, samples, palette }: TiffHeader): void {
  if (format === 3) throw new Error(`its values are floating-point numbers of ${depth} bits; whole numbers are read`);
  if (format === 2) throw new Error("its values have a sign; whole numbers from 0 are read");
  if (![1, 2, 4, 8, 16].includes(depth)) throw new Error(`its samples have ${depth} bits; 1, 2, 4, 8 and 16 are read`);
  if (packings[compression] === undefined)
    throw new Error(
      `its data are packed by ${otherPackings[compression] ?? `code ${compression}`}; none, LZW, Deflate and PackBits are read`,
    );
  if (photometric > 3)
    throw new Error(
      `its colours are ${otherColours[photometric] ?? `code ${photometric}`}; grey, RGB and palette are read`,
    );
  if (predictor !== 1 && !(predictor === 2 && depth >= 8))
    throw new Error(`its predictor is ${predictor} at ${depth} bits; 1, and 2 from 8 bits on are read`);
  if (samples < (photometric === 2 ? 3 : 1) || samples > 8)
    throw new Error(`it has ${samples} samples per pixel; ${photometric === 2 ? 3 : 1} to 8 are read`);
  if (photometric === 3 && palette.length !== 3 << depth) throw new Error("its palette is not whole");
}

/** A strip or tile: where its first pixel lies, how many it has, and its bytes unpacked. */
type Segment = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly rows: number;
  /** The sample of its plane, 0 where all samples lie together. */
  readonly plane: number;
  readonly bytes: number;
};

function segmentsOf(header: TiffHeader): readonly Segment[] {
  const { height, width, samples, depth, planar, offsets, segment: size } = header;
  if (!(size.width > 0 && size.height > 0)) throw new Error("its tiles have no size");
  const [across, down] = [Math.ceil(width / size.width), Math.ceil(height / size.height)];
  const count = across * down * (planar ? samples : 1);
  if (offsets.length < count) throw new Error(cutOff);
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = [(i % across) * size.width, (Math.floor(i / across) % down) * size.height];
    const rows = size.isTile ? size.height : Math.min(size.height, height - y);
    const bytes = rows * Math.ceil((size.width * (planar ? 1 : samples) * depth) / 8);
    return { x, y, width: size.width, rows, plane: Math.floor(i / (across * down)), bytes };
  });
}

type Sizes = { readonly segments: readonly Segment[]; readonly counts: readonly number[] };

/** Segments lie in the file, share no bytes in all, and unpack to no more than they can. */
function checkSize(file: Uint8Array, header: TiffHeader, { segments, counts }: Sizes): void {
  const { offsets, compression, height, width, samples } = header;
  const raw = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  const packed = segments.reduce((sum, _, i) => sum + (counts[i] ?? 0), 0);
  if (segments.some((_, i) => !(offsets[i] + counts[i] <= file.length))) throw new Error(cutOff);
  if (packed > file.length) throw new Error("its strips share their bytes");
  if (packed * packings[compression].ratio < raw) throw new Error(cutOff);
  const held = Math.max(raw, height * width * samples); // fewer than 8 bits become 8
  if (held > largestRaw)
    throw new Error(`it unpacks to ${Math.ceil(held / 1e6)} MB; at most ${Math.floor(largestRaw / 1e6)} MB are read`);
}

/** The samples of a segment, its row bytes taken apart and its differences summed. */
function samplesOf(raw: Uint8Array, { width, rows }: Segment, header: TiffHeader): Uint8Array | Uint16Array {
  const { depth, little, predictor, planar } = header;
  const each = planar ? 1 : header.samples;
  const length = width * each;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const found = new (depth > 8 ? Uint16Array : Uint8Array)(rows * length);
  const rowBytes = Math.ceil((length * depth) / 8);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < length; i++) {
      const at = row * length + i;
      if (depth === 16) found[at] = view.getUint16(row * rowBytes + 2 * i, little);
      else found[at] = bitsAt(raw, row * rowBytes * 8 + i * depth, depth);
      if (predictor === 2 && i >= each) found[at] += found[at - each]; // wraps as the format asks
    }
  }
  return found;
}

/** A number of `depth` bits, 8 at most, within one byte. */
function bitsAt(raw: Uint8Array, bit: number, depth: number): number {
  return (raw[bit >> 3] >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
}

/** Puts the pixels of a segment that lie in the picture where they belong. */
function place(
  { x, y, width, rows, plane }: Segment,
  found: Uint8Array | Uint16Array,
  { values, header }: { values: Uint8Array | Uint16Array; header: TiffHeader },
): void {
  const { samples, planar } = header;
  const each = planar ? 1 : samples;
  const shown = Math.min(width, header.width - x);
  for (let row = 0; row < Math.min(rows, header.height - y); row++) {
    const to = ((y + row) * header.width + x) * samples + plane;
    const from = row * width * each;
    if (!planar) values.set(found.subarray(from, from + shown * each), to);
    else for (let i = 0; i < shown; i++) values[to + i * samples] = found[from + i];
  }
}

/** Palette to colour, white-is-zero to black-is-zero, and samples behind the colour dropped. */
function pixelsFrom(values: Uint8Array | Uint16Array, header: TiffHeader): DecodedSamples {
  const { depth, samples, photometric, channels } = header;
  if (photometric === 3) return withoutAlpha(coloursOf(values, header), { samples: 3, largest: 255 });
  const largest = 2 ** depth - 1;
  if (photometric === 0) for (let i = 0; i < values.length; i += samples) values[i] = largest - values[i];
  if (samples <= channels + 1) return withoutAlpha(values, { samples, largest });
  const kept = values.filter((_, i) => i % samples < channels);
  return withoutAlpha(kept, { samples: channels, largest });
}

/** Colours of 8 bits, the upper half of the palette's 16; some writers fill only the lower half. */
function coloursOf(values: ArrayLike<number>, { palette, depth, samples }: TiffHeader): Uint8Array {
  const shift = palette.every((value) => value < 256) ? 0 : 8;
  return Uint8Array.from(
    { length: (3 * values.length) / samples },
    (_, i) => palette[((i % 3) << depth) + values[Math.floor(i / 3) * samples]] >> shift,
  );
}
