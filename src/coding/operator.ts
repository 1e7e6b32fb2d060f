/**
 * The linear maps of a network, in float64: Φa (synthesis) and Φᵀr (analysis).
 *
 *   (Φa)(pixel) = Σ_units a_unit · φ_feature(pixel − start of the unit's patch)
 *
 * A unit is numbered (row·columns + column)·features + feature. Only the visible
 * part of an atom counts (canvas.ts), in Φ and Φᵀ alike, so the two are adjoint. With
 * weights w of the data term, Φᵀ becomes Φᵀw and ‖φ‖² becomes Σ w φ²; Φ stays.
 */
import { columnAxis, imageLength, rowAxis } from "../core/geometry.js";
import { type Canvas, canvasOf, imageMinus, placeImage, type Target } from "./canvas.js";
import { checkDictionary } from "./check.js";
import type { Dictionary } from "./dictionary.js";
import type { SparseCode } from "./engine.js";

/** A dictionary on its canvas: what Φ and Φᵀ need. */
export type Network = {
  readonly dictionary: Dictionary;
  readonly canvas: Canvas;
  readonly rows: number;
  readonly columns: number;
  readonly units: number;
  /** w of the data term ½ Σ w r² on the canvas; all 1 if left out. */
  readonly weights?: Float64Array;
  /** Canvas values per row, and in all. */
  readonly rowStride: number;
  readonly canvasLength: number;
};

/** The network of a dictionary; throws `shape` or `data` if the atoms do not fit the geometry. */
export function networkOf(dictionary: Dictionary): Network {
  const g = dictionary.geometry;
  const canvas = canvasOf(g);
  checkDictionary(dictionary);
  const rowStride = canvas.horizontal.length * g.channels;
  return {
    dictionary,
    canvas,
    rows: rowAxis(g).count,
    columns: columnAxis(g).count,
    units: rowAxis(g).count * columnAxis(g).count * g.features,
    rowStride,
    canvasLength: rowStride * canvas.vertical.length,
  };
}

/** An image on its canvas, zero around it. */
export function onCanvas(net: Network, image: ArrayLike<number>): Float64Array {
  const data = new Float64Array(net.canvasLength);
  placeImage(net.dictionary.geometry, net.canvas, image, { data, rowStride: net.rowStride });
  return data;
}

/** The same network with per-pixel weights [height, width, channels]; what `full` counts outside the image keeps weight 1. */
export function weighted(net: Network, weights: ArrayLike<number> | undefined): Network {
  if (!weights) return net;
  const data = new Float64Array(net.canvasLength).fill(1);
  placeImage(net.dictionary.geometry, net.canvas, weights, { data, rowStride: net.rowStride });
  return { ...net, weights: data };
}

/** A canvas of the network as `canvas.ts` wants it. */
export function target(net: Network, data: Float64Array): Target {
  return { data, rowStride: net.rowStride };
}

/** canvas ← canvas + weight · φ_unit, visible part only. */
export function addAtom(net: Network, canvas: Float64Array, term: { unit: number; weight: number }): void {
  const atoms = net.dictionary.atoms.data;
  for (const { atom, at, rows, values, step } of visible(net, term.unit)) {
    for (let y = 0; y < rows; y++) {
      for (let i = 0; i < values; i++) canvas[at + y * net.rowStride + i] += term.weight * atoms[atom + y * step + i];
    }
  }
}

/** Σ φ_unit · w · canvas over the visible part. */
export function atomDot(net: Network, canvas: Float64Array, unit: number): number {
  const atoms = net.dictionary.atoms.data;
  const w = net.weights;
  let sum = 0;
  for (const { atom, at, rows, values, step } of visible(net, unit)) {
    for (let y = 0; y < rows; y++) {
      const line = at + y * net.rowStride;
      for (let i = 0; i < values; i++) {
        const value = canvas[line + i] * atoms[atom + y * step + i];
        sum += w ? w[line + i] * value : value;
      }
    }
  }
  return sum;
}

