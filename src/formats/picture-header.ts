/**
 * What the file of a picture says of itself before it is decoded: format, size
 * and channels (1 grey, 3 colour). Formats: PNG, JPEG, and the plain PGM and
 * PPM of Netpbm.
 */
import { CrispError } from "../core/errors.js";
import { contentWords } from "./format.js";
import { jpegFrame } from "./jpeg.js";
import { pngHeader } from "./png.js";
import { readPnmHeader } from "./pnm.js";

/** Format, size and channels of a picture. */
export type PictureHeader = {
  readonly format: "png" | "jpeg" | "pnm";
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** EXIF's, where it is not 1 (upright): height and width above are those of the turned picture. */
  readonly orientation?: number;
};

/**
 * Reads the header of a picture file.
 *
 * @param file  the whole file, or enough of its start
 * @param name  named in errors
 * @throws CrispError `data` for another format or a damaged header
 */
export function readPictureHeader(file: Uint8Array, name: string): PictureHeader {
  const header = headerOf(file, name);
  if (!header) {
    const found = contentWords(file);
    throw new CrispError(
      "data",
      `${name} is not a readable picture${found ? `, but ${found} by its content` : ""}; PNG, JPEG, PPM and PGM are. Remove or convert it.`,
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
  if (png) return { format: "png", height: png.height, width: png.width, channels: png.channels };
  const jpeg = jpegFrame(file);
  if (jpeg) {
    const { components, orientation } = jpeg;
    const [height, width] = orientation > 4 ? [jpeg.width, jpeg.height] : [jpeg.height, jpeg.width];
    const channels = components.length === 1 ? 1 : 3;
    return orientation === 1
      ? { format: "jpeg", height, width, channels }
      : { format: "jpeg", height, width, channels, orientation };
  }
  if (file[0] !== 0x50 || !(file[1] >= 0x32 && file[1] <= 0x36)) return undefined;
  const { height, width, channels } = readPnmHeader(file, name);
  return { format: "pnm", height, width, channels };
}
