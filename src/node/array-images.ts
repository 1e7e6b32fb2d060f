/**
 * Images of a study from an .npy or .npz array [n, height, width, channels] or
 * [n, height, width]: any numbers, any size, any channels. Every value is
 * checked once, at the beginning, which also gives the content hash; then an
 * .npy is read one image at a time.
 *
 * Which image is for what: in a fixed random order of all n the last ⌊n/5⌋ are
 * for test and the others for training, whatever the counts asked for.
 */
import { createHash } from "node:crypto";
import type { ImagesThere } from "../app/platform.js";
import { CrispError } from "../core/errors.js";
import type { Extent } from "../core/geometry.js";
import { contentKey } from "../core/key.js";
import { permutation, purpose } from "../core/random.js";
import {
  channelsLast,
  demandFinite,
  type ImageReading,
  imageReadings,
  imageShape,
  type Layout,
  looksLikePicture,
  placeIn,
} from "../formats/arrays.js";
import type { Numbers } from "../formats/numbers.js";
import { type Counts, checkCount, checkIndex, type ImageSet, type Pictures } from "../images/image-set.js";
import { openSpread, type Spread, unitsText } from "../images/spread.js";
import { type ItemFile, openItems, withItems } from "./item-file.js";

export type ArrayOptions = Counts & {
  readonly layout: Layout;
  /** false: images are coded as they are. */
  readonly normalise: boolean;
};

/** Raise with any change of the division: it is part of the identity of the images. */
const divisionRule = 1;

/**
 * @throws CrispError `data` for a file that is not an array of images or holds a
 *   value that is not finite, `usage` for more images than there are
 */
export function readArrayImages(path: string, options: ArrayOptions): Promise<ImageSet> {
  return withItems(path, "images", (file) => imageSet(file, path, options));
}

function imageSet(file: ItemFile, path: string, { layout, normalise, ...counts }: ArrayOptions): ImageSet {
  const [n, height, width, channels] = imagesShape(file, path, layout);
  const { sha256, spread } = inspect(file, path, layout);
  const order = permutation(n, { seed: 0, purpose: purpose.split }, 2);
  const parts = partsOf(n);
  const training = checkCount("trainingImages", counts.trainingImages, {
    there: parts.training,
    of: path,
    advice: counts.adviceForFew?.(parts.training),
  });
  const test = checkCount("testImages", counts.testImages, { there: parts.test, of: path });
  const part = { file, layout, raw: !normalise };
  return {
    source: "arrays",
    citation: null,
    hash: contentKey({ source: "arrays", divisionRule, shape: file.shape, layout, normalize: normalise, sha256 }),
    ...{ height, width, channels },
    training: picturesAt(order.subarray(0, training), part, n),
    test: picturesAt(order.subarray(parts.training, parts.training + test), part, n),
    warnings: normalise ? [] : [asTheyAre(path, spread)],
    close: file.close,
  };
}

/** Every fifth image is kept for test. */
function partsOf(n: number): { readonly training: number; readonly test: number } {
  const test = Math.floor(n / 5);
  return { training: n - test, test };
}

/**
 * How many images of an array there are for training and for test, by its header, read so that a patch fits into them.
 *
 * @throws CrispError `data` for a file that is not an array of images, one picture in colour among them
 */
export async function arraysThere(
  path: string,
  { layout, patch: [rows, columns] }: { readonly layout?: Layout; readonly patch: Extent },
): Promise<ImagesThere> {
  const file = await openItems(path, "images");
  file.close();
  const readings = imageReadings(file.shape, layout);
  const several = readings.filter(({ oneImage }) => !oneImage);
  const fitting = several.find(({ size: [, height, width] }) => height >= rows && width >= columns);
  const picture = readings.find(looksLikePicture);
  // Three images are no study: three planes are one picture.
  if (picture && (fitting === undefined || file.shape[0] === 3)) throw onePicture(path, picture);
  const found = fitting?.layout ?? several[0]?.layout ?? "nhwc";
  const [n, height, width, channels] = imagesShape(file, path, found);
  return { ...partsOf(n), height, width, channels, layout: found };
}

function onePicture(path: string, { size: [, height, width, channels] }: ImageReading): CrispError {
  return new CrispError(
    "data",
    `${path} holds one image, ${height}×${width} of ${channels} channels; a study needs many, [n, height, width, channels]. Save it as a picture in a folder and give the folder, which is cut into crops, or cut it yourself.`,
  );
}

/** [n, height, width, channels] of a file, without reading its numbers. */
export function imagesShape(file: ItemFile, path: string, layout: Layout): readonly number[] {
  const axes =
    layout === "nchw"
      ? "[n, channels, height, width] or [n, height, width]"
      : "[n, height, width, channels] or [n, height, width]";
  return imageShape(file.shape, layout, { name: path, axes });
}

/** One image with channels last, its values checked. */
export function imageAt(file: ItemFile, index: number, of: { path: string; layout: Layout }): Numbers {
  const values = file.item(index);
  checkImage(values, file, { index, ...of });
  return arranged(values, file, of.layout);
}

function arranged(values: Numbers, { shape }: ItemFile, layout: Layout): Numbers {
  return layout === "nchw" && shape.length === 4 ? channelsLast(values, [1, ...shape.slice(1)]) : values;
}

function checkImage(values: Numbers, file: ItemFile, of: { index: number; path: string; layout: Layout }): void {
  const first = of.index * values.length;
  demandFinite(values, of.path, (i) => placeIn(file.shape, of.layout)(first + i));
}

/** One pass over all values: their sha256, that they are finite, and how they spread. */
function inspect(file: ItemFile, path: string, layout: Layout): { sha256: string; spread: Spread } {
  const hash = createHash("sha256");
  const spread = openSpread();
  for (let index = 0; index < file.shape[0]; index++) {
    const values = file.item(index);
    checkImage(values, file, { index, path, layout });
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    spread.add(values);
  }
  return { sha256: hash.digest("hex"), spread: spread.result() };
}

type Part = { readonly file: ItemFile; readonly layout: Layout; readonly raw: boolean };

/** The images with these numbers in a file of n. */
function picturesAt(indices: Uint32Array, { file, layout, raw }: Part, n: number): Pictures {
  const count = indices.length;
  return {
    count,
    raw,
    numbered: { count: n, at: (index) => indices[index] },
    values(index) {
      checkIndex(index, count);
      return arranged(file.item(indices[index]), file, layout);
    },
  };
}

function asTheyAre(path: string, spread: Spread): string {
  const units = unitsText(spread);
  const advice =
    units === null ? "" : ` They are ${units}; leave --no-normalise out to give each mean 0 and deviation 1.`;
  return `${path} is coded as it is: noise and λ are in its own units, in which its deviation is ${spread.deviation.toPrecision(3)}, and percent error is 100 times the root mean square error in these units.${advice}`;
}
