/**
 * Normalisation of one image over all its values jointly:
 *
 *   s = (x − mean) / deviation,  deviation² = Σ (x − mean)² / N
 *
 * so ‖s‖ = √N for every image (55.4256 for 32×32×3), and a percent error means
 * the same for each. A flat image has no deviation: it becomes zeros and is
 * left out of all percentages. Sums in float64, values in float32. Images of a
 * source whose pictures are `raw` are taken as they are.
 */
import type { Pictures } from "./image-set.js";

/** What was taken out of an image, in its own units (8-bit for pictures); deviation 0 means flat. */
export type Normalisation = { readonly mean: number; readonly deviation: number };

/** A deviation below this part of the mean is what rounding leaves of a flat image of floats. */
const roundingOnly = 1e-9;

/** What is taken out of an image that is coded as it is: nothing. */
export const asItIs: Normalisation = { mean: 0, deviation: 1 };

/** Mean and standard deviation (÷ N) of all values of one picture; with weights, of those with w > 0 only. */
export function normalisation(values: ArrayLike<number>, weights?: Float32Array): Normalisation {
  const bytes = weights ? Array.from<number>(values).filter((_, i) => weights[i] > 0) : values;
  if (bytes.length === 0) return { mean: 0, deviation: 0 };
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i];
  const mean = sum / bytes.length;
  let squares = 0;
  for (let i = 0; i < bytes.length; i++) squares += (bytes[i] - mean) * (bytes[i] - mean);
  const deviation = Math.sqrt(squares / bytes.length);
  return { mean, deviation: deviation <= roundingOnly * Math.abs(mean) ? 0 : deviation };
}

/**
 * s = (x − mean)/deviation, as long as `bytes`; zeros for a flat picture. With weights, mean and
 * deviation are of the values with w > 0 only; the others are scaled alike.
 */
export function normalise(bytes: ArrayLike<number>, weights?: Float32Array): Float32Array {
  return standardised(bytes, normalisation(bytes, weights));
}

/** s = (x − mean)/deviation; zeros where the deviation is 0. */
export function standardised(bytes: ArrayLike<number>, { mean, deviation }: Normalisation): Float32Array {
  const image = new Float32Array(bytes.length);
  if (deviation === 0) return image;
  for (let i = 0; i < bytes.length; i++) image[i] = (bytes[i] - mean) / deviation;
  return image;
}

/** The image [height, width, channels] at `index`, normalised unless its source is raw; zeros if the picture is flat. */
export function normalised(pictures: Pictures, index: number): Float32Array {
  const values = pictures.values(index);
  return pictures.raw ? Float32Array.from(values) : normalise(values);
}

/** Is this normalised image flat? Only a flat picture gives zeros everywhere. */
export function isFlat(image: Float32Array): boolean {
  return image.every((value) => value === 0);
}

/** 8-bit picture for display: x = s · deviation + mean, rounded and clipped to 0 … 255. */
export function displayBytes(image: Float32Array, { mean, deviation }: Normalisation): Uint8Array {
  const bytes = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    bytes[i] = Math.max(0, Math.min(255, Math.round(image[i] * deviation + mean)));
  }
  return bytes;
}
