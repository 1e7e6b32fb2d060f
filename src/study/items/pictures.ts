/**
 * The images an item works on: held-out training images, or test images. Flat
 * pictures have no direction to reconstruct and are left out everywhere.
 */
import { CrispError } from "../../core/errors.js";
import { permutation, purpose } from "../../core/random.js";
import { tensor } from "../../core/tensor.js";
import type { ImageSet, Pictures } from "../../images/image-set.js";
import { isFlat, normalised } from "../../images/normalise.js";
import { windows } from "../../images/window.js";
import type { Batch } from "../../tasks/batch.js";

/** Where an item's images come from: content hash, split, and a range in the order of that split. */
export type ImageRange = {
  readonly hash: string;
  readonly split: "held-out" | "test";
  readonly from: number;
  readonly to: number;
};

/** The training pool: `count` images, of which `heldOut` (drawn by `seed`) are never learned from. */
export type Pool = {
  readonly hash: string;
  readonly count: number;
  readonly heldOut: number;
  readonly seed: number;
  /** Hash of the images' masks; absent where every pixel counts alike. */
  readonly mask?: string;
};

/** The training pool, divided once by its seed: indices held out, and indices to learn from. */
export type Division = { readonly heldOut: Uint32Array; readonly learning: Uint32Array };

/** @throws CrispError `usage` when nothing is left to learn from */
export function divide(pool: Pool): Division {
  if (pool.count <= pool.heldOut) {
    throw new CrispError(
      "usage",
      `trainingImages is ${pool.count} and learning.heldOut ${pool.heldOut}; some images must remain to learn from. Raise trainingImages.`,
    );
  }
  const order = permutation(pool.count, { seed: pool.seed, purpose: purpose.split });
  return { heldOut: order.slice(0, pool.heldOut), learning: order.slice(pool.heldOut) };
}

/** Clean, normalised images of a range; flat ones are missing. */
export function batchOf(set: ImageSet, pool: Pool, range: ImageRange): Batch {
  if (range.split === "test") return testBatch(set, range);
  const numbers = numbersOf(range);
  const { heldOut } = divide(pool);
  return batchAt(
    set,
    set.training,
    numbers.map((n) => heldOut[n]),
  );
}

/** Clean, normalised test images of a range; flat ones are missing. */
export function testBatch(set: ImageSet, range: Pick<ImageRange, "from" | "to">): Batch {
  return batchAt(set, set.test, numbersOf(range));
}

function numbersOf({ from, to }: Pick<ImageRange, "from" | "to">): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The pictures that an item looks at: whole, or their centre windows of side `imageSize`. */
export function pictured(images: ImageSet, { imageSize }: { readonly imageSize?: number }): ImageSet {
  return imageSize === undefined ? images : windows(images, imageSize);
}

/** Clean, normalised images at the indices given; flat ones are missing. */
export function batchAt(set: ImageSet, pictures: Pictures, indices: ArrayLike<number>): Batch {
  const kept: { index: number; image: Float32Array }[] = [];
  for (let i = 0; i < indices.length; i++) {
    const image = normalised(pictures, indices[i]);
    if (!isFlat(image)) kept.push({ index: indices[i], image });
  }
  const images = tensor([kept.length, set.height, set.width, set.channels]);
  const length = set.height * set.width * set.channels;
  kept.forEach(({ image }, i) => {
    images.data.set(image, i * length);
  });
  return { images, indices: kept.map(({ index }) => index) };
}
