/**
 * JPEG to pixels, by jpeg-js (up to 4/255 from libjpeg). The library allocates
 * all of a picture when it has read its size, 250 bytes may claim 2.4 GB: here
 * the size is held against the bytes there are, and against a limit, first.
 * Layout after ITU-T T.81; colour after Adobe's APP14 segment, orientation after EXIF's APP1.
 */
import { decode } from "jpeg-js";
import { orientationOf } from "./exif.js";

/** What the segments before the data say. */
export type JpegFrame = {
  readonly height: number;
  readonly width: number;
  /** Number of the frame's marker: 0xc0 baseline, 0xc1 extended, 0xc2 progressive, others not read. */
  readonly marker: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** Name and sampling factors of each component. */
  readonly components: readonly { readonly id: number; readonly across: number; readonly down: number }[];
  /** Adobe's number of the colour transform: 0 none, 1 YCbCr; absent without its segment. */
  readonly transform: number | undefined;
  /** EXIF's orientation, 1 to 8: how the stored picture is turned or mirrored; 1 without one. */
  readonly orientation: number;
};

/** Most memory for decoding, in bytes. */
const mostMemory = 2 ** 31;
/** Most passes over a progressive picture: each takes time for all of it, however short its data. */
const mostScans = 64;

/** The frame of a JPEG file, or undefined for another kind of file or one cut off before it. */
export function jpegFrame(file: Uint8Array): JpegFrame | undefined {
  if (file[0] !== 0xff || file[1] !== 0xd8) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let transform: number | undefined;
  let orientation = 1;
  for (let at = 2; at + 10 <= file.length && file[at] === 0xff; ) {
    const marker = file[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return frameAt(file, at, { transform, orientation });
    if (marker === 0xee && at + 16 <= file.length && view.getUint32(at + 4) === 0x41646f62) transform = file[at + 15];
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966)
      // "Exif", 0, 0
      orientation = orientationOf(file.subarray(at + 10, at + 2 + view.getUint16(at + 2))) ?? orientation;
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2); // 0xff: a fill byte
  }
  return undefined;
}

type Told = Pick<JpegFrame, "transform" | "orientation">;

function frameAt(file: Uint8Array, at: number, told: Told): JpegFrame | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = file[at + 9];
  if (count < 1 || count > 4 || at + 10 + 3 * count > file.length) return undefined;
  const components = Array.from({ length: count }, (_, i) => {
    const factors = file[at + 11 + 3 * i];
    return { id: file[at + 10 + 3 * i], across: factors >> 4, down: factors & 15 };
  });
  const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
  return { height, width, marker: file[at + 1], depth: file[at + 4], components, ...told };
}

/**
 * Red, green, blue and 255 for each pixel.
 *
 * @throws Error with the reason if the file is damaged, of a kind that is not read, or too large
 */
export function decodeJpeg(file: Uint8Array, frame: JpegFrame): Uint8Array {
  checkKind(frame);
  checkSize(file, frame);
  const { data, width, height } = decode(file, {
    useTArray: true,
    tolerantDecoding: false,
    // Both are checked above, by what decoding really takes.
    maxResolutionInMP: 65_536,
    maxMemoryUsageInMB: mostMemory / 2 ** 20,
    colorTransform: isYcc(frame),
  });
  if (width !== frame.width || height !== frame.height) throw new Error("its size changed");
  return data;
}

/** Whether the first three components are luminance and two of colour: undefined leaves it to the library. */
function isYcc({ components, transform }: JpegFrame): boolean | undefined {
  const rgb = components.map(({ id }) => String.fromCharCode(id)).join("") === "RGB";
  return components.length === 3 && (transform === 0 || (transform === undefined && rgb)) ? false : undefined;
}

function checkKind({ marker, depth, components }: JpegFrame): void {
  if (marker >= 0xc9) throw new Error("its data are packed by arithmetic coding; Huffman coding is read");
  if (marker > 0xc2) throw new Error("it is lossless or hierarchical; baseline and progressive files are read");
  if (depth !== 8) throw new Error(`its samples have ${depth} bits; 8 are read`);
  if (components.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4))
    throw new Error("the sampling of its components is not from 1 to 4");
}

/**
 * Each block of 8×8 pixels takes a bit of the file at least. In memory it takes
 * 256 bytes of coefficients and about 150 more per component, each pixel up to
 * 12 bytes (41 bytes per pixel were measured without subsampling).
 */
function checkSize(file: Uint8Array, { height, width, components }: JpegFrame): void {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  if (blocks > 8 * file.length)
    throw new Error(`it ends before its last pixel: ${file.length} bytes cannot hold ${height}×${width}`);
  const [across, down] = [Math.max(...components.map((c) => c.across)), Math.max(...components.map((c) => c.down))];
  const share = components.reduce((sum, c) => sum + (c.across * c.down) / (across * down), 0);
  const memory = blocks * 406 * share + width * height * 16;
  if (memory > mostMemory)
    throw new Error(
      `it has ${height}×${width} pixels, whose decoding takes ${(memory / 1e9).toFixed(1)} GB; at most ${(mostMemory / 1e9).toFixed(1)} are used`,
    );
  const scans = countScans(file);
  if (scans > mostScans) throw new Error(`it has ${scans} scans; at most ${mostScans} are read`);
}

function countScans(file: Uint8Array): number {
  let scans = 0;
  for (let at = file.indexOf(0xff); at >= 0; at = file.indexOf(0xff, at + 1)) if (file[at + 1] === 0xda) scans++;
  return scans;
}
