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
import { addAtom, addSeen, type Network, onCanvas } from "../coding/operator.js";
import { atomLength, type Geometry } from "../core/geometry.js";

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

/** Adds one image's contribution, over all that the boundary counts: the canvas outside the image too for `full`. */
export function addGradient(into: Gradient, net: Network, image: Float32Array, { code }: Coding): void {
  const residual = onCanvas(net, image);
  for (let n = 0; n < code.index.length; n++) addAtom(net, residual, { unit: code.index[n], weight: -code.value[n] });
  for (let n = 0; n < code.index.length; n++) {
    const [unit, weight] = [code.index[n], code.value[n]];
    const feature = unit % net.dictionary.geometry.features;
    into.squares[feature] += weight * weight;
    into.events[feature] += 1;
    addSeen(net, residual, { unit, weight }, into.numerator);
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
