/**
 * What the file of a picture says of itself before it is decoded: format, size
 * and channels (1 grey, 3 colour). Formats: PNG, JPEG, TIFF, WebP, BMP, and PGM, PPM
 * and PAM of Netpbm.
 */
import { CrispError } from "../core/errors.js";
import { type BmpHeader, bmpHeader } from "./bmp.js";
import { contentWords } from "./format.js";
import { type JpegFrame, jpegFrame } from "./jpeg.js";
import { type PngHeader, pngHeader } from "./png.js";
import { readPnmHeader } from "./pnm.js";
import { type TiffHeader, tiffHeader } from "./tiff-directory.js";
import { type WebpHeader, webpHeader } from "./webp.js";

/** Format, size and channels of a picture, with what its decoder needs of its header. */
export type PictureHeader = Size & Own;

type Size = {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** EXIF's, where it is not 1 (upright): height and width above are those of the turned picture. */
  readonly orientation?: number;
};

type Own =
  | { readonly format: "png"; readonly own: PngHeader }
  | { readonly format: "jpeg"; readonly own: JpegFrame }
  | { readonly format: "tiff"; readonly own: TiffHeader }
  | { readonly format: "bmp"; readonly own: BmpHeader }
  | { readonly format: "webp"; readonly own: WebpHeader }
  | { readonly format: "pnm"; readonly own: null };

/** Pictures that are read, as messages list them. */
export const pictureKinds = "PNG, JPEG, TIFF, WebP, BMP, PPM, PGM and PAM";

/**
 * Reads the header of a picture file.
 *
 * @param file  the whole file
 * @param name  named in errors
 * @throws CrispError `data` for another format or a damaged header
 */
export function readPictureHeader(file: Uint8Array, name: string): PictureHeader {
  const header = headerOf(file, name);
  if (!header) {
    const found = contentWords(file);
    throw new CrispError(
      "data",
      `${name} is not a readable picture${found ? `, but ${found} by its content` : ""}; ${pictureKinds} are. Remove or convert it.`,
    );
  }
  if (header.height < 1 || header.width < 1) {
    throw new CrispError(
      "data",
      `${name} is ${header.height}×${header.width} pixels; it is damaged. Remove or repair it.`,
    );
  }
  return header;
}

function headerOf(file: Uint8Array, name: string): PictureHeader | undefined {
  const png = pngHeader(file);
  if (png) return { format: "png", own: png, ...upright(png) };
  const jpeg = jpegFrame(file);
  if (jpeg)
    return { format: "jpeg", own: jpeg, ...upright({ ...jpeg, channels: jpeg.components.length === 1 ? 1 : 3 }) };
  const tiff = tiffOf(file, name);
  if (tiff) return { format: "tiff", own: tiff, ...upright(tiff) };
  const bmp = bmpHeader(file);
  if (bmp) return { format: "bmp", own: bmp, ...upright({ ...bmp, orientation: 1 }) };
  const webp = webpHeader(file);
  if (webp) return { format: "webp", own: webp, ...upright({ ...webp, channels: 3 }) };
  if (file[0] !== 0x50 || ![0x32, 0x33, 0x35, 0x36, 0x37].includes(file[1])) return undefined;
  const { height, width, channels } = readPnmHeader(file, name);
  return { format: "pnm", own: null, height, width, channels };
}

function tiffOf(file: Uint8Array, name: string): TiffHeader | undefined {
  try {
    return tiffHeader(file);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new CrispError("data", `${name} cannot be decoded: ${reason}. Remove, repair or convert the file.`, {
      cause,
    });
  }
}

/** Height and width as viewers show them. */
function upright({ height, width, channels, orientation }: Size & { readonly orientation: number }): Size {
  if (orientation === 1) return { height, width, channels };
  return orientation > 4
    ? { height: width, width: height, channels, orientation }
    : { height, width, channels, orientation };
}
