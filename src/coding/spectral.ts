/**
 * ‖Φ‖², the largest eigenvalue of ΦΦᵀ, by Lanczos in image space:
 *
 *   β_k v_{k+1} = ΦΦᵀ v_k − α_k v_k − β_{k−1} v_{k−1},  ‖Φ‖² ≥ θ = largest eigenvalue of the α, β matrix
 *
 * Three vectors, whatever the size of the image: lost orthogonality repeats
 * eigenvalues, it moves none. From a random start θ is below ‖Φ‖² by less than
 * 0.103 · (ln(n k²)/k)² of it in the mean (Kuczyński and Woźniakowski, SIAM J.
 * Matrix Anal. Appl. 1992): 0.7 % for k = 60 steps and n = 4,000 values. Power
 * iteration of as many steps was up to 3.7 % short on wide images.
 */
import { draws, purpose } from "../core/random.js";
import { addAtom, analyse, type Network } from "./operator.js";

const steps = 60;
/** Raises the estimate to a bound that held in every case tried against the exact norm. */
const margin = 1.02;

/** A bound on ‖Φ‖² that solvers may take their step from; 0 for a dictionary of zeros. */
export function spectralNorm(net: Network): number {
  const { diagonal, beside } = tridiagonal(net);
  return margin * largestEigenvalue(diagonal, beside);
}

function tridiagonal(net: Network): { diagonal: number[]; beside: number[] } {
  const code = new Float64Array(net.units);
  const diagonal: number[] = [];
  const beside: number[] = [];
  let before: Float64Array = new Float64Array(net.canvasLength);
  let v: Float64Array = randomDirection(net.canvasLength);
  for (let k = 0; k < steps; k++) {
    const w = applied(net, v, code);
    const alpha = dot(v, w);
    const beta = beside.at(-1) ?? 0;
    for (let i = 0; i < w.length; i++) w[i] -= alpha * v[i] + beta * before[i];
    diagonal.push(alpha);
    const norm = Math.sqrt(dot(w, w));
    if (!(norm > 1e-12 * alpha)) break; // an invariant space: the rest of the matrix would be rounding
    beside.push(norm);
    [before, v] = [v, w.map((x) => x / norm)];
  }
  return { diagonal, beside: beside.slice(0, diagonal.length - 1) };
}

/** ΦΦᵀv. */
function applied(net: Network, v: Float64Array, code: Float64Array): Float64Array {
  analyse(net, v, code);
  const w = new Float64Array(v.length);
  for (let unit = 0; unit < code.length; unit++) addAtom(net, w, { unit, weight: code[unit] });
  return w;
}

function randomDirection(length: number): Float64Array {
  const draw = draws({ seed: 1, purpose: purpose.norm }, 0);
  const v = Float64Array.from({ length }, () => draw.gaussian());
  const norm = Math.sqrt(dot(v, v));
  return v.map((x) => x / norm);
}

/** By bisection between 0 and Gershgorin's bound: a shift is above all eigenvalues when every pivot is negative. */
function largestEigenvalue(diagonal: readonly number[], beside: readonly number[]): number {
  let high = Math.max(...diagonal.map((alpha, k) => alpha + (beside[k] ?? 0) + (beside[k - 1] ?? 0)));
  let low = 0;
  while (high - low > 1e-12 * high) {
    const shift = (low + high) / 2;
    if (isAbove(shift, diagonal, beside)) high = shift;
    else low = shift;
  }
  return high;
}

function isAbove(shift: number, diagonal: readonly number[], beside: readonly number[]): boolean {
  let pivot = -1;
  for (let k = 0; k < diagonal.length; k++) {
    pivot = diagonal[k] - shift - (k > 0 ? beside[k - 1] ** 2 / pivot : 0);
    if (!(pivot < 0)) return false;
  }
  return true;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
