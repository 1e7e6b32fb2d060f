/**
 * Newton's step on the active units with their signs held. There the energy is quadratic, so
 *
 *   G d = Φ_Sᵀr − λσ,  G = Φ_SᵀΦ_S,  S = {a ≠ 0},  σ = sign(a),  a ← a + t d
 *
 * is exact at t = 1 unless a unit would pass zero; then it stops at zero and t is halved until
 * the energy falls. In raster order G is an envelope of patches that overlap: its Cholesky
 * factor costs seconds where passes creep (bench/README.md).
 */
import { energy } from "./certificate.js";
import { addAtom, atomDot, type Network } from "./operator.js";

/** Products of the factorisation above which it would take longer than the passes it replaces. */
const mostWork = 4e9;
/** Part of the diagonal that keeps G positive where active atoms are dependent. */
const ridge = 1e-11;

type State = { code: Float64Array; residual: Float64Array };
/** Lower triangle by rows, row i from column first[i] to i. */
type Envelope = { first: number[]; rows: Float64Array[] };

/** Takes the step if it lowers the energy at λ; false, and all as it was, if not or if it would cost too much. */
export function newtonStep(net: Network, state: State, lambda: number): boolean {
  const units: number[] = [];
  state.code.forEach((a, unit) => {
    if (a !== 0) units.push(unit);
  });
  const first = envelope(net, units);
  if (work(first) > mostWork) return false;
  const factor = factorised(gram(net, units, first));
  const slope = Float64Array.from(
    units,
    (unit) => atomDot(net, state.residual, unit) - lambda * Math.sign(state.code[unit]),
  );
  return search(net, state, { lambda, units, d: solve(factor, slope) });
}

/** The first unit of the list that may overlap each: a map row at most a patch above; any where patches wrap. */
function envelope(net: Network, units: readonly number[]): number[] {
  const g = net.dictionary.geometry;
  const reach = Math.ceil(g.patch[0] / g.stride[0]) - 1;
  const line = (unit: number) => Math.floor(unit / (g.features * net.columns));
  let j = 0;
  return units.map((unit) => {
    while (g.boundary !== "circular" && line(units[j]) < line(unit) - reach) j++;
    return j;
  });
}

function work(first: readonly number[]): number {
  return first.reduce((sum, from, i) => sum + (i - from) ** 2, 0);
}

/** G, with the ridge. */
function gram(net: Network, units: readonly number[], first: number[]): Envelope {
  const g = net.dictionary.geometry;
  const reach = Math.ceil(g.patch[1] / g.stride[1]) - 1;
  const column = (unit: number) => Math.floor(unit / g.features) % net.columns;
  const canvas = new Float64Array(net.canvasLength);
  const rows = units.map((unit, i) => {
    const row = new Float64Array(i - first[i] + 1);
    addAtom(net, canvas, { unit, weight: 1 });
    for (let j = first[i]; j <= i; j++) {
      const isNear = g.boundary === "circular" || Math.abs(column(units[j]) - column(unit)) <= reach;
      if (isNear) row[j - first[i]] = atomDot(net, canvas, units[j]);
    }
    addAtom(net, canvas, { unit, weight: -1 });
    row[i - first[i]] *= 1 + ridge;
    return row;
  });
  return { first, rows };
}

/** L of G = L Lᵀ, in place; a pivot lost to rounding leaves its unit where it is. */
function factorised(of: Envelope): Envelope {
  const { first, rows } = of;
  rows.forEach((row, i) => {
    const from = first[i];
    const diagonal = row[i - from];
    for (let j = from; j <= i; j++) {
      const [other, start] = [rows[j], first[j]];
      const begin = Math.max(from, start);
      let sum = row[j - from];
      for (let k = begin; k < j; k++) sum -= row[k - from] * other[k - start];
      if (j < i) row[j - from] = sum / other[j - start];
      else row[j - from] = sum > 1e-13 * diagonal ? Math.sqrt(sum) : Number.POSITIVE_INFINITY;
    }
  });
  return of;
}

/** x with L Lᵀ x = b. */
function solve({ first, rows }: Envelope, b: Float64Array): Float64Array {
  const x = b.slice();
  for (let i = 0; i < x.length; i++) {
    for (let k = first[i]; k < i; k++) x[i] -= rows[i][k - first[i]] * x[k];
    x[i] /= rows[i][i - first[i]];
  }
  for (let i = x.length - 1; i >= 0; i--) {
    x[i] /= rows[i][i - first[i]];
    for (let k = first[i]; k < i; k++) x[k] -= rows[i][k - first[i]] * x[i];
  }
  return x;
}

/** Halves the step until the energy falls; a unit that would pass zero stays there. */
function search(net: Network, state: State, by: { lambda: number; units: number[]; d: Float64Array }): boolean {
  const old = Float64Array.from(by.units, (unit) => state.code[unit]);
  const before = energy(state.residual, old, by.lambda, net.weights);
  for (let t = 1; t > 1e-3; t /= 2) {
    const next = old.map((a, i) => ((a + t * by.d[i]) * a > 0 ? a + t * by.d[i] : 0));
    const residual = state.residual.slice();
    by.units.forEach((unit, i) => {
      if (next[i] !== old[i]) addAtom(net, residual, { unit, weight: old[i] - next[i] });
    });
    if (!(energy(residual, next, by.lambda, net.weights) < before)) continue;
    by.units.forEach((unit, i) => {
      state.code[unit] = next[i];
    });
    state.residual.set(residual);
    return true;
  }
  return false;
}
