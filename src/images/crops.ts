/**
 * Non-overlapping size×size crops of many pictures, and which of them a study
 * uses. With five pictures or more every fifth is kept for test; with fewer,
 * every fifth crop. Within a part the crops come in a fixed random order, so
 * that the first n are spread over all pictures, and crop i is the same for
 * every n.
 */
import { CrispError } from "../core/errors.js";
import { draws, purpose } from "../core/random.js";
import type { Picture } from "../formats/picture.js";
import { type Counts, checkCount } from "./image-set.js";

/** Raise with any change of what follows: it is part of the identity of the images. */
export const cropRule = 1;

/** Crop number `crop` of picture `picture`, in reading order. */
export type CropPlace = { readonly picture: number; readonly crop: number };

/**
 * Chooses the crops for training and test.
 *
 * @param cropsOf  number of crops in each picture
 * @param of       the folder and the size of a crop, named in errors
 * @throws CrispError `usage` if there are fewer than asked for
 */
export function chooseCrops(cropsOf: readonly number[], counts: Counts, of?: string) {
  const parts = partsOf(cropsOf);
  const training = checkCount("trainingImages", counts.trainingImages, {
    there: parts.training.length,
    of,
    advice: counts.adviceForFew?.(parts.training.length),
  });
  const test = checkCount("testImages", counts.testImages, { there: parts.test.length, of });
  return {
    training: firstOfShuffle(parts.training.length, training, 0).map(parts.training.place),
    test: firstOfShuffle(parts.test.length, test, 1).map(parts.test.place),
  };
}

/** How many crops there are for training and for test. */
export function partCounts(cropsOf: readonly number[]): { readonly training: number; readonly test: number } {
  const { training, test } = partsOf(cropsOf);
  return { training: training.length, test: test.length };
}

/** How many size×size crops fit into a picture, side by side from its upper left corner. */
export function cropCount(height: number, width: number, size: number): number {
  return Math.floor(height / size) * Math.floor(width / size);
}

/** Copies a crop, [size, size, channels], into `out` from byte `start`. */
export function copyCrop(picture: Picture, size: number, crop: number, out: Uint8Array, start: number): void {
  const across = Math.floor(picture.width / size);
  const line = size * picture.channels;
  const left = (crop % across) * line;
  const top = Math.floor(crop / across) * size;
  if (top + size > picture.height) throw new CrispError("internal", `crop ${crop} lies below the picture.`);
  for (let row = 0; row < size; row++) {
    const from = (top + row) * picture.width * picture.channels + left;
    out.set(picture.bytes.subarray(from, from + line), start + row * line);
  }
}

/** The crops of one part in their natural order: how many, and where each lies. */
type Part = { readonly length: number; readonly place: (crop: number) => CropPlace };

function partsOf(cropsOf: readonly number[]): { training: Part; test: Part } {
  return cropsOf.length < 5 ? partsByCrop(cropsOf) : partsByPicture(cropsOf);
}

function partsByPicture(cropsOf: readonly number[]): { training: Part; test: Part } {
  const all = cropsOf.map((_, picture) => picture);
  const isTest = (picture: number) => picture % 5 === 4;
  return {
    training: partOf(
      all.filter((picture) => !isTest(picture)),
      cropsOf,
    ),
    test: partOf(all.filter(isTest), cropsOf),
  };
}

function partsByCrop(cropsOf: readonly number[]): { training: Part; test: Part } {
  const all = partOf(
    cropsOf.map((_, picture) => picture),
    cropsOf,
  );
  const test = Math.floor(all.length / 5);
  return {
    training: { length: all.length - test, place: (crop) => all.place(crop + Math.floor(crop / 4)) },
    test: { length: test, place: (crop) => all.place(5 * crop + 4) },
  };
}

/** All crops of some pictures, one picture after the other. */
function partOf(pictures: readonly number[], cropsOf: readonly number[]): Part {
  const ends: number[] = [];
  for (const picture of pictures) ends.push((ends.at(-1) ?? 0) + cropsOf[picture]);
  const place = (crop: number) => {
    let low = 0;
    let high = ends.length - 1; // the first picture that ends beyond the crop
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle] > crop) high = middle;
      else low = middle + 1;
    }
    return { picture: pictures[low], crop: crop - (low === 0 ? 0 : ends[low - 1]) };
  };
  return { length: ends.at(-1) ?? 0, place };
}

/**
 * The first `count` of a random permutation of 0 … total − 1 (Fisher–Yates from
 * the front; only moved entries are stored, so millions of crops cost nothing).
 */
function firstOfShuffle(total: number, count: number, part: number): number[] {
  const draw = draws({ seed: 0, purpose: purpose.split }, part);
  const moved = new Map<number, number>();
  return Array.from({ length: count }, (_, i) => {
    const j = i + draw.whole(total - i);
    const chosen = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    return chosen;
  });
}
