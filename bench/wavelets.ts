/**
 * Wavelet shrinkage, for comparison only: Haar's wavelet at every shift (Coifman
 * and Donoho, "Translation-invariant de-noising", 1995), four levels, each
 * band soft-thresholded at factor · σ²/σ_x (Chang, Yu, Vetterli, "Adaptive wavelet
 * thresholding", IEEE Transactions on Image Processing 2000), colours along the
 * axes light, yellow–blue and red–green.
 */
import { reflected } from "../src/tasks/denoise/tiles.js";
import type { Size } from "../src/tasks/denoise/variants.js";

const levels = 4;
const margin = 32; // continued by reflection, so that the periodic transform sees no jump

/** The denoised image. */
export function waveletShrinkage(image: Float32Array, size: Size, sigma: number, factor: number): Float32Array {
  const { height, width, channels } = size;
  const [rows, columns] = [height + 2 * margin, width + 2 * margin];
  const axes = channels === 3 ? opponent : [[1]];
  const result = new Float32Array(image.length);
  for (const axis of axes) {
    const plane = Float64Array.from({ length: rows * columns }, (_, i) => {
      const [y, x] = [Math.floor(i / columns) - margin, (i % columns) - margin];
      const from = (reflected(y, height) * width + reflected(x, width)) * channels;
      return axis.reduce((sum, weight, c) => sum + weight * image[from + c], 0);
    });
    const clean = shrunk(plane, { rows, columns, sigma, factor }, 0);
    for (let p = 0; p < height * width; p++) {
      const value = clean[(Math.floor(p / width) + margin) * columns + (p % width) + margin];
      for (const [c, weight] of axis.entries()) result[p * channels + c] += weight * value;
    }
  }
  return result;
}

/** Orthonormal axes of colour. */
const opponent = [
  [1, 1, 1].map((w) => w / Math.sqrt(3)),
  [1, 1, -2].map((w) => w / Math.sqrt(6)),
  [1, -1, 0].map((w) => w / Math.SQRT2),
];

type Task = { readonly rows: number; readonly columns: number; readonly sigma: number; readonly factor: number };

function shrunk(plane: Float64Array, task: Task, level: number): Float64Array {
  if (level === levels) return plane;
  const { rows, columns } = task;
  const step = 2 ** level;
  const right = (i: number) => Math.floor(i / columns) * columns + (((i % columns) + step) % columns);
  const left = (i: number) => Math.floor(i / columns) * columns + (((i % columns) + columns - step) % columns);
  const down = (i: number) => (i + step * columns) % (rows * columns);
  const up = (i: number) => (i + (rows - step) * columns) % (rows * columns);
  const [low, high] = split(plane, right);
  const [ll, lh] = split(low, down);
  const [hl, hh] = split(high, down);
  // Each coefficient is a mean of 4^(level + 1) values with signs.
  const noise = task.sigma / 2 ** (level + 1);
  const [a, b, c] = [lh, hl, hh].map((band) => soft(band, noise, task.factor));
  return merged(merged(shrunk(ll, task, level + 1), a, up), merged(b, c, up), left);
}

function split(values: Float64Array, next: (i: number) => number): [Float64Array, Float64Array] {
  return [values.map((v, i) => (v + values[next(i)]) / 2), values.map((v, i) => (v - values[next(i)]) / 2)];
}

/** The mean of the two ways to get a value back from its sums and differences. */
function merged(low: Float64Array, high: Float64Array, before: (i: number) => number): Float64Array {
  return low.map((v, i) => (v + high[i] + low[before(i)] - high[before(i)]) / 2);
}

function soft(band: Float64Array, noise: number, factor: number): Float64Array {
  const power = band.reduce((sum, v) => sum + v * v, 0) / band.length;
  const signal = Math.sqrt(Math.max(power - noise * noise, 1e-12));
  const threshold = (factor * noise * noise) / signal;
  return band.map((v) => Math.sign(v) * Math.max(0, Math.abs(v) - threshold));
}
