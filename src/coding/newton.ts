/**
 * Newton's step on the active units with their signs held. There the energy is quadratic, so
 *
 *   G d = Φ_Sᵀr − λσ,  G = Φ_SᵀΦ_S,  S = {a ≠ 0},  σ = sign(a),  a ← a + t d
 *
 * is exact at t = 1 unless a unit would pass zero; then it stops at zero and t is halved until
 * the energy falls. In raster order G is an envelope of patches that overlap: its Cholesky
 * factor costs seconds where passes creep (bench/README.md).
 */
import { atomLength } from "../core/geometry.js";
import { energy } from "./certificate.js";
import { blocked, type Envelope, emptyEnvelope, factorise, solve, work } from "./envelope.js";
import { addAtom, atomDot, type Network } from "./operator.js";

/** Products of the factorisation above which it would take longer than the passes it replaces. */
const mostWork = 2e9;
/** Part of the diagonal that keeps G positive where active atoms are dependent. */
const ridge = 1e-11;

type State = { code: Float64Array; residual: Float64Array };

/** Takes the step if it lowers the energy at λ; false, and all as it was, if not or if it would cost too much. */
export function newtonStep(net: Network, state: State, lambda: number): boolean {
  const units = activeUnits(state.code);
  const first = blocked(reachOf(net, units));
  if (work(first) > mostWork) return false;
  const factor = gram(net, units, first);
  factorise(factor);
  const slope = Float64Array.from(
    units,
    (unit) => atomDot(net, state.residual, unit) - lambda * Math.sign(state.code[unit]),
  );
  return search(net, state, { lambda, units, d: solve(factor, slope) });
}

/** What a step costs: products of its factorisation, and of the Gram matrix, which come three times as dear. */
export function newtonCost(net: Network, code: Float64Array): number {
  const first = blocked(reachOf(net, activeUnits(code)));
  const entries = first.reduce((sum, from, i) => sum + i - from, 0);
  return work(first) + entries * atomLength(net.dictionary.geometry);
}

function activeUnits(code: Float64Array): number[] {
  const units: number[] = [];
  code.forEach((a, unit) => {
    if (a !== 0) units.push(unit);
  });
  return units;
}

/** The first unit of the list that may overlap each: a map row at most a patch above; any where patches wrap. */
function reachOf(net: Network, units: readonly number[]): number[] {
  const g = net.dictionary.geometry;
  const reach = Math.ceil(g.patch[0] / g.stride[0]) - 1;
  const line = (unit: number) => Math.floor(unit / (g.features * net.columns));
  let j = 0;
  return units.map((unit) => {
    while (g.boundary !== "circular" && line(units[j]) < line(unit) - reach) j++;
    return j;
  });
}

/** G, with the ridge. */
function gram(net: Network, units: readonly number[], first: Int32Array): Envelope {
  const g = net.dictionary.geometry;
  const reach = Math.ceil(g.patch[1] / g.stride[1]) - 1;
  const column = (unit: number) => Math.floor(unit / g.features) % net.columns;
  const canvas = new Float64Array(net.canvasLength);
  const of = emptyEnvelope(units.length, first);
  units.forEach((unit, i) => {
    addAtom(net, canvas, { unit, weight: 1 });
    for (let j = first[i]; j <= i; j++) {
      const isNear = g.boundary === "circular" || Math.abs(column(units[j]) - column(unit)) <= reach;
      if (isNear) of.data[of.at[i] + j] = atomDot(net, canvas, units[j]);
    }
    addAtom(net, canvas, { unit, weight: -1 });
    of.data[of.at[i] + i] *= 1 + ridge;
  });
  return of;
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
