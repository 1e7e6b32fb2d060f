/**
 * A folder of pictures, subfolders too, cut into size×size crops. Pictures come
 * in the order of their paths; their headers tell how many crops there are, and
 * only those that hold chosen crops are decoded, once each, one at a time,
 * before any work begins, so that a damaged one is found then. Memory: the crops
 * up to `keptBytes` (more of them lie in a file, picture-store.ts), one picture
 * as its file, RGBA and pixels, about 300 bytes per picture and 100 per crop.
 */

import { join } from "node:path";
import type { ImagesThere } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import { contentKey } from "../core/key.js";
import { lossesOf, type Picture, withChannels } from "../formats/picture.js";
import { readPictureHeader } from "../formats/picture-header.js";
import { type CropPlace, chooseCrops, copyCrop, cropCount, cropRule, partCounts } from "../images/crops.js";
import type { Counts, ImageSet } from "../images/image-set.js";
import { bytesSha256, readBytes } from "./files.js";
import { pictureNames, readPicture, skippedWarning } from "./picture-files.js";
import { openPictureStore, type PictureStore } from "./picture-store.js";

export type FolderOptions = Counts & {
  readonly size: number;
  /** Bytes of crops that stay in memory; it changes no picture. */
  readonly keptBytes?: number;
};

type PictureFile = {
  readonly path: string;
  readonly sha256: string;
  readonly crops: number;
  readonly channels: 1 | 3;
  /** EXIF turns it. */
  readonly turned: boolean;
};

/**
 * Crops of the pictures in a folder; grey (1 channel) if all pictures are grey.
 *
 * @throws CrispError `data` for a folder without pictures, a damaged picture or
 *   one smaller than a crop, `usage` for more crops than there are
 */
export async function readPictureFolder(folder: string, options: FolderOptions): Promise<ImageSet> {
  const { size } = options;
  if (!Number.isInteger(size) || size < 1) {
    throw new CrispError("usage", `size is ${size}; it must be a whole number of at least 1. Write 32.`);
  }
  const { files, skipped } = await inspectAll(folder, size);
  const chosen = chooseCrops(
    files.map((file) => file.crops),
    options,
    `${folder}, as crops of ${size}×${size}`,
  );
  const channels = channelsOf(files);
  const length = size * size * channels;
  const places = [...chosen.training, ...chosen.test];
  const store = openPictureStore(places.length, length, options.keptBytes);
  const lossy = await cutAll(files, { places, store }, { size, channels }).catch((error) => {
    store.close();
    throw error;
  });
  return {
    source: "folder",
    citation: null,
    // Pictures that EXIF turns were once read as they are stored: theirs are other crops, and another set.
    hash: contentKey({
      ...{ source: "folder", cropRule, size, files: files.map((file) => file.sha256) },
      turned: files.some((file) => file.turned) || undefined,
    }),
    height: size,
    width: size,
    channels,
    training: { ...store.pictures(0, chosen.training.length), numbered: null },
    test: store.pictures(chosen.training.length, places.length),
    warnings: [...skippedWarning(folder, skipped), ...lossWarnings(lossy), ...splitWarning(files.length)],
    close: store.close,
  };
}

/** How many crops of a folder there are for training and for test, by the headers of its pictures. @throws as `readPictureFolder` */
export async function picturesThere(folder: string, size: number): Promise<Omit<ImagesThere, "layout">> {
  const { files } = await inspectAll(folder, size);
  return { ...partCounts(files.map((file) => file.crops)), height: size, width: size, channels: channelsOf(files) };
}

async function inspectAll(folder: string, size: number) {
  const { names, skipped } = await pictureNames(folder);
  const files: PictureFile[] = [];
  for (const name of names) files.push(await inspect(join(folder, name), size));
  return { files, skipped };
}

function channelsOf(files: readonly PictureFile[]): 1 | 3 {
  return files.some((file) => file.channels === 3) ? 3 : 1;
}

/** Identity and number of crops of a picture, without decoding it. */
async function inspect(path: string, size: number): Promise<PictureFile> {
  const bytes = await readBytes(path);
  const { height, width, channels, orientation } = readPictureHeader(bytes, path);
  const crops = cropCount(height, width, size);
  if (crops === 0) {
    throw new CrispError(
      "data",
      `${path} is ${height}×${width} pixels; a crop needs ${size}×${size}. Remove the picture or ask for a smaller size.`,
    );
  }
  return { path, sha256: bytesSha256(bytes), crops, channels, turned: orientation !== undefined };
}

/**
 * Puts crop `places[i]` into the store at i. Each picture that is needed is
 * decoded once; what of their files was left out is returned, with the files.
 */
async function cutAll(
  files: readonly PictureFile[],
  { places, store }: { places: readonly CropPlace[]; store: PictureStore },
  { size, channels }: { size: number; channels: 1 | 3 },
): Promise<Losses> {
  const losses = new Map<string, string[]>();
  const crop = new Uint8Array(size * size * channels);
  const order = Uint32Array.from(places.keys()).sort((a, b) => places[a].picture - places[b].picture || a - b);
  let open: { index: number; picture: Picture } | undefined;
  for (const i of order) {
    const place = places[i];
    if (open?.index !== place.picture) {
      open = undefined; // one decoded picture at a time
      const { path } = files[place.picture];
      const decoded = await readPicture(path);
      for (const loss of lossesOf(decoded)) losses.set(loss, [...(losses.get(loss) ?? []), path]);
      open = { index: place.picture, picture: withChannels(decoded.picture, channels) };
    }
    copyCrop(open.picture, size, place.crop, crop, 0);
    store.put(i, crop);
  }
  return losses;
}

/** Pictures by what of them was left out. */
type Losses = ReadonlyMap<string, readonly string[]>;

function lossWarnings(losses: Losses): string[] {
  return [...losses].map(
    ([loss, paths]) => `${paths[0]}${paths.length > 1 ? ` and ${paths.length - 1} more` : ""}: ${loss}.`,
  );
}

function splitWarning(pictures: number): string[] {
  if (pictures >= 5) return [];
  return ["With fewer than 5 pictures, crops for training and for test come from the same pictures."];
}
