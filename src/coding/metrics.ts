/**
 * What is reported of a coding: percent of units that are active, percent error
 * and peak signal-to-noise ratio of a reconstruction. float64 sums.
 */
import { CrispError } from "../core/errors.js";
import { type Geometry, systemSize } from "../core/geometry.js";
import type { SparseCode } from "./engine.js";

/** 100 · #{a ≠ 0} / L, 0..100. */
export function percentActive(code: SparseCode, geometry: Geometry): number {
  return (100 * code.index.length) / systemSize(geometry);
}

/**
 * 100 · ‖s − ŝ‖ / ‖s‖, 0 for a perfect reconstruction, 100 for the zero one.
 *
 * @param image  the reference s, usually the clean image
 * @throws `data` for an image of norm zero (a flat one): leave it out
 */
export function percentError(image: Float32Array, reconstruction: Float32Array): number {
  const power = image.reduce((sum, s) => sum + s * s, 0);
  if (power === 0) {
    throw new CrispError(
      "data",
      "the image is zero everywhere; percent error needs a norm > 0. Leave flat images out.",
    );
  }
  return 100 * Math.sqrt(squaredError(image, reconstruction) / power);
}

/** 10 · log₁₀(peak² / mean squared difference) in dB; +Infinity for equal images. */
export function psnr(image: Float32Array, reconstruction: Float32Array, peak: number): number {
  return 10 * Math.log10((peak * peak * image.length) / squaredError(image, reconstruction));
}

/** ‖s − ŝ‖²; throws `shape` if the lengths differ. */
export function squaredError(image: Float32Array, reconstruction: Float32Array): number {
  if (image.length !== reconstruction.length) {
    throw new CrispError(
      "shape",
      `the image has ${image.length} values, the reconstruction ${reconstruction.length}; they must agree. Compare images of one size.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < image.length; i++) sum += (image[i] - reconstruction[i]) ** 2;
  return sum;
}
