/**
 * BMP to pixels: uncompressed pictures of 1, 4 or 8 bits with a palette, and of
 * 16, 24 or 32 bits with or without masks, upright or bottom-up. Layout after
 * Microsoft's BITMAPFILEHEADER and its followers.
 */
import { type DecodedSamples, withoutAlpha } from "./samples.js";

/** What stands before the pixels. */
export type BmpHeader = {
  readonly height: number;
  readonly width: number;
  /** 1 where the palette is grey throughout, else 3. */
  readonly channels: 1 | 3;
  /** Bits of a pixel. */
  readonly bits: number;
  /** 0 none, 3 and 6 masks; others are not read. */
  readonly compression: number;
  /** Rows come from the top. */
  readonly isDown: boolean;
  /** First byte of the pixels. */
  readonly start: number;
  /** Red, green, blue of each entry. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Bits of red, green, blue and alpha in a pixel of 16 or 32 bits; alpha's may be 0. */
  readonly masks: readonly number[];
};

/** Compressions that are not read. */
const packings: Readonly<Record<number, string>> = { 1: "run lengths", 2: "run lengths", 4: "JPEG", 5: "PNG" };

/** The header of a BMP file, or undefined for another kind of file or one cut off before it. */
export function bmpHeader(file: Uint8Array): BmpHeader | undefined {
  if (file.length < 30 || file[0] !== 0x42 || file[1] !== 0x4d) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const size = view.getUint32(14, true);
  const isOld = size === 12;
  if ((!isOld && size < 40) || size > 1024 || 14 + size > file.length) return undefined;
  const [width, height] = isOld
    ? [view.getUint16(18, true), view.getUint16(20, true)]
    : [view.getInt32(18, true), view.getInt32(22, true)];
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const compression = isOld ? 0 : view.getUint32(30, true);
  const hasMasks = compression === 3 || compression === 6;
  const palette = paletteOf(file, { bits, isOld, size });
  const isGrey = palette.length > 0 && palette.every(([red, green, blue]) => red === green && green === blue);
  return {
    ...{ width, bits, compression, palette, height: Math.abs(height), isDown: height < 0 },
    channels: isGrey ? 1 : 3,
    start: view.getUint32(10, true),
    masks: hasMasks ? masksOf(view, size >= 56 || compression === 6) : usualMasks(bits),
  };
}

type Kind = { readonly bits: number; readonly isOld: boolean; readonly size: number };

/** Blue, green, red and, in all but the oldest kind, a byte without meaning; none above 8 bits. */
function paletteOf(file: Uint8Array, { bits, isOld, size }: Kind): [number, number, number][] {
  if (bits > 8) return [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const step = isOld ? 3 : 4;
  const told = isOld || 50 > file.length ? 0 : view.getUint32(46, true);
  const count = Math.min(told || 1 << bits, 1 << bits, Math.floor((file.length - 14 - size) / step));
  return Array.from({ length: count }, (_, i) => {
    const at = 14 + size + step * i;
    return [file[at + 2], file[at + 1], file[at]];
  });
}

/** The masks behind the header of 40 bytes, or the same places of a longer one. */
function masksOf(view: DataView, hasAlpha: boolean): number[] {
  const at = (i: number) => (54 + 4 * i + 4 <= view.byteLength ? view.getUint32(54 + 4 * i, true) : 0);
  return [at(0), at(1), at(2), hasAlpha ? at(3) : 0];
}

function usualMasks(bits: number): number[] {
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

/** Pixels in 8 bits. @throws Error with the reason if the file is cut off, damaged or of a kind that is not read */
export function decodeBmp(file: Uint8Array, header: BmpHeader): DecodedSamples {
  const { height, width, bits, compression, start, isDown, channels } = header;
  if (![0, 3, 6].includes(compression))
    throw new Error(`its data are packed by ${packings[compression] ?? `code ${compression}`}; none is read`);
  if (![1, 4, 8, 16, 24, 32].includes(bits))
    throw new Error(`its pixels have ${bits} bits; 1, 4, 8, 16, 24 and 32 are read`);
  const row = 4 * Math.ceil((width * bits) / 32);
  // The last row may go without its filling bytes.
  if (start + row * (height - 1) + Math.ceil((width * bits) / 8) > file.length)
    throw new Error("it ends before its last pixel, so it was cut off");
  const samples = bits <= 8 ? channels : 4;
  const values = new Uint8Array(height * width * samples);
  const put = bits <= 8 ? fromPalette(file, header) : fromMasks(file, header);
  for (let y = 0; y < height; y++) {
    const from = start + row * (isDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++) put(values, (y * width + x) * samples, { from, x });
  }
  return withoutAlpha(values, { samples, largest: 255 });
}

/** Writes the pixel x of the row that begins at byte `from`. */
type Put = (values: Uint8Array, to: number, at: { readonly from: number; readonly x: number }) => void;

function fromPalette(file: Uint8Array, { bits, palette, channels }: BmpHeader): Put {
  return (values, to, { from, x }) => {
    const index = (file[from + ((x * bits) >> 3)] >> (8 - bits - ((x * bits) & 7))) & (2 ** bits - 1);
    const colour = palette[index];
    if (colour === undefined) throw new Error(`its palette has ${palette.length} colours, a pixel asks for ${index}`);
    for (let c = 0; c < channels; c++) values[to + c] = colour[c];
  };
}

function fromMasks(file: Uint8Array, { bits, masks }: BmpHeader): Put {
  const parts = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, largest: mask >>> shift };
  });
  if (parts.slice(0, 3).some(({ mask }) => mask === 0)) throw new Error("a mask of its colours is empty");
  return (values, to, { from, x }) => {
    const at = from + (x * bits) / 8;
    const high = bits > 16 ? file[at + 2] * 65_536 + (bits === 32 ? file[at + 3] * 16_777_216 : 0) : 0;
    const pixel = (file[at] + 256 * file[at + 1] + high) >>> 0;
    parts.forEach(({ mask, shift, largest }, c) => {
      values[to + c] = mask === 0 ? 255 : Math.round((255 * ((pixel & mask) >>> shift)) / largest);
    });
  };
}
