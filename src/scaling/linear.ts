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
 * @throws CrispError `internal` if a column depends on those before it to within `tolerance`
 */
export function linearFit(
  design: Matrix,
  y: readonly number[],
  g?: Matrix,
  options: { readonly tolerance?: number } = {},
): LinearFit {
  const { tolerance = 1e-14 } = options;
  const k = design[0].length;
  const plain = Array.from({ length: k }, (_, j) => design.map((row) => row[j]));
  const columns = g ? plain.map((column) => forward(g, column)) : plain;
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const qy = g ? forward(g, y) : [...y];
  const r = triangularise(columns, qy);
  if (r.some((row, j) => !(Math.abs(row[j]) > tolerance * lengths[j]))) {
    throw new CrispError("internal", "least squares: the columns of the design depend on each other.");
  }
  const inverse = upperInverse(r);
  const parameters = inverse.map((row) => dot(row, qy));
  const covariance = matrix(k, k, (i, j) => dot(inverse[i], inverse[j]));
  let chi2 = 0;
  for (let i = k; i < qy.length; i++) chi2 += qy[i] * qy[i];
  return { parameters, covariance, chi2 };
}

/** Householder's R of these columns, which it overwrites; y becomes Qᵀy. */
function triangularise(columns: number[][], y: number[]): Matrix {
  const k = columns.length;
  const r = matrix(k, k, () => 0);
  for (let j = 0; j < k; j++) {
    const v = columns[j];
    let square = 0;
    for (let i = j; i < v.length; i++) square += v[i] * v[i];
    const head = v[j] > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    v[j] -= head;
    square = 2 * (square - (v[j] + head) * head);
    for (let m = j + 1; m < k; m++) reflect(columns[m], v, j, square);
    reflect(y, v, j, square);
    r[j][j] = head;
    for (let m = j + 1; m < k; m++) r[j][m] = columns[m][j];
  }
  return r;
}

/** x ← x − 2v(v·x)/v² from row j down. */
function reflect(x: number[], v: readonly number[], j: number, square: number): void {
  if (square === 0) return;
  let product = 0;
  for (let i = j; i < x.length; i++) product += v[i] * x[i];
  const factor = (2 * product) / square;
  for (let i = j; i < x.length; i++) x[i] -= factor * v[i];
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

/** Σ x_i y_i over the length of x. */
export function dot(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** xᵀ·A·y. */
export function form(x: readonly number[], a: readonly (readonly number[])[], y: readonly number[]): number {
  return x.reduce((sum, value, i) => sum + value * a[i].reduce((inner, entry, j) => inner + entry * y[j], 0), 0);
}
