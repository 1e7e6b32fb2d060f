/** Pictures on this machine: one file, or those of a folder and of the folders in it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CrispError } from "../core/errors.js";
import { isNamed } from "../formats/format.js";
import { type DecodedPicture, decodePicture } from "../formats/picture-file.js";
import { errorCode, readBytes } from "./files.js";

/** The picture of a file. @throws CrispError `data` that names the file if it cannot be read or decoded */
export async function readPicture(path: string): Promise<DecodedPicture> {
  return decodePicture(await readBytes(path), path);
}

/**
 * Names of the pictures in a folder and below, relative to it, in the order of their
 * character codes; hidden files and folders are passed over, and names that `kept` leaves out.
 *
 * @throws CrispError `data` for a folder that cannot be read, or if no name is left
 */
export async function pictureNames(
  folder: string,
  kept: (names: readonly string[]) => readonly string[] = (names) => names,
): Promise<readonly string[]> {
  const names = kept((await below(folder, "")).sort());
  if (names.length > 0) return names;
  throw new CrispError(
    "data",
    `${folder} holds no picture; .png, .jpg, .ppm and .pgm files are read. Name another folder.`,
  );
}

async function below(folder: string, inside: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesOf(join(folder, inside))) {
    if (entry.name.startsWith(".")) continue;
    const name = join(inside, entry.name);
    if (entry.isDirectory()) names.push(...(await below(folder, name)));
    else if (isNamed(entry.name, "picture")) names.push(name);
  }
  return names;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const reason = errorCode(cause) === "ENOENT" ? "is not there" : `cannot be read (${errorCode(cause)})`;
    throw new CrispError("data", `the folder ${folder} ${reason}. Name a folder of pictures.`, { cause });
  }
}
