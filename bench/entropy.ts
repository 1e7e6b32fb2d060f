/**
 * A logarithm: the entanglement entropy of L sites of an infinite chain of free fermions, half filled (the XX spin
 * chain), S = −Σ ν ln ν + (1 − ν) ln(1 − ν), ν the eigenvalues of C_ij = sin(π(i − j)/2)/(π(i − j)), C_ii = ½ (Peschel,
 * J. Phys. A 36, L205). It goes as (1/3) ln L + 0.7260 (Jin and Korepin, J. Stat. Phys. 116, 79). Exact values, with
 * an error of 0.1 % stated. Prints docs/examples/entropy.csv.
 */
const error = 0.001;

console.log("size,value,error");
for (const L of [8, 16, 32, 64, 128, 256]) {
  const S = entropy(L);
  console.log(`${L},${S.toPrecision(8)},${(error * S).toPrecision(3)}`);
}

function entropy(L: number): number {
  const at = (i: number, j: number): number =>
    i === j ? 0.5 : Math.sin((Math.PI * (i - j)) / 2) / (Math.PI * (i - j));
  const C = Array.from({ length: L }, (_, i) => Float64Array.from({ length: L }, (__, j) => at(i, j)));
  // Roundoff may leave an eigenvalue beside 0 or 1, where its term is 0.
  const term = (x: number): number => (x > 0 ? -x * Math.log(x) : 0);
  return eigenvalues(C).reduce((sum, x) => sum + term(x) + term(1 - x), 0);
}

/** Eigenvalues of a symmetric matrix by Jacobi's rotations, until those off the diagonal are below 1e-12. */
function eigenvalues(A: readonly Float64Array[]): number[] {
  const n = A.length;
  for (let largest = 1; largest > 1e-12; ) {
    largest = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        largest = Math.max(largest, Math.abs(A[p][q]));
        rotate(A, p, q);
      }
  }
  return A.map((row, i) => row[i]);
}

/** Makes A[p][q] zero. */
function rotate(A: readonly Float64Array[], p: number, q: number): void {
  if (Math.abs(A[p][q]) < 1e-15) return;
  const theta = Math.atan2(2 * A[p][q], A[q][q] - A[p][p]) / 2;
  const [c, s] = [Math.cos(theta), Math.sin(theta)];
  for (let k = 0; k < A.length; k++) {
    const [x, y] = [A[p][k], A[q][k]];
    A[p][k] = c * x - s * y;
    A[q][k] = s * x + c * y;
  }
  for (const row of A) {
    const [x, y] = [row[p], row[q]];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
}
