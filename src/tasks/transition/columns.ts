/**
 * The atoms of some units as columns Φ_S on the canvas, in float64: what the
 * response of a code needs again and again. With them M = Φ_SᵀΦ_S, and
 *
 *   M x = b   by conjugate gradients, which never form M,
 *   M = G·Gᵀ  by Cholesky, which gives M⁻¹: the two routes of susceptibility.ts.
 */
import { addAtom, type Network } from "../../coding/operator.js";

/** Column j holds `value[k]` at canvas place `at[k]`, k = start[j] … start[j + 1] − 1. */
export type Columns = {
  readonly count: number;
  readonly start: Int32Array;
  readonly at: Int32Array;
  readonly value: Float64Array;
  readonly canvasLength: number;
};

/** The visible atoms of the units given, in their order. */
export function columnsOf(net: Network, units: ArrayLike<number>): Columns {
  const start = new Int32Array(units.length + 1);
  const at: number[] = [];
  const value: number[] = [];
  const scratch = new Float64Array(net.canvasLength);
  for (let j = 0; j < units.length; j++) {
    addAtom(net, scratch, { unit: units[j], weight: 1 });
    for (let i = 0; i < scratch.length; i++) {
      if (scratch[i] === 0) continue;
      at.push(i);
      value.push(scratch[i]);
      scratch[i] = 0;
    }
    start[j + 1] = at.length;
  }
  const { canvasLength } = net;
  return {
    count: units.length,
    start,
    at: Int32Array.from(at),
    value: Float64Array.from(value),
    canvasLength,
  };
}

/** canvas ← canvas + weight · Φ_S x. */
export function addColumns(c: Columns, x: ArrayLike<number>, weight: number, canvas: Float64Array): void {
  for (let j = 0; j < c.count; j++) {
    const w = weight * x[j];
    if (w === 0) continue;
    for (let k = c.start[j]; k < c.start[j + 1]; k++) canvas[c.at[k]] += w * c.value[k];
  }
}

/** φ_j · canvas of every column. */
export function columnDots(c: Columns, canvas: Float64Array): Float64Array {
  const dots = new Float64Array(c.count);
  for (let j = 0; j < c.count; j++) {
    let sum = 0;
    for (let k = c.start[j]; k < c.start[j + 1]; k++) sum += c.value[k] * canvas[c.at[k]];
    dots[j] = sum;
  }
  return dots;
}

/** How far M x = b was solved. */
export type Solved = { readonly x: Float64Array; readonly residual: number; readonly iterations: number };

/** x with M x = b to a largest residual of `tolerance`, by conjugate gradients from x0; at most 20 |S| + 100 iterations. */
export function conjugateGradients(c: Columns, b: Float64Array, x0: ArrayLike<number>, tolerance: number): Solved {
  const x = Float64Array.from(x0);
  const canvas = new Float64Array(c.canvasLength);
  const times = (v: Float64Array): Float64Array => {
    canvas.fill(0);
    addColumns(c, v, 1, canvas);
    return columnDots(c, canvas);
  };
  const mx = times(x);
  const r = b.map((value, j) => value - mx[j]);
  const direction = r.slice();
  let power = dot(r, r);
  let iterations = 0;
  for (; largest(r) > tolerance && iterations < 20 * c.count + 100; iterations++) {
    const md = times(direction);
    const step = power / dot(direction, md);
    for (let j = 0; j < x.length; j++) {
      x[j] += step * direction[j];
      r[j] -= step * md[j];
    }
    const next = dot(r, r);
    for (let j = 0; j < x.length; j++) direction[j] = r[j] + (next / power) * direction[j];
    power = next;
  }
  const again = times(x); // the recursion's residual drifts: judge by a fresh one
  return { x, residual: largest(b.map((value, j) => value - again[j])), iterations };
}

/** M = Φ_SᵀΦ_S, row by row in one array; the columns come in rising order of their units. */
export function gramOf(c: Columns): Float64Array {
  const n = c.count;
  const gram = new Float64Array(n * n);
  const canvas = new Float64Array(c.canvasLength);
  for (let i = 0; i < n; i++) {
    for (let k = c.start[i]; k < c.start[i + 1]; k++) canvas[c.at[k]] = c.value[k];
    for (let j = 0; j <= i; j++) {
      // Columns come in the order of their places, so most end before this one begins.
      if (c.at[c.start[j + 1] - 1] < c.at[c.start[i]]) continue;
      let sum = 0;
      for (let k = c.start[j]; k < c.start[j + 1]; k++) sum += c.value[k] * canvas[c.at[k]];
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
    for (let k = c.start[i]; k < c.start[i + 1]; k++) canvas[c.at[k]] = 0;
  }
  return gram;
}

/** A Cholesky pivot below this part of ‖φ‖² calls the active atoms dependent: χ would be rounding. */
export const dependent = 1e-10;

/** Lower G with M = G·Gᵀ, overwriting the lower half of M; null when the columns are dependent. */
export function choleskyInPlace(m: Float64Array, n: number): Float64Array | null {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const norm = m[row + i];
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = m[row + j];
      for (let k = 0; k < j; k++) sum -= m[row + k] * m[other + k];
      if (j < i) m[row + j] = sum / m[other + j];
      else if (sum > dependent * norm) m[row + i] = Math.sqrt(sum);
      else return null;
    }
  }
  return m;
}

/** (M⁻¹)_jj of every column: the squared lengths of the columns of G⁻¹. */
export function inverseDiagonal(g: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  const x = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    x[j] = 1 / g[j * n + j];
    let sum = x[j] * x[j];
    for (let i = j + 1; i < n; i++) {
      let value = 0;
      for (let k = j; k < i; k++) value -= g[i * n + k] * x[k];
      x[i] = value / g[i * n + i];
      sum += x[i] * x[i];
    }
    diagonal[j] = sum;
  }
  return diagonal;
}

/** x with G·Gᵀ x = b. */
export function choleskySolve(g: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= g[i * n + k] * x[k];
    x[i] /= g[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    x[i] /= g[i * n + i];
    for (let k = 0; k < i; k++) x[k] -= g[i * n + k] * x[i];
  }
  return x;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** max |v|. */
export function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
