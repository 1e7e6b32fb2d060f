/**
 * WebP to pixels. What the file says of itself is read here; libwebp, compiled
 * to WebAssembly (@jsquash/webp), unpacks it. Its caller opens a new decoder for
 * each picture, since the memory of WebAssembly never shrinks. Layout after RFC 9649.
 */
import { orientationOf } from "./exif.js";

/** What the chunks before the data say. */
export type WebpHeader = {
  readonly height: number;
  readonly width: number;
  readonly animated: boolean;
  /** EXIF's, 1 to 8: how the stored picture is turned or mirrored; 1 without one. */
  readonly orientation: number;
};

/** Red, green, blue and alpha of every pixel of a file. */
export type WebpDecoder = (file: Uint8Array) => {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
};

/** Most memory for decoding, in bytes, and what a pixel takes (17 were measured at 4000×4000 with loss, 14 without). */
const mostMemory = 2 ** 31;
const memoryPerPixel = 17;
/** Pixels that any file may have, and that each byte allows beyond: flat pictures without loss shrink to nothing, with loss to 560 per byte. */
const freePixels = 2 ** 24;
const pixelsPerByte = 4096;

/** Whether a file begins as WebP does. */
export function isWebp(file: Uint8Array): boolean {
  return textAt(file, 0) === "RIFF" && textAt(file, 8) === "WEBP";
}

/** The header of a WebP file, or undefined for another kind of file or one cut off before it. */
export function webpHeader(file: Uint8Array): WebpHeader | undefined {
  if (!isWebp(file) || file.length < 30) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  switch (textAt(file, 12)) {
    case "VP8 ":
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff, ...still };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, ...still };
    }
    case "VP8X": {
      const size = (at: number) => 1 + view.getUint16(at, true) + 65_536 * file[at + 2];
      const orientation = orientationIn(file);
      return { width: size(24), height: size(27), animated: (file[20] & 2) !== 0, orientation };
    }
    default:
      return undefined;
  }
}

const still = { animated: false, orientation: 1 } as const;

/** The chunk EXIF, which stands behind the data; 1 without it. Some writers begin it as JPEG does, "Exif", 0, 0. */
function orientationIn(file: Uint8Array): number {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    const content = file.subarray(at + 8, at + 8 + size);
    if (textAt(file, at) === "EXIF") return orientationOf(content.subarray(textAt(content, 0) === "Exif" ? 6 : 0)) ?? 1;
    at += 8 + size + (size & 1);
  }
  return 1;
}

/** @throws Error with the reason if the file is damaged, animated or too large */
export function decodeWebp(file: Uint8Array, header: WebpHeader, decode: WebpDecoder): Uint8Array {
  const { width, height, animated } = header;
  if (animated) throw new Error("it is animated; still pictures are read");
  const pixels = width * height;
  if (pixels > freePixels && pixels > pixelsPerByte * file.length)
    throw new Error(
      `it has ${height}×${width} pixels in ${file.length} bytes; at most ${pixelsPerByte} per byte are read`,
    );
  if (pixels * memoryPerPixel > mostMemory)
    throw new Error(
      `it has ${height}×${width} pixels, whose decoding takes ${((pixels * memoryPerPixel) / 1e9).toFixed(1)} GB; at most ${(mostMemory / 1e9).toFixed(1)} are used`,
    );
  const promised = 8 + new DataView(file.buffer, file.byteOffset, file.length).getUint32(4, true);
  if (promised > file.length) throw new Error("it ends before its last pixel, so it was cut off");
  const found = decode(file);
  if (found.width !== width || found.height !== height || found.data.length !== 4 * pixels)
    throw new Error("its size changed");
  return Uint8Array.from(found.data);
}

function textAt(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}
