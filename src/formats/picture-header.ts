/**
 * What the file of a picture says of itself before it is decoded: format, size
 * and channels (1 grey, 3 colour). Formats: PNG, JPEG, and the plain PGM and
 * PPM of Netpbm.
 */
import { CrispError } from "../core/errors.js";
import { readPnmHeader } from "./pnm.js";

export type PictureHeader = {
  readonly format: "png" | "jpeg" | "pnm";
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
};

/**
 * Reads the header of a picture file.
 *
 * @param file  the whole file, or enough of its start
 * @param name  named in errors
 * @throws CrispError `data` for another format or a damaged header
 */
export function readPictureHeader(file: Uint8Array, name: string): PictureHeader {
  const header = pngHeader(file) ?? jpegHeader(file) ?? pnmHeader(file, name);
  if (!header) {
    throw new CrispError(
      "data",
      `${name} is not a readable picture; PNG, JPEG, PPM and PGM are. Remove or convert it.`,
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

/** Signature, then the IHDR chunk: width, height, depth, colour type (0 and 4 are grey). */
function pngHeader(file: Uint8Array): PictureHeader | undefined {
  const signature = [137, 80, 78, 71, 13, 10, 26, 10];
  if (file.length < 26 || signature.some((byte, i) => file[i] !== byte)) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const channels = file[25] === 0 || file[25] === 4 ? 1 : 3;
  return { format: "png", width: view.getUint32(16), height: view.getUint32(20), channels };
}

/** Walks the segments to the frame header (SOF): height, width, number of components. */
function jpegHeader(file: Uint8Array): PictureHeader | undefined {
  if (file[0] !== 0xff || file[1] !== 0xd8) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 2;
  while (at + 10 <= file.length && file[at] === 0xff) {
    const marker = file[at + 1];
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) {
      const channels = file[at + 9] === 1 ? 1 : 3;
      return { format: "jpeg", height: view.getUint16(at + 5), width: view.getUint16(at + 7), channels };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function pnmHeader(file: Uint8Array, name: string): PictureHeader | undefined {
  if (file[0] !== 0x50 || !(file[1] >= 0x32 && file[1] <= 0x36)) return undefined;
  const { height, width, channels } = readPnmHeader(file, name);
  return { format: "pnm", height, width, channels };
}
