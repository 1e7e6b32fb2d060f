/**
 * Non-local means (Buades, Coll, Morel, "A non-local algorithm for image
 * denoising", CVPR 2005), for comparison only: each pixel becomes the mean of
 * the pixels around it, weighted by how alike their surroundings are,
 *
 *   w(p, q) = exp(−max(d² − 2σ², 0) / h²),  d² mean squared difference of the two 5×5 patches, all channels.
 */
import { reflected } from "../src/tasks/denoise/tiles.js";
import type { Size } from "../src/tasks/denoise/variants.js";

const [patch, search] = [2, 10]; // radii: 5×5 patches in a window of 21×21

/** The denoised image at each h. */
export function nonLocalMeans(image: Float32Array, size: Size, sigma: number, h: readonly number[]): Float32Array[] {
  const { height, width, channels } = size;
  const at = (y: number, x: number, c: number): number =>
    image[(reflected(y, height) * width + reflected(x, width)) * channels + c];
  const sums = h.map(() => new Float64Array(image.length));
  const weights = h.map(() => new Float64Array(height * width));
  for (let dy = -search; dy <= search; dy++) {
    for (let dx = -search; dx <= search; dx++) {
      const distances = patchDistances(size, (y, x) => {
        let sum = 0;
        for (let c = 0; c < channels; c++) sum += (at(y, x, c) - at(y + dy, x + dx, c)) ** 2;
        return sum / channels;
      });
      for (let p = 0; p < height * width; p++) {
        const [y, x] = [Math.floor(p / width), p % width];
        for (const [i, value] of h.entries()) {
          const weight = Math.exp(-Math.max(distances[p] - 2 * sigma * sigma, 0) / (value * value));
          weights[i][p] += weight;
          for (let c = 0; c < channels; c++) sums[i][p * channels + c] += weight * at(y + dy, x + dx, c);
        }
      }
    }
  }
  return sums.map((sum, i) => Float32Array.from(sum, (value, j) => value / weights[i][Math.floor(j / channels)]));
}

/** Mean over the 5×5 pixels round each pixel, by sums along lines and then down columns. */
function patchDistances({ height, width }: Size, difference: (y: number, x: number) => number): Float64Array {
  const high = height + 2 * patch;
  const across = new Float64Array(high * width);
  for (let y = 0; y < high; y++) {
    const line = Float64Array.from({ length: width + 2 * patch }, (_, x) => difference(y - patch, x - patch));
    for (let x = 0; x < width; x++) for (let i = 0; i <= 2 * patch; i++) across[y * width + x] += line[x + i];
  }
  const mean = new Float64Array(height * width);
  for (let p = 0; p < mean.length; p++) {
    for (let j = 0; j <= 2 * patch; j++) mean[p] += across[p + j * width] / (2 * patch + 1) ** 2;
  }
  return mean;
}
