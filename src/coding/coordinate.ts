/**
 * Working-set coordinate descent, the solver of record, as readable loops.
 * Each step minimises the energy exactly over one unit j, all others fixed:
 *
 *   a_j ← T(a_j·‖φ_j‖² + φ_j·r, λ) / ‖φ_j‖²,   r ← r − (change of a_j)·φ_j
 *
 * Outer loop: Φᵀr for all units, certificate, then W = {a ≠ 0} ∪ the four
 * largest violators at each position; inner loop: passes over W in raster order. At least one
 * round unless the gap is 0: the code of a λ close by has a small gap and other active units.
 * The wasm kernel adds Anderson extrapolation and nominates two, which is faster there.
 */
import { certificate } from "./certificate.js";
import type { Dictionary } from "./dictionary.js";
import { addAtom, analyse, atomDot, atomNorm, type Network, residualOf } from "./operator.js";
import { type ImageCoder, pathCoder, type Solved, type State } from "./path.js";
import { isRectified, softThreshold } from "./threshold.js";

const nomineesPerPosition = 4;
const invisible = 1e-12; // ‖φ_j‖² of the visible part below which a unit is never used

/** A coder by coordinate descent: float64 throughout, any tolerance down to about 1e-12. */
export function coordinateCoder(dictionary: Dictionary): ImageCoder {
  return pathCoder(dictionary, (net, state, { lambda, rule }) => {
    const rectified = isRectified(rule.threshold);
    const limit = rule.maxIterations ?? 1000;
    let proof = certificate(state, lambda, rectified);
    let iterations = 0;
    for (; (proof.gap > rule.tolerance || iterations === 0) && proof.gap > 0 && iterations < limit; iterations++) {
      descend(net, state, { lambda, rectified, set: workingSet(net, state, { lambda, rectified }) });
      residualOf(net, state, state.residual);
      analyse(net, state.residual, state.gradient);
      proof = certificate(state, lambda, rectified);
    }
    return { iterations, certificate: proof } satisfies Solved;
  });
}

/** Units with a ≠ 0 and the largest |g| > λ of each position, ascending. */
function workingSet(net: Network, state: State, at: { lambda: number; rectified: boolean }): number[] {
  const features = net.dictionary.geometry.features;
  const set: number[] = [];
  for (let first = 0; first < net.units; first += features) {
    const violators: number[] = [];
    for (let unit = first; unit < first + features; unit++) {
      if (state.code[unit] !== 0) set.push(unit);
      else if (excess(state, unit, at) > 0 && atomNorm(net, unit) > invisible) violators.push(unit);
    }
    violators.sort((i, j) => excess(state, j, at) - excess(state, i, at) || i - j);
    set.push(...violators.slice(0, nomineesPerPosition));
  }
  return set.sort((i, j) => i - j);
}

function excess(state: State, unit: number, at: { lambda: number; rectified: boolean }): number {
  return (at.rectified ? state.gradient[unit] : Math.abs(state.gradient[unit])) - at.lambda;
}

/** Passes over the set until one gains less than a tenth of the first. */
function descend(net: Network, state: State, task: { lambda: number; rectified: boolean; set: number[] }): void {
  const norms = task.set.map((unit) => atomNorm(net, unit));
  let first = 0;
  for (let pass = 0; pass < 200; pass++) {
    let gain = 0;
    task.set.forEach((unit, i) => {
      gain += step(net, state, { unit, norm: norms[i], lambda: task.lambda, rectified: task.rectified });
    });
    if (pass === 0) first = gain;
    if (gain < 0.1 * first || gain === 0) return;
  }
}

/** One exact minimisation; returns ‖φ_j‖²·change², at most twice what the energy fell by. */
function step(
  net: Network,
  state: State,
  at: { unit: number; norm: number; lambda: number; rectified: boolean },
): number {
  const old = state.code[at.unit];
  const next = softThreshold(at.norm * old + atomDot(net, state.residual, at.unit), at.lambda, at.rectified) / at.norm;
  const change = next - old;
  if (change === 0) return 0;
  state.code[at.unit] = next;
  addAtom(net, state.residual, { unit: at.unit, weight: -change });
  return at.norm * change * change;
}
