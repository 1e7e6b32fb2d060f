/**
 * Masks from the user's file: weights w ≥ 0 of images' pixels (training images, or those of
 * `crisp encode`), one for all images, [height, width] or [height, width, channels], or one per
 * image along a first axis: in the order of the array the images come from, or of the images.
 * Crops of pictures take one for all.
 */
import { CrispError } from "../core/errors.js";
import { tensorSha256 } from "../core/key.js";
import { decodeArray, finiteFloats } from "../formats/arrays.js";
import type { Pictures } from "../images/image-set.js";
import type { Masks } from "../study/masks.js";

type Size = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly training: Pick<Pictures, "count" | "numbered">;
  /** What messages call them; "training images" if left out. */
  readonly name?: string;
};

/**
 * Masks from the bytes of a file; the name's ending tells its kind.
 *
 * @throws CrispError `data` for a file that is not an array, another shape than the
 *   images have, a weight below 0 or not finite, or weights that hide everything
 */
export function decodeMasks(bytes: Uint8Array, path: string, set: Size): Masks {
  const array = decodeArray(bytes, path, "mask");
  const { each, grey } = layoutOf(array.shape, path, set);
  const weights = finiteFloats(array.data, path, (i) => `value ${i}`);
  checkValues(weights, path);
  const length = set.height * set.width * (grey ? 1 : set.channels);
  const at = set.training.numbered?.at ?? ((index: number) => index);
  return {
    hash: tensorSha256({ shape: array.shape, data: weights }),
    at(index) {
      const from = each ? at(index) * length : 0;
      const mask = weights.subarray(from, from + length);
      return grey ? spread(mask, set.channels) : mask;
    },
  };
}

/** Whether there is one mask an image, and whether the channels of a pixel share their weight. */
function layoutOf(
  shape: readonly number[],
  path: string,
  { height, width, channels, training, name = "training images" }: Size,
) {
  const of = (...axes: number[]) => shape.join() === axes.join();
  if (of(height, width)) return { each: false, grey: true };
  if (of(height, width, channels)) return { each: false, grey: false };
  const all = training.numbered === null ? null : (training.numbered?.count ?? training.count);
  if (all !== null && of(all, height, width)) return { each: true, grey: true };
  if (all !== null && of(all, height, width, channels)) return { each: true, grey: false };
  const each =
    all === null ? "; crops have no masks of their own" : `, or have ${all} of these along a first axis, one per image`;
  throw new CrispError(
    "data",
    `${path} has shape (${shape.join(", ")}); masks of these ${training.count} ${name} are (${height}, ${width}) or (${height}, ${width}, ${channels})${each}. Reshape the array.`,
  );
}

function checkValues(weights: Float32Array, path: string): void {
  const bad = weights.findIndex((w) => w < 0);
  if (bad >= 0) {
    throw new CrispError(
      "data",
      `${path}: value ${bad} is ${weights[bad]}; weights are at least 0, and 0 hides a pixel. Repair the array.`,
    );
  }
  if (weights.every((w) => w === 0)) {
    throw new CrispError(
      "data",
      `${path}: all ${weights.length} weights are 0; nothing is left of the images. Write 1 where a pixel counts.`,
    );
  }
}

/** [height, width] → [height, width, channels]. */
function spread(mask: Float32Array, channels: number): Float32Array {
  return Float32Array.from({ length: mask.length * channels }, (_, i) => mask[Math.floor(i / channels)]);
}
