/**
 * The linear maps of a network, in float64: Φa (synthesis) and Φᵀr (analysis).
 *
 *   (Φa)(pixel) = Σ_units a_unit · φ_feature(pixel − start of the unit's patch)
 *
 * A unit is numbered (row·columns + column)·features + feature. Only the visible
 * part of an atom counts (canvas.ts), in Φ and Φᵀ alike, so the two are adjoint.
 */
import { columnAxis, rowAxis } from "../core/geometry.js";
import { type Canvas, canvasOf, placeImage, type Target } from "./canvas.js";
import { checkDictionary } from "./check.js";
import type { Dictionary } from "./dictionary.js";

export type Network = {
  readonly dictionary: Dictionary;
  readonly canvas: Canvas;
  readonly columns: number;
  readonly units: number;
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

/** A canvas of the network as `canvas.ts` wants it. */
export function target(net: Network, data: Float64Array): Target {
  return { data, rowStride: net.rowStride };
}

/** canvas ← canvas + weight · φ_unit, visible part only. */
export function addAtom(net: Network, canvas: Float64Array, term: { unit: number; weight: number }): void {
  const { atom, at, rows, values, step } = visible(net, term.unit);
  const atoms = net.dictionary.atoms.data;
  for (let y = 0; y < rows; y++) {
    for (let i = 0; i < values; i++) canvas[at + y * net.rowStride + i] += term.weight * atoms[atom + y * step + i];
  }
}

/** φ_unit · canvas over the visible part. */
export function atomDot(net: Network, canvas: Float64Array, unit: number): number {
  const { atom, at, rows, values, step } = visible(net, unit);
  const atoms = net.dictionary.atoms.data;
  let sum = 0;
  for (let y = 0; y < rows; y++) {
    for (let i = 0; i < values; i++) sum += canvas[at + y * net.rowStride + i] * atoms[atom + y * step + i];
  }
  return sum;
}

/** ‖φ_unit‖² of the visible part. */
export function atomNorm(net: Network, unit: number): number {
  const { atom, rows, values, step } = visible(net, unit);
  const atoms = net.dictionary.atoms.data;
  let sum = 0;
  for (let y = 0; y < rows; y++) {
    for (let i = 0; i < values; i++) sum += atoms[atom + y * step + i] ** 2;
  }
  return sum;
}

/** Where a unit's visible patch begins in atoms and canvas, and its extent. */
function visible(net: Network, unit: number) {
  const g = net.dictionary.geometry;
  const feature = unit % g.features;
  const position = (unit - feature) / g.features;
  const column = position % net.columns;
  const row = (position - column) / net.columns;
  const { vertical, horizontal } = net.canvas;
  const step = g.patch[1] * g.channels;
  const top = vertical.from[row];
  const left = horizontal.from[column];
  return {
    atom: (feature * g.patch[0] + top) * step + left * g.channels,
    at: (vertical.start[row] + top) * net.rowStride + (horizontal.start[column] + left) * g.channels,
    rows: vertical.to[row] - top,
    values: (horizontal.to[column] - left) * g.channels,
    step,
  };
}

/** g ← Φᵀr. */
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

/** ‖Φ‖², the largest eigenvalue of ΦᵀΦ, by 60 power iterations from a fixed start, raised by 2 % to be a bound in practice. */
export function spectralNorm(net: Network): number {
  let code = Float64Array.from({ length: net.units }, (_, i) => 1 + ((i * 7919) % 13) / 13);
  const canvas = new Float64Array(net.canvasLength);
  const none = new Float64Array(net.canvasLength);
  let norm = 0;
  for (let i = 0; i < 60; i++) {
    const length = Math.sqrt(code.reduce((sum, a) => sum + a * a, 0)) || 1;
    code = code.map((a) => -a / length);
    residualOf(net, { image: none, code }, canvas);
    norm = canvas.reduce((sum, r) => sum + r * r, 0);
    analyse(net, canvas, code);
  }
  return 1.02 * norm;
}
