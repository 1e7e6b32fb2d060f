/**
 * Pictures from and to the bytes of files. PNG by pngjs (16 bits are rounded to 8), JPEG by
 * jpeg-js (up to 4/255 from libjpeg), PGM and PPM by our own reader.
 */
import { decode as decodeJpeg } from "jpeg-js";
import { PNG, type PNGOptions } from "pngjs";
import { CrispError } from "../core/errors.js";
import { fromRgba, type Picture, withChannels } from "./picture.js";
import { type PictureHeader, readPictureHeader } from "./picture-header.js";
import { decodePnm } from "./pnm.js";

/** `transparent`: the file had an alpha below full, which was dropped. */
export type DecodedPicture = { readonly picture: Picture; readonly transparent: boolean };

/** Decodes the bytes of a picture file; `name` is named in errors. */
export function decodePicture(file: Uint8Array, name: string): DecodedPicture {
  const header = readPictureHeader(file, name);
  if (header.format === "pnm") return { picture: decodePnm(file, name), transparent: false };
  try {
    return fromRgba(decodeRgba(file, header), header);
  } catch (error) {
    throw new CrispError("data", `${name} cannot be decoded: ${reasonOf(error)}. Remove or repair the file.`, {
      cause: error,
    });
  }
}

/** A picture as the bytes of a PNG file of its own kind, 8-bit grey or RGB. */
export function encodeOwnPng(picture: Picture): Uint8Array {
  if (picture.channels === 3) return encodePng(picture);
  const { height, width, bytes } = picture;
  const grey = { ...new PNG({ height, width }), data: Buffer.from(bytes) } as PNG;
  return PNG.sync.write(grey, { inputHasAlpha: false, inputColorType: 0, colorType: 0 } as PNGOptions);
}

/** A picture as the bytes of a PNG file in 8-bit RGB (grey is repeated). */
export function encodePng(picture: Picture): Uint8Array {
  const { height, width } = picture;
  const data = Buffer.from(withChannels(picture, 3).bytes);
  return PNG.sync.write({ ...new PNG({ height, width }), data } as PNG, { inputHasAlpha: false, colorType: 2 });
}

/** pngjs speaks of its streams where a file ends too early, in several ways. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /read requests|unexpected end|end of (file|input|stream)|too short|marker was not found|premature/i.test(text)
    ? "it ends before its last pixel, so it was cut off"
    : `it is damaged (${text})`;
}

function decodeRgba(file: Uint8Array, header: PictureHeader): Uint8Array {
  const decoded =
    header.format === "png"
      ? PNG.sync.read(Buffer.from(file.buffer, file.byteOffset, file.byteLength))
      : decodeJpeg(file, { useTArray: true, tolerantDecoding: false, maxMemoryUsageInMB: 2048 });
  if (decoded.width !== header.width || decoded.height !== header.height) throw new Error("its size changed");
  if (decoded.data.length < 4 * header.width * header.height) throw new Error("pixels are missing");
  return decoded.data;
}
