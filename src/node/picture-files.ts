/** Pictures on this machine: one file, or those of a folder and of the folders in it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PictureNames } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { countEndings, endingsOf, isNamed } from "../formats/format.js";
import type { DecodedPicture } from "../formats/picture.js";
import { decodePicture } from "../formats/picture-file.js";
import { isWebp } from "../formats/webp.js";
import { readBytes, unreadable } from "./files.js";
import { openWebpDecoder } from "./webp.js";

/** The picture of a file. @throws CrispError `data` that names the file if it cannot be read or decoded */
export async function readPicture(path: string): Promise<DecodedPicture> {
  const bytes = await readBytes(path);
  return decodePicture(bytes, path, isWebp(bytes) ? await openWebpDecoder() : undefined);
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
): Promise<PictureNames> {
  const all = (await below(folder, "")).sort();
  const names = kept(all.filter((name) => isNamed(name, "picture")));
  const skipped = all.filter((name) => !isNamed(name, "picture"));
  if (names.length > 0) return { names, skipped };
  const others = skipped.length === 0 ? "" : ` (it holds ${countEndings(skipped)})`;
  throw new CrispError(
    "data",
    `${folder} holds no picture${others}; ${endingsOf("picture")} files are read. Name another folder.`,
  );
}

/** Says which kinds of files of a folder are passed over; nothing where there are none. */
export function skippedWarning(folder: string, skipped: readonly string[]): string[] {
  if (skipped.length === 0) return [];
  return [`${folder}: passed over, being no pictures that are read: ${countEndings(skipped)}.`];
}

async function below(folder: string, inside: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesOf(join(folder, inside))) {
    if (entry.name.startsWith(".")) continue;
    const name = join(inside, entry.name);
    if (entry.isDirectory()) names.push(...(await below(folder, name)));
    else names.push(name);
  }
  return names;
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause, "Name a folder of pictures.");
  }
}
