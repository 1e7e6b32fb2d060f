/** A picture from a file on this machine. */
import { type DecodedPicture, decodePicture } from "../formats/picture-file.js";
import { readBytes } from "./files.js";

/** The picture of a file. @throws CrispError `data` that names the file if it cannot be read or decoded */
export async function readPicture(path: string): Promise<DecodedPicture> {
  return decodePicture(await readBytes(path), path);
}