/** numerator[feature] ← numerator[feature] + weight · canvas, over what the unit sees: addAtom's adjoint in the atoms. */
export function addSeen(
  net: Network,
  canvas: Float64Array,
  term: { unit: number; weight: number },
  numerator: Float64Array,
): void {
  for (const { atom, at, rows, values, step } of visible(net, term.unit)) {
    for (let y = 0; y < rows; y++) {
      for (let i = 0; i < values; i++)
        numerator[atom + y * step + i] += term.weight * canvas[at + y * net.rowStride + i];
    }
  }
}

/** Σ w · φ_unit² over the visible part. */
export function atomNorm(net: Network, unit: number): number {
  const atoms = net.dictionary.atoms.data;
  const w = net.weights;
  let sum = 0;
  for (const { atom, at, rows, values, step } of visible(net, unit)) {
    for (let y = 0; y < rows; y++) {
      for (let i = 0; i < values; i++) sum += (w ? w[at + y * net.rowStride + i] : 1) * atoms[atom + y * step + i] ** 2;
    }
  }
  return sum;
}

/** Mean weight of the canvas values a unit sees: 1 without weights. */
export function meanWeight(net: Network, unit: number): number {
  const w = net.weights;
  if (!w) return 1;
  let sum = 0;
  let count = 0;
  for (const { at, rows, values } of visible(net, unit)) {
    count += rows * values;
    for (let y = 0; y < rows; y++) for (let i = 0; i < values; i++) sum += w[at + y * net.rowStride + i];
  }
  return sum / count;
}

/** One rectangle of a unit's patch: where it begins in atoms and canvas, and its extent. */
type Part = { atom: number; at: number; rows: number; values: number; step: number };

/** What is visible of a unit's patch: one rectangle, up to four where it wraps. */
function visible(net: Network, unit: number): Part[] {
  const g = net.dictionary.geometry;
  const feature = unit % g.features;
  const position = (unit - feature) / g.features;
  const column = position % net.columns;
  const { vertical, horizontal } = net.canvas;
  const parts: Part[] = [];
  for (let row = (position - column) / net.columns; row < vertical.start.length; row += net.rows) {
    for (let i = column; i < horizontal.start.length; i += net.columns) {
      const part = rectangle(net, feature, { row, column: i });
      if (part.rows > 0 && part.values > 0) parts.push(part);
    }
  }
  return parts;
}

function rectangle(net: Network, feature: number, line: { row: number; column: number }): Part {
  const g = net.dictionary.geometry;
  const { vertical, horizontal } = net.canvas;
  const step = g.patch[1] * g.channels;
  const top = vertical.from[line.row];
  const left = horizontal.from[line.column];
  return {
    atom: (feature * g.patch[0] + top) * step + left * g.channels,
    at: (vertical.start[line.row] + top) * net.rowStride + (horizontal.start[line.column] + left) * g.channels,
    rows: vertical.to[line.row] - top,
    values: (horizontal.to[line.column] - left) * g.channels,
    step,
  };
}

/** ŝ = Φa on the image's pixels, [height, width, channels], summed in float64. */
export function synthesis(net: Network, { index, value }: SparseCode): Float32Array {
  const { geometry } = net.dictionary;
  const canvas = new Float64Array(net.canvasLength);
  for (let k = 0; k < index.length; k++) addAtom(net, canvas, { unit: index[k], weight: -value[k] });
  return imageMinus(geometry, net.canvas, new Float32Array(imageLength(geometry)), target(net, canvas));
}

/** g ← Φᵀr (Φᵀwr with weights). */
export function analyse(net: Network, residual: Float64Array, gradient: Float64Array): void {
  for (let unit = 0; unit < net.units; unit++) gradient[unit] = atomDot(net, residual, unit);
}

/** canvas ← s − Φa. */
export function residualOf(
  net: Network,
  of: { image: Float64Array; code: Float64Array },
  residual: Float64Array,
): void {
  residual.set(of.image);
  for (let unit = 0; unit < net.units; unit++) {
    if (of.code[unit] !== 0) addAtom(net, residual, { unit, weight: -of.code[unit] });
  }
}

/** max w, which bounds ‖√w Φ‖² / ‖Φ‖²; 1 without weights or with none above 0. */
export function largestWeight(net: Network): number {
  return net.weights?.reduce((most, w) => Math.max(most, w), 0) || 1;
}
