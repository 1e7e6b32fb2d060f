/**
 * What one chunk of images says about the dictionary. With residual r = s − Φa,
 * the energy falls fastest along
 *
 *   −∂E/∂φ_m = Σ a_m(i, j) · r(patch at i, j)          [numerator]
 *
 * and its curvature along φ_m is Σ a_m² (Φᵀ's own metric aside)   [squares].
 * Sums are float64 in image order, so a chunk's gradient has one value
 * whatever worker computed it.
 */
import type { Coding } from "../coding/engine.js";
import { atomLength, columnAxis, type Geometry, rowAxis } from "../core/geometry.js";

export type Gradient = {
  /** Σ a_m r, [features, patch rows, patch columns, channels]. */
  readonly numerator: Float64Array;
  /** Σ a_m² over images and positions, [features]. */
  readonly squares: Float64Array;
  /** Events: how often each atom was active, [features]. */
  readonly events: Float64Array;
};

export function emptyGradient(g: Geometry): Gradient {
  return {
    numerator: new Float64Array(g.features * atomLength(g)),
    squares: new Float64Array(g.features),
    events: new Float64Array(g.features),
  };
}

/** Adds one image's contribution; the part of a patch outside the image has no residual (`crop`). */
export function addGradient(into: Gradient, g: Geometry, image: Float32Array, coding: Coding): void {
  const { index, value } = coding.code;
  const residual = subtract(image, coding.reconstruction);
  for (let n = 0; n < index.length; n++) {
    const feature = index[n] % g.features;
    into.squares[feature] += value[n] * value[n];
    into.events[feature] += 1;
    addPatch(into.numerator, g, residual, index[n], value[n]);
  }
}

/** Sums gradients in the order given: the caller keeps chunks in image order. */
export function sumGradients(parts: readonly Gradient[], g: Geometry): Gradient {
  const total = emptyGradient(g);
  for (const part of parts) {
    for (const name of ["numerator", "squares", "events"] as const) {
      const from = part[name];
      const to = total[name];
      for (let i = 0; i < to.length; i++) to[i] += from[i];
    }
  }
  return total;
}

function subtract(image: Float32Array, reconstruction: Float32Array): Float32Array {
  const residual = new Float32Array(image.length);
  for (let i = 0; i < image.length; i++) residual[i] = image[i] - reconstruction[i];
  return residual;
}

/** numerator[feature] += a · r over the visible pixels of one unit's patch. */
function addPatch(numerator: Float64Array, g: Geometry, residual: Float32Array, unit: number, a: number): void {
  const feature = unit % g.features;
  const position = (unit - feature) / g.features;
  const columns = columnAxis(g).count;
  const top = rowAxis(g).first + Math.floor(position / columns) * g.stride[0];
  const left = columnAxis(g).first + (position % columns) * g.stride[1];
  const rowLength = g.patch[1] * g.channels;
  const from = Math.max(0, -left) * g.channels;
  const to = Math.min(g.patch[1], g.width - left) * g.channels;
  for (let y = Math.max(0, -top); y < Math.min(g.patch[0], g.height - top); y++) {
    const atomRow = feature * g.patch[0] * rowLength + y * rowLength;
    const imageRow = ((top + y) * g.width + left) * g.channels;
    for (let x = from; x < to; x++) numerator[atomRow + x] += a * residual[imageRow + x];
  }
}
