/**
 * Training on images of which some pixels are missing or weigh less. An image
 * is normalised (unless its source is taken as it is) over the pixels it has,
 *
 *   s = (x − mean) / deviation where w > 0, 0 where w = 0,
 *
 * and coded and learned from with the data term ½ Σ w (s − Φa)², so that a
 * hidden pixel's value reaches no atom by any way.
 */
import { tensor } from "../core/tensor.js";
import type { ImageSet, Pictures } from "../images/image-set.js";
import { asItIs, isFlat, type Normalisation, normalisation } from "../images/normalise.js";
import type { Batch } from "../tasks/batch.js";

/** Weights of the data term for every training image. */
export type Masks = {
  /** Content identity: equal hashes mean equal weights. */
  readonly hash: string;
  /** w ≥ 0, [height, width, channels], of the training image at `index`. */
  at(index: number): Float32Array;
};

/** The normalised training image, zero where it is hidden; zeros if what shows is flat. */
export function maskedImage(pictures: Pictures, masks: Masks, index: number): Float32Array {
  const values = Array.from<number>(pictures.values(index));
  const weights = masks.at(index);
  const { mean, deviation } = shownScale(values, weights, pictures.raw);
  if (deviation === 0) return new Float32Array(values.length);
  return Float32Array.from(values, (value, i) => (weights[i] > 0 ? (value - mean) / deviation : 0));
}

/** Mean and deviation of the values that show; 0 and 1 for images taken as they are. */
function shownScale(values: readonly number[], weights: Float32Array, raw = false): Normalisation {
  return raw ? asItIs : normalisation(values, weights);
}

/** Training images at the indices given, with their weights; those flat where they show are missing. */
export function maskedBatch(set: ImageSet, masks: Masks, indices: ArrayLike<number>): Batch {
  const kept = Array.from(indices, (index) => ({ index, image: maskedImage(set.training, masks, index) })).filter(
    ({ image }) => !isFlat(image),
  );
  const shape = [kept.length, set.height, set.width, set.channels];
  const [images, weights] = [tensor(shape), tensor(shape)];
  const length = set.height * set.width * set.channels;
  kept.forEach(({ index, image }, i) => {
    images.data.set(image, i * length);
    weights.data.set(masks.at(index), i * length);
  });
  return { images, weights, indices: kept.map(({ index }) => index) };
}
