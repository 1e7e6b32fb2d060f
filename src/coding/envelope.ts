/**
 * Cholesky factor of a positive definite matrix whose entries lie near the diagonal:
 *
 *   A = L Lᵀ,  row i of A and of L from column first[i] to i
 *
 * Rows go in blocks of four with one first column, so that the inner loop makes a 4×4 tile
 * out of eight values read at a time. float64.
 */

/** Part of its diagonal below which a pivot is rounding. */
const lost = 1e-13;

/** Lower triangle by rows; entry (i, k), first[i] ≤ k ≤ i, is data[at[i] + k]. Rows are a multiple of four, with 1 on the diagonal of those added. */
export type Envelope = {
  readonly size: number;
  readonly first: Int32Array;
  readonly at: Int32Array;
  readonly data: Float64Array;
};

/** The first columns rounded down to blocks: no row of a block begins after the leftmost of its four. */
export function blocked(first: ArrayLike<number>): Int32Array {
  const padded = Math.ceil(first.length / 4) * 4;
  const starts = new Int32Array(padded);
  for (let i = 0; i < padded; i += 4) {
    let least = i;
    for (let j = i; j < Math.min(i + 4, first.length); j++) least = Math.min(least, first[j]);
    starts.fill(least - (least % 4), i, i + 4);
  }
  return starts;
}

/** Products of the factorisation. */
export function work(first: Int32Array): number {
  return first.reduce((sum, from, i) => sum + (i - from) ** 2 / 2, 0);
}

/** The matrix of zeros whose rows begin at `first` (from `blocked`), one where rows were added. */
export function emptyEnvelope(size: number, first: Int32Array): Envelope {
  const at = new Int32Array(first.length);
  let length = 0;
  for (let i = 0; i < first.length; i++) {
    const end = i - (i % 4) + 4;
    at[i] = length - first[i];
    length += end - first[i];
  }
  const data = new Float64Array(length);
  for (let i = size; i < first.length; i++) data[at[i] + i] = 1;
  return { size, first, at, data };
}

/** A becomes L in place; a pivot lost to rounding becomes infinite, so that its unknown is 0. */
export function factorise({ first, at, data }: Envelope): void {
  const diagonal = Float64Array.from(at, (start, i) => data[start + i]);
  for (let i = 0; i < first.length; i += 4) {
    for (let j = first[i]; j <= i; j += 4) {
      tile(data, { from: Math.max(first[i], first[j]), to: j }, at.subarray(i, i + 4), at.subarray(j, j + 4));
      if (j < i) divide(data, at, i, j);
      else corner(data, at, { i, diagonal });
    }
  }
}

/** Entries (i…i+3, to…to+3) −= Σ_k L(i, k) L(j, k) over columns from … to − 1. Long because the sixteen sums must be variables. */
function tile(
  data: Float64Array,
  { from, to }: { from: number; to: number },
  [p0, p1, p2, p3]: Int32Array,
  [q0, q1, q2, q3]: Int32Array,
): void {
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [s20, s21, s22, s23, s30, s31, s32, s33] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = from; k < to; k++) {
    const a0 = data[p0 + k];
    const a1 = data[p1 + k];
    const a2 = data[p2 + k];
    const a3 = data[p3 + k];
    const b0 = data[q0 + k];
    s00 += a0 * b0;
    s10 += a1 * b0;
    s20 += a2 * b0;
    s30 += a3 * b0;
    const b1 = data[q1 + k];
    s01 += a0 * b1;
    s11 += a1 * b1;
    s21 += a2 * b1;
    s31 += a3 * b1;
    const b2 = data[q2 + k];
    s02 += a0 * b2;
    s12 += a1 * b2;
    s22 += a2 * b2;
    s32 += a3 * b2;
    const b3 = data[q3 + k];
    s03 += a0 * b3;
    s13 += a1 * b3;
    s23 += a2 * b3;
    s33 += a3 * b3;
  }
  subtract(data, p0 + to, s00, s01, s02, s03);
  subtract(data, p1 + to, s10, s11, s12, s13);
  subtract(data, p2 + to, s20, s21, s22, s23);
  subtract(data, p3 + to, s30, s31, s32, s33);
}

function subtract(data: Float64Array, at: number, s0: number, s1: number, s2: number, s3: number): void {
  data[at] -= s0;
  data[at + 1] -= s1;
  data[at + 2] -= s2;
  data[at + 3] -= s3;
}

/** The tile at (i, j) times L(j, j)⁻ᵀ. */
function divide(data: Float64Array, at: Int32Array, i: number, j: number): void {
  for (let row = i; row < i + 4; row++) {
    for (let column = j; column < j + 4; column++) {
      let sum = data[at[row] + column];
      for (let k = j; k < column; k++) sum -= data[at[row] + k] * data[at[column] + k];
      data[at[row] + column] = sum / data[at[column] + column];
    }
  }
}

/** The tile on the diagonal. */
function corner(data: Float64Array, at: Int32Array, { i, diagonal }: { i: number; diagonal: Float64Array }): void {
  for (let row = i; row < i + 4; row++) {
    for (let column = i; column <= row; column++) {
      let sum = data[at[row] + column];
      for (let k = i; k < column; k++) sum -= data[at[row] + k] * data[at[column] + k];
      if (column < row) data[at[row] + column] = sum / data[at[column] + column];
      else data[at[row] + column] = sum > lost * diagonal[row] ? Math.sqrt(sum) : Number.POSITIVE_INFINITY;
    }
  }
}

/** x with L Lᵀ x = b; `size` values. */
export function solve({ size, first, at, data }: Envelope, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    let sum = x[i];
    for (let k = first[i]; k < i; k++) sum -= data[at[i] + k] * x[k];
    x[i] = sum / data[at[i] + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    x[i] /= data[at[i] + i];
    for (let k = first[i]; k < i; k++) x[k] -= data[at[i] + k] * x[i];
  }
  return x;
}
