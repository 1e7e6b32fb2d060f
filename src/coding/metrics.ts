/**
 * What is reported of a coding, each with its one definition: percent of units
 * that are active, percent error and peak signal-to-noise ratio. float64 sums
 * in the order of the values, so equal inputs give equal bits.
 */
import { CrispError } from "../core/errors.js";

/** 100 · #{a ≠ 0} / L, 0..100. */
export function percentActive(active: number, units: number): number {
  return (100 * active) / units;
}

/**
 * 100 · ‖s − ŝ‖ / ‖s‖, 0 for a perfect reconstruction, 100 for the zero one; null where ‖s‖ = 0.
 *
 * @param image    the reference s, usually the clean image
 * @param weights  w ≥ 0 of the values in both norms, ‖x‖² = Σ w x²; 1 if left out
 * @throws CrispError `shape` if the lengths differ
 */
export function percentError(image: Float32Array, reconstruction: Float32Array, weights?: Float32Array): number | null {
  let power = 0;
  for (let i = 0; i < image.length; i++) power += (weights ? weights[i] : 1) * image[i] * image[i];
  return power === 0 ? null : percentOf(squaredError(image, reconstruction, weights), power);
}

/** Percent error from its two sums, ‖s − ŝ‖² and ‖s‖². */
export function percentOf(squaredError: number, power: number): number {
  return 100 * Math.sqrt(squaredError / power);
}

/** 10 · log₁₀(peak² · values / ‖s − ŝ‖²) in dB; +Infinity for no error. */
export function psnr(squaredError: number, values: number, peak = 255): number {
  return 10 * Math.log10((peak ** 2 * values) / squaredError);
}

/** ‖s − ŝ‖², weighted as in `percentError`; throws `shape` if the lengths differ. */
export function squaredError(
  image: ArrayLike<number>,
  reconstruction: ArrayLike<number>,
  weights?: Float32Array,
): number {
  if (image.length !== reconstruction.length) {
    throw new CrispError(
      "shape",
      `the image has ${image.length} values, the reconstruction ${reconstruction.length}; they must agree. Compare images of one size.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += (weights ? weights[i] : 1) * (image[i] - reconstruction[i]) ** 2;
  return sum;
}
