/**
 * Noise: y = s + σ · z, z independent standard normal, added after
 * normalisation. The draw belongs to (seed, stream, index of the image), so it
 * is the same for every λ, every dictionary, any order and number of workers.
 */
import { draws, purpose } from "../core/random.js";

/** `stream` keeps draws over other images (training, repeated noise) apart from the study's own, which is 0. */
export type NoiseStream = { readonly seed: number; readonly stream?: number };

/**
 * The noisy image y = s + σ · z, a new array; s itself is left as it is.
 *
 * @param image   normalised image s, any shape, values in reading order
 * @param sigma   standard deviation in units of the normalised image, ≥ 0
 * @param index   index of the image in its set, 0 … 2³² − 1
 */
export function noisy(image: Float32Array, sigma: number, stream: NoiseStream, index: number): Float32Array {
  const draw = draws({ seed: stream.seed, stream: stream.stream, purpose: purpose.noise }, index);
  const noisyImage = new Float32Array(image.length);
  for (let i = 0; i < image.length; i++) noisyImage[i] = image[i] + sigma * draw.gaussian();
  return noisyImage;
}
