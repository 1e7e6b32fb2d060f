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
import { contentKey } from "../core/key.js";
import { permutation, purpose } from "../core/random.js";
import { channelsLast, demandFinite, imageShape, type Layout, placeIn } from "../formats/arrays.js";
import type { Numbers } from "../formats/numbers.js";
import { type Counts, checkCount, checkIndex, type ImageSet, type Pictures } from "../images/image-set.js";
import { type ItemFile, withItems } from "./item-file.js";

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
  const { sha256, deviation } = inspect(file, path, layout);
  const order = permutation(n, { seed: 0, purpose: purpose.split }, 2);
  const kept = Math.floor(n / 5);
  const training = checkCount("trainingImages", counts.trainingImages, {
    there: n - kept,
    of: path,
    advice: counts.adviceForFew?.(n - kept),
  });
  const test = checkCount("testImages", counts.testImages, { there: kept, of: path });
  const part = { file, layout, raw: !normalise };
  return {
    source: "arrays",
    citation: null,
    hash: contentKey({ source: "arrays", divisionRule, shape: file.shape, layout, normalize: normalise, sha256 }),
    ...{ height, width, channels },
    training: picturesAt(order.subarray(0, training), part, n),
    test: picturesAt(order.subarray(n - kept, n - kept + test), part, n),
    warnings: normalise ? [] : [asTheyAre(path, deviation)],
    close: file.close,
  };
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

/** One pass over all values: their sha256, that they are finite, and their deviation. */
function inspect(file: ItemFile, path: string, layout: Layout): { sha256: string; deviation: number } {
  const hash = createHash("sha256");
  let [sum, squares, total] = [0, 0, 0];
  for (let index = 0; index < file.shape[0]; index++) {
    const values = file.item(index);
    checkImage(values, file, { index, path, layout });
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    for (let i = 0; i < values.length; i++) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    total += values.length;
  }
  return { sha256: hash.digest("hex"), deviation: Math.sqrt(Math.max(0, squares / total - (sum / total) ** 2)) };
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

function asTheyAre(path: string, deviation: number): string {
  return `${path} is coded as it is: noise and λ are in its own units, in which its deviation is ${deviation.toPrecision(3)}, and percent error is 100 times the root mean square error in these units.`;
}
