/**
 * I + √w Φ D Φᵀ √w as a matrix of pixel values: what a Newton step of the dual problem solves.
 *
 * Values in raster order; two of them meet if one patch sees both, so a row reaches back over
 * a patch. Where patches wrap, image rows are taken from both ends in turn (0, m − 1, 1, m − 2 …),
 * which doubles the reach instead of filling the matrix.
 */
import { atomLength } from "../core/geometry.js";
import { tensor } from "../core/tensor.js";
import { blocked, type Envelope, emptyEnvelope, work } from "./envelope.js";
import { addAtom, type Network, networkOf } from "./operator.js";

export type Pixels = {
  /** Canvas values that a patch sees and that weigh something, in the order of the matrix. */
  readonly values: Int32Array;
  /** √w of each. */
  readonly roots: Float64Array;
  /** The rows of the matrix that each position sees, ascending. */
  readonly seen: readonly Int32Array[];
  /** First column of each row. */
  readonly first: Int32Array;
  /** Products of a factorisation and of an assembly from all units. */
  readonly work: number;
};

/** The pixel values of a network and which of them meet. */
export function pixelsOf(net: Network): Pixels {
  const sight = sightOf(net);
  const ranks = rankOf(net);
  const counted = new Set(sight.flatMap((values) => [...values]));
  const values = Int32Array.from(counted).sort((a, b) => ranks(a) - ranks(b));
  const row = new Map(Array.from(values, (value, i) => [value, i]));
  const seen = sight.map((patch) => Int32Array.from(patch, (value) => row.get(value)!).sort());
  const starts = Int32Array.from(values, (_, i) => i);
  for (const rows of seen) for (const i of rows) starts[i] = Math.min(starts[i], rows[0]);
  const first = blocked(starts);
  const assembly = seen.reduce((sum, rows) => sum + (net.dictionary.geometry.features * rows.length ** 2) / 2, 0);
  const roots = Float64Array.from(values, (value) => Math.sqrt(net.weights ? net.weights[value] : 1));
  return { values, roots, seen, first, work: work(first) + assembly };
}

/** The canvas values of weight > 0 that each position sees. */
function sightOf(net: Network): number[][] {
  const geometry = { ...net.dictionary.geometry, features: 1 };
  const length = atomLength(geometry);
  const ones = new Float32Array(length).fill(1);
  const plain = networkOf({ geometry, atoms: tensor([1, ...geometry.patch, geometry.channels], ones) });
  return Array.from({ length: plain.units }, (_, unit) => {
    const canvas = new Float64Array(net.canvasLength);
    addAtom(plain, canvas, { unit, weight: 1 });
    const values: number[] = [];
    canvas.forEach((mark, i) => {
      if (mark !== 0 && (net.weights?.[i] ?? 1) > 0) values.push(i);
    });
    return values;
  });
}

/** The place of a canvas value in the order of the matrix. */
function rankOf(net: Network): (value: number) => number {
  if (net.dictionary.geometry.boundary !== "circular") return (value) => value;
  const { image } = net.canvas.vertical;
  const { height } = net.dictionary.geometry;
  return (value) => {
    const y = Math.floor(value / net.rowStride) - image;
    return Math.min(2 * y, 2 * (height - 1 - y) + 1) * net.rowStride + (value % net.rowStride);
  };
}

/** I + √w Φ D Φᵀ √w; units whose part is below rounding are left out. */
export function pixelSystem(net: Network, pixels: Pixels, d: Float64Array): Envelope {
  const matrix = emptyEnvelope(pixels.values.length, pixels.first);
  for (let i = 0; i < matrix.size; i++) matrix.data[matrix.at[i] + i] = 1;
  const features = net.dictionary.geometry.features;
  const canvas = new Float64Array(net.canvasLength);
  pixels.seen.forEach((rows, position) => {
    const m = rows.length;
    const local = new Float64Array(m * m);
    const group = Array.from({ length: 4 }, () => new Float64Array(m));
    let filled = 0;
    for (let unit = position * features; unit < (position + 1) * features; unit++) {
      if (!(d[unit] > negligible)) continue;
      seenAtom(net, pixels, { unit, scale: Math.sqrt(d[unit]), rows, canvas }, group[filled++]);
      if (filled === 4) addSquares(local, m, group);
      filled %= 4;
    }
    for (let i = filled; i < 4; i++) group[i].fill(0);
    if (filled > 0) addSquares(local, m, group);
    scatter(matrix, rows, local);
  });
  return matrix;
}

const negligible = 1e-13;

type Sight = { unit: number; scale: number; rows: Int32Array; canvas: Float64Array };

/** scale · √w φ_unit on the rows its position sees; the canvas is zero before and after. */
function seenAtom(net: Network, { values, roots }: Pixels, of: Sight, onto: Float64Array): void {
  addAtom(net, of.canvas, { unit: of.unit, weight: of.scale });
  of.rows.forEach((row, i) => {
    onto[i] = roots[row] * of.canvas[values[row]];
  });
  addAtom(net, of.canvas, { unit: of.unit, weight: -of.scale });
}

/** Lower triangle of local += Σ v vᵀ over four vectors. */
function addSquares(local: Float64Array, m: number, [u, v, w, x]: readonly Float64Array[]): void {
  for (let i = 0; i < m; i++) {
    const [a, b, c, d] = [u[i], v[i], w[i], x[i]];
    const line = i * m;
    for (let k = 0; k <= i; k++) local[line + k] += a * u[k] + b * v[k] + c * w[k] + d * x[k];
  }
}

function scatter({ at, data }: Envelope, rows: Int32Array, local: Float64Array): void {
  const m = rows.length;
  for (let i = 0; i < m; i++) for (let k = 0; k <= i; k++) data[at[rows[i]] + rows[k]] += local[i * m + k];
}
