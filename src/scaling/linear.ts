/**
 * The little linear algebra that fits need: matrices are arrays of rows, at
 * most a few tens on a side. Generalised least squares whitens with the
 * Cholesky factor of the covariance and solves by Householder's QR, so the
 * design is never squared.
 */
import { CrispError } from "../core/errors.js";

export type Matrix = number[][];

/** A rows × columns matrix from its entries. */
export function matrix(rows: number, columns: number, entry: (i: number, j: number) => number): Matrix {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i, j)));
}

/** Lower G with G·Gᵀ = A, or null when A is not positive definite. */
export function cholesky(a: readonly (readonly number[])[]): Matrix | null {
  const g = matrix(a.length, a.length, () => 0);
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i][j];
      for (let k = 0; k < j; k++) sum -= g[i][k] * g[j][k];
      if (i === j && !(sum > a[i][i] * 1e-15)) return null;
      g[i][j] = i === j ? Math.sqrt(sum) : sum / g[j][j];
    }
  }
  return g;
}

/** x with G·x = b for lower triangular G. */
export function forward(g: Matrix, b: readonly number[]): number[] {
  const x = [...b];
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i] -= g[i][k] * x[k];
    x[i] /= g[i][i];
  }
  return x;
}

export type LinearFit = {
  readonly parameters: number[];
  /** (XᵀC⁻¹X)⁻¹. */
  readonly covariance: Matrix;
  readonly chi2: number;
};

/**
 * Minimises (y − Xβ)ᵀC⁻¹(y − Xβ), C = G·Gᵀ; without G, C is the identity.
 *
 * @param design  [observation][parameter], at least as many rows as columns
 * @throws CrispError `internal` if the columns depend on each other
 */
export function linearFit(design: Matrix, y: readonly number[], g?: Matrix): LinearFit {
  const columns = design[0].map((_, j) => design.map((row) => row[j]));
  const white = g ? columns.map((column) => forward(g, column)) : columns.map((column) => [...column]);
  const { r, qy } = householder(white, g ? forward(g, y) : [...y]);
  const k = columns.length;
  if (r.some((row, j) => !(Math.abs(row[j]) > 1e-14 * Math.hypot(...white[j])))) {
    throw new CrispError("internal", "least squares: the columns of the design depend on each other.");
  }
  const inverse = upperInverse(r);
  const parameters = inverse.map((row) => row.reduce((sum, value, j) => sum + value * qy[j], 0));
  const covariance = matrix(k, k, (i, j) => inverse[i].reduce((sum, value, m) => sum + value * inverse[j][m], 0));
  return { parameters, covariance, chi2: qy.slice(k).reduce((sum, value) => sum + value * value, 0) };
}

/** QR of the matrix with these columns: upper R and Qᵀy. Columns are left as they were. */
function householder(columns: readonly number[][], y: number[]): { r: Matrix; qy: number[] } {
  const work = columns.map((column) => [...column]);
  const k = work.length;
  const r = matrix(k, k, () => 0);
  for (let j = 0; j < k; j++) {
    const v = work[j].map((value, i) => (i < j ? 0 : value));
    const length = Math.hypot(...v);
    const head = v[j] > 0 ? -length : length;
    v[j] -= head;
    const square = v.reduce((sum, value) => sum + value * value, 0);
    for (const column of [...work.slice(j), y]) reflect(column, v, square);
    work[j][j] = head;
    for (let m = j; m < k; m++) r[j][m] = work[m][j];
  }
  return { r, qy: y };
}

/** x ← x − 2v(v·x)/v². */
function reflect(x: number[], v: readonly number[], square: number): void {
  if (square === 0) return;
  let dot = 0;
  for (let i = 0; i < x.length; i++) dot += v[i] * x[i];
  for (let i = 0; i < x.length; i++) x[i] -= (2 * dot * v[i]) / square;
}

/** Inverse of an upper triangular matrix. */
function upperInverse(r: Matrix): Matrix {
  const k = r.length;
  const inverse = matrix(k, k, () => 0);
  for (let j = k - 1; j >= 0; j--) {
    inverse[j][j] = 1 / r[j][j];
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let m = i + 1; m <= j; m++) sum += r[i][m] * inverse[m][j];
      inverse[i][j] = -sum / r[i][i];
    }
  }
  return inverse;
}

/** xᵀ·A·y. */
export function form(x: readonly number[], a: readonly (readonly number[])[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * a[i].reduce((inner, entry, j) => inner + entry * y[j], 0), 0);
}
