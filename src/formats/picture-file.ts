/** Pictures from the bytes of files, turned as EXIF says: one reader for each format of picture-header.ts. */
import { CrispError } from "../core/errors.js";
import { decodeBmp } from "./bmp.js";
import { decodeJpeg } from "./jpeg.js";
import { type DecodedPicture, fromRgba, turned } from "./picture.js";
import { type PictureHeader, readPictureHeader } from "./picture-header.js";
import { decodePng } from "./png.js";
import { decodePnm } from "./pnm.js";
import { decodeTiff } from "./tiff.js";
import { decodeWebp, type WebpDecoder } from "./webp.js";

/**
 * The picture in the bytes of a file, whatever its name says.
 *
 * @param name  named in errors
 * @param webp  reads WebP, which needs WebAssembly; without it such a file is refused
 * @throws CrispError `data` with the reason for a file that is damaged, cut off, too large or of another kind
 */
export function decodePicture(file: Uint8Array, name: string, webp?: WebpDecoder): DecodedPicture {
  const header = readPictureHeader(file, name);
  try {
    const { picture, ...rest } = stored(file, header, { name, webp });
    return { picture: turned(picture, header.orientation ?? 1), ...rest };
  } catch (error) {
    if (error instanceof CrispError) throw error;
    throw new CrispError("data", `${name} cannot be decoded: ${reasonOf(error)}. Remove, repair or convert the file.`, {
      cause: error,
    });
  }
}

/** The picture as it is stored, before it is turned. */
function stored(
  file: Uint8Array,
  header: PictureHeader,
  { name, webp }: { readonly name: string; readonly webp?: WebpDecoder },
): DecodedPicture {
  const { channels } = header;
  switch (header.format) {
    case "png":
      return withSize(decodePng(file, header.own), header.own);
    case "tiff": {
      const pixels = withSize(decodeTiff(file, header.own), header.own);
      return header.own.more ? { ...pixels, besides: "another page" } : pixels;
    }
    case "bmp":
      return withSize(decodeBmp(file, header.own), header.own);
    case "jpeg": {
      const { height, width } = header.own;
      return { ...fromRgba(decodeJpeg(file, header.own), { height, width, channels }), transparent: false };
    }
    case "webp": {
      if (webp === undefined) throw new Error("it is WebP, for which no decoder is given");
      const { height, width } = header.own;
      return fromRgba(decodeWebp(file, header.own, webp), { height, width, channels });
    }
    case "pnm":
      return decodePnm(file, name);
    default:
      return header satisfies never;
  }
}

type Sized = { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
type Pixels = Omit<DecodedPicture, "picture"> & Pick<DecodedPicture["picture"], "bytes" | "deep">;

function withSize({ transparent, besides, ...pixels }: Pixels, { height, width, channels }: Sized): DecodedPicture {
  return { picture: { height, width, channels, ...pixels }, transparent, ...(besides && { besides }) };
}

/** The decoders speak of their streams where a file ends too early, in several ways. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/unexpected (end|eof)|marker was not found|EOF/i.test(text))
    return "it ends before its last pixel, so it was cut off";
  return /^(it|its|a|the) /.test(text) ? text : `it is damaged (${text})`;
}
