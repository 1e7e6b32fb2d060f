/**
 * What one chunk of images says about the dictionary. With residual r = s − Φa,
 * the energy falls fastest along
 *
 *   −∂E/∂φ_m = Σ a_m(i, j) · w · r(patch at i, j)      [numerator]
 *
 * (w the weights of the data term, 1 without) and its curvature along φ_m is
 * Σ a_m² w̄ (Φᵀ's own metric aside), w̄ the mean weight of what a unit sees [squares].
 * Sums are float64 in image order, so a chunk's gradient has one value
 * whatever worker computed it.
 */
import type { SparseCode } from "../coding/engine.js";
import { addAtom, addSeen, meanWeight, type Network, onCanvas } from "../coding/operator.js";
import { atomLength, type Geometry } from "../core/geometry.js";

/** An image [height, width, channels] and its code. */
export type CodedImage = { readonly image: Float32Array; readonly code: SparseCode };

/** Sums over images that a step of the dictionary needs. */
export type Gradient = {
  /** Σ a_m r, [features, patch rows, patch columns, channels]. */
  readonly numerator: Float64Array;
  /** Σ a_m² w̄ over images and positions, [features]. */
  readonly squares: Float64Array;
  /** Events: how often each atom was active, [features]. */
  readonly events: Float64Array;
  /** How many events saw each value of an atom inside the image (w > 0), shaped as `numerator`; empty unless asked for. */
  readonly seen: Float64Array;
};

/**
 * Sums over no image yet.
 * @param counting  whether `seen` is wanted; it costs as much as `numerator`
 */
export function emptyGradient(g: Geometry, counting = false): Gradient {
  return {
    seen: new Float64Array(counting ? g.features * atomLength(g) : 0),
    numerator: new Float64Array(g.features * atomLength(g)),
    squares: new Float64Array(g.features),
    events: new Float64Array(g.features),
  };
}

/**
 * Adds one image's contribution, over all that the boundary counts: the canvas outside
 * the image too for `full`. A weighted network (`weighted`) gives the weighted energy's slope.
 */
export function addGradient(into: Gradient, net: Network, { image, code }: CodedImage): void {
  const residual = onCanvas(net, image);
  for (let n = 0; n < code.index.length; n++) addAtom(net, residual, { unit: code.index[n], weight: -code.value[n] });
  if (net.weights) for (let i = 0; i < residual.length; i++) residual[i] *= net.weights[i];
  const visible = into.seen.length > 0 ? visibility(net) : null;
  for (let n = 0; n < code.index.length; n++) {
    const [unit, weight] = [code.index[n], code.value[n]];
    const feature = unit % net.dictionary.geometry.features;
    into.squares[feature] += weight * weight * meanWeight(net, unit);
    into.events[feature] += 1;
    addSeen(net, residual, { unit, weight }, into.numerator);
    if (visible) addSeen(net, visible, { unit, weight: 1 }, into.seen);
  }
}

/** 1 on the canvas where the data term counts. */
function visibility(net: Network): Float64Array {
  return new Float64Array(net.canvasLength).map((_, i) => (net.weights?.[i] === 0 ? 0 : 1));
}

/** Sums gradients in the order given: the caller keeps chunks in image order. */
export function sumGradients(parts: readonly Gradient[], g: Geometry): Gradient {
  const total = emptyGradient(
    g,
    parts.some(({ seen }) => seen.length > 0),
  );
  for (const part of parts) {
    for (const name of ["numerator", "squares", "events", "seen"] as const) {
      const from = part[name];
      const to = total[name];
      for (let i = 0; i < to.length; i++) to[i] += from[i];
    }
  }
  return total;
}
