/**
 * What a TIFF file says of its first picture before anything is unpacked. Tags
 * and their defaults after Adobe's TIFF 6.0; only tags that pixels need are read,
 * each held against the bytes there are.
 */
import { orientationOf } from "./exif.js";

/** The first picture of a file. */
export type TiffHeader = {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Samples of a pixel in the file; those behind the colour are dropped. */
  readonly samples: number;
  /** Bits of a sample. */
  readonly depth: number;
  readonly little: boolean;
  /** 0 white is zero, 1 black is zero, 2 colour, 3 palette; others are not read. */
  readonly photometric: number;
  readonly compression: number;
  /** 2: each sample is the difference from the one to its left. */
  readonly predictor: number;
  /** Each sample of a pixel lies in a plane of its own. */
  readonly planar: boolean;
  /** 1 whole numbers, 2 signed, 3 floating-point. */
  readonly format: number;
  /** Size of a strip or tile; the last strip may have fewer rows. */
  readonly segment: { readonly width: number; readonly height: number; readonly isTile: boolean };
  readonly offsets: readonly number[];
  /** Bytes of each segment; none where the file leaves them out. */
  readonly counts: readonly number[];
  /** 16 bits each: all reds, all greens, all blues. */
  readonly palette: readonly number[];
  /** EXIF's, 1 to 8: how the stored picture is turned or mirrored. */
  readonly orientation: number;
  /** Another picture follows: a page, a frame or a thumbnail. */
  readonly more: boolean;
};

/** Bytes of a value by the number of its type: byte, short, long. */
const bytesOf: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4 };

/** Most values of a tag: a strip for each of a million rows. */
const mostValues = 2 ** 20;

const tag = {
  ...{ width: 256, height: 257, bits: 258, compression: 259, photometric: 262, stripOffsets: 273, samples: 277 },
  ...{ rowsPerStrip: 278, stripCounts: 279, planar: 284, predictor: 317, palette: 320 },
  ...{ tileWidth: 322, tileHeight: 323, tileOffsets: 324, tileCounts: 325, format: 339 },
} as const;

/** The header of a TIFF file, or undefined for another kind of file. @throws Error if the directory is damaged */
export function tiffHeader(file: Uint8Array): TiffHeader | undefined {
  const order = String.fromCharCode(...file.subarray(0, 4));
  if (file.length < 8 || (order !== "II*\0" && order !== "MM\0*")) return undefined;
  const little = order[0] === "I";
  const { list, one, more } = directoryOf(file, little);
  const isTile = list(tag.tileOffsets).length > 0;
  const [width, height] = [one(tag.width, 0), one(tag.height, 0)];
  const photometric = one(tag.photometric, 1);
  const depth = one(tag.bits, 1);
  if (list(tag.bits).some((bits) => bits !== depth)) throw new Error("its samples differ in their bits");
  return {
    ...{ height, width, depth, little, photometric, more },
    channels: photometric < 2 ? 1 : 3,
    samples: one(tag.samples, 1),
    compression: one(tag.compression, 1),
    predictor: one(tag.predictor, 1),
    planar: one(tag.planar, 1) === 2,
    format: one(tag.format, 1),
    segment: isTile
      ? { width: one(tag.tileWidth, 0), height: one(tag.tileHeight, 0), isTile }
      : { width, height: Math.min(height, one(tag.rowsPerStrip, height)), isTile },
    offsets: list(isTile ? tag.tileOffsets : tag.stripOffsets),
    counts: list(isTile ? tag.tileCounts : tag.stripCounts),
    palette: list(tag.palette),
    orientation: orientationOf(file) ?? 1,
  };
}

/** The first directory: the numbers of a tag, none where it is absent. */
function directoryOf(file: Uint8Array, little: boolean) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const first = view.getUint32(4, little);
  const count = first + 2 <= file.length ? view.getUint16(first, little) : 0;
  const end = first + 2 + 12 * count;
  if (count === 0 || end > file.length) throw new Error("it ends before its directory, so it was cut off");
  function list(wanted: number, most = mostValues): readonly number[] {
    for (let at = first + 2; at < end; at += 12) {
      if (view.getUint16(at, little) !== wanted) continue;
      const size = bytesOf[view.getUint16(at + 2, little)];
      const length = view.getUint32(at + 4, little);
      if (size === undefined) return [];
      if (length > mostValues) throw new Error(`it lists ${length} values for one tag; at most ${mostValues} are read`);
      const from = size * length <= 4 ? at + 8 : view.getUint32(at + 8, little);
      if (from + size * length > file.length) throw new Error("it ends before its directory, so it was cut off");
      return Array.from({ length: Math.min(most, length) }, (_, i) =>
        numberAt(view, from + size * i, { size, little }),
      );
    }
    return [];
  }
  return {
    list,
    one: (wanted: number, otherwise: number) => list(wanted, 1)[0] ?? otherwise,
    more: end + 4 <= file.length && view.getUint32(end, little) !== 0,
  };
}

function numberAt(view: DataView, at: number, { size, little }: { size: 1 | 2 | 4; little: boolean }): number {
  if (size === 1) return view.getUint8(at);
  return size === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
}
