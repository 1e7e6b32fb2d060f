/** Pictures from the bytes of files: PNG (png.ts), JPEG (jpeg.ts), PGM and PPM (pnm.ts), turned as EXIF says. */
import { CrispError } from "../core/errors.js";
import { decodeJpeg, jpegFrame } from "./jpeg.js";
import { fromRgba, type Picture, turned } from "./picture.js";
import { type PictureHeader, readPictureHeader } from "./picture-header.js";
import { decodePng, pngHeader } from "./png.js";
import { decodePnm } from "./pnm.js";

/** `transparent`: the file had an alpha below full, which was dropped. */
export type DecodedPicture = { readonly picture: Picture; readonly transparent: boolean };

/**
 * The picture in the bytes of a file, whatever its name says.
 *
 * @param name  named in errors
 * @throws CrispError `data` with the reason for a file that is damaged, cut off, too large or of another kind
 */
export function decodePicture(file: Uint8Array, name: string): DecodedPicture {
  const header = readPictureHeader(file, name);
  if (header.format === "pnm") return { picture: decodePnm(file, name), transparent: false };
  try {
    return decoded(file, header);
  } catch (error) {
    throw new CrispError("data", `${name} cannot be decoded: ${reasonOf(error)}. Remove, repair or convert the file.`, {
      cause: error,
    });
  }
}

function decoded(file: Uint8Array, header: PictureHeader): DecodedPicture {
  const { height, width, channels } = header;
  if (header.format === "png") {
    const { transparent, ...pixels } = decodePng(file, pngHeader(file)!);
    return { picture: { height, width, channels, ...pixels }, transparent };
  }
  const frame = jpegFrame(file)!;
  const { picture } = fromRgba(decodeJpeg(file, frame), { height: frame.height, width: frame.width, channels });
  return { picture: turned(picture, frame.orientation), transparent: false };
}

/** The decoders speak of their streams where a file ends too early, in several ways. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/unexpected (end|eof)|marker was not found|EOF/i.test(text))
    return "it ends before its last pixel, so it was cut off";
  return /^(it|its) /.test(text) ? text : `it is damaged (${text})`;
}
