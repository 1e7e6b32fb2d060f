/**
 * Centre windows: the same pictures, side×side pixels around their middle. Rows
 * and columns begin at ⌊(height − side)/2⌋ and ⌊(width − side)/2⌋, so that a
 * window holds every smaller one. Values are those of the picture; normalising
 * a window takes its own mean and deviation.
 */
import { CrispError } from "../core/errors.js";
import { contentKey } from "../core/key.js";
import type { Numbers } from "../formats/numbers.js";
import type { ImageSet, Pictures } from "./image-set.js";

/**
 * The set of centre windows: same counts and indices. The set itself where its images are side×side already.
 *
 * @throws CrispError `usage` when the images are smaller
 */
export function windows(set: ImageSet, side: number): ImageSet {
  checkSide(set, side);
  if (set.height === side && set.width === side) return set;
  return {
    ...set,
    hash: contentKey({ images: set.hash, window: side }),
    height: side,
    width: side,
    training: windowed(set.training, set, side),
    test: windowed(set.test, set, side),
  };
}

/** @throws CrispError `usage` when a window of this side does not fit */
export function checkSide(
  { height, width, source }: Pick<ImageSet, "height" | "width" | "source">,
  side: number,
): void {
  if (side <= Math.min(height, width)) return;
  throw new CrispError(
    "usage",
    `a window of ${side}×${side} pixels was asked for; the images of ${source} are ${height}×${width}. Use sides of at most ${Math.min(height, width)}, or larger images.`,
  );
}

function windowed(pictures: Pictures, { height, width, channels }: ImageSet, side: number): Pictures {
  const top = Math.floor((height - side) / 2);
  const left = Math.floor((width - side) / 2);
  return {
    ...pictures,
    values(index) {
      const whole = pictures.values(index);
      const window = whole.slice(0, side * side * channels) as Numbers;
      for (let row = 0; row < side; row++) {
        const from = ((top + row) * width + left) * channels;
        window.set(whole.subarray(from, from + side * channels), row * side * channels);
      }
      return window;
    },
  };
}
