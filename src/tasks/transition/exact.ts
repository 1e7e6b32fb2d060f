/**
 * The code that meets the lasso's conditions to a residual of 1e-8, from a code
 * near it, with a λ of its own for one unit or one unit held at a value:
 *
 *   a_j ≠ 0: φ_j·r = λ_j sign a_j,   a_j = 0: φ_j·r ≤ λ_j (signed: |φ_j·r| ≤ λ_j)
 *
 * Active sets: solve M x = Φ_Sᵀs − λ_S sign (factor.ts); go as far
 * as no sign turns and drop what reaches zero; else take up the largest
 * violators. Source: Lawson and Hanson's method for least squares with a ≥ 0.
 */
import { analyse, type Network, residualOf } from "../../coding/operator.js";
import { columnDots, conjugateGradients } from "./columns.js";
import { type Factor, openFactor } from "./factor.js";

export type Problem = {
  /** s on the canvas. */
  readonly image: Float64Array;
  readonly lambda: number;
  readonly rectified: boolean;
  /** One unit whose λ is lowered by h: the drive. */
  readonly drive?: { readonly unit: number; readonly h: number };
  /** One unit that does not move. */
  readonly held?: { readonly unit: number; readonly value: number };
};

export type ExactCode = {
  /** Units with a ≠ 0, the held one left out, ascending. */
  readonly support: readonly number[];
  readonly value: Float64Array;
  /** Largest violation of the conditions. */
  readonly kkt: number;
  readonly rounds: number;
  /** Of its active atoms: the next code near it goes on from there. */
  readonly factor: Factor;
};

/** What counts as met, absolute, in units of λ's own: drives of 1e-4 λ are then resolved to 1e-3. */
export const kktTolerance = 1e-8;
const mostRounds = 400;
const taken = 6; // violators taken up at once

/**
 * The exact code; null when the conditions are not met after 400 rounds, which
 * happens where active atoms are nearly dependent.
 *
 * @param start  units and values of a code near it, and the factor of a code before, if there was one
 */
export function exactCode(
  net: Network,
  problem: Problem,
  start: { readonly support: ArrayLike<number>; readonly value: ArrayLike<number>; readonly factor?: Factor },
): ExactCode | null {
  const factor = start.factor ?? openFactor(net);
  const code = new Float64Array(net.units);
  for (let i = 0; i < start.support.length; i++) code[start.support[i]] = start.value[i];
  const held = problem.held?.unit ?? -1;
  if (problem.held) code[held] = 0;
  const signs = new Map<number, number>();
  for (let i = 0; i < start.support.length; i++) {
    const unit = start.support[i];
    if (unit !== held && code[unit] !== 0) signs.set(unit, Math.sign(code[unit]));
  }
  const residual = new Float64Array(net.canvasLength);
  const gradient = new Float64Array(net.units);
  for (let rounds = 1; rounds <= mostRounds; rounds++) {
    if (solveOn(net, problem, { code, signs, factor })) continue; // a unit reached zero: solve again without it
    const image = problem.held ? withoutHeld(net, problem) : problem.image;
    residualOf(net, { image, code }, residual);
    analyse(net, residual, gradient);
    const { kkt, violators } = look(problem, { code, gradient, held });
    if (kkt <= kktTolerance) return finished(code, { kkt, rounds, factor });
    for (const unit of violators) signs.set(unit, Math.sign(gradient[unit]));
    if (violators.length === 0) break;
  }
  return null;
}

function finished(code: Float64Array, of: Pick<ExactCode, "kkt" | "rounds" | "factor">): ExactCode {
  const support: number[] = [];
  code.forEach((a, unit) => {
    if (a !== 0) support.push(unit);
  });
  return { support, value: Float64Array.from(support, (unit) => code[unit]), ...of };
}

function lambdaOf({ lambda, drive }: Problem, unit: number): number {
  return drive?.unit === unit ? lambda - drive.h : lambda;
}

/** s − φ_held · value. */
function withoutHeld(net: Network, { image, held }: Problem): Float64Array {
  const code = new Float64Array(net.units);
  code[held!.unit] = held!.value;
  const rest = new Float64Array(net.canvasLength);
  residualOf(net, { image, code }, rest);
  return rest;
}

type Active = { readonly code: Float64Array; readonly signs: Map<number, number>; readonly factor: Factor };

/** Minimises on the signed set; true when a unit turned zero and left it. */
function solveOn(net: Network, problem: Problem, { code, signs, factor }: Active): boolean {
  const units = [...signs.keys()].sort((a, b) => a - b);
  if (units.length === 0) return false;
  const columns = factor.columns(units);
  const image = problem.held ? withoutHeld(net, problem) : problem.image;
  const b = columnDots(columns, image);
  units.forEach((unit, j) => {
    b[j] -= lambdaOf(problem, unit) * signs.get(unit)!;
  });
  const from = Float64Array.from(units, (unit) => code[unit]);
  // Where active atoms are nearly dependent the factor fails, and conjugate gradients go on from the last code.
  const x = factor.solve(units, b, kktTolerance / 10) ?? conjugateGradients(columns, b, from, kktTolerance / 10).x;
  let reach = 1;
  units.forEach((unit, j) => {
    if (x[j] * signs.get(unit)! <= 0) reach = Math.min(reach, from[j] / (from[j] - x[j] || 1));
  });
  let left = false;
  units.forEach((unit, j) => {
    const value = reach === 1 ? x[j] : from[j] + reach * (x[j] - from[j]);
    const gone = x[j] * signs.get(unit)! <= 0 && value * signs.get(unit)! <= 1e-14;
    code[unit] = gone ? 0 : value;
    if (gone) {
      signs.delete(unit);
      left = true;
    }
  });
  return left;
}

/** The largest violation, and the units to take up. */
function look(problem: Problem, of: { code: Float64Array; gradient: Float64Array; held: number }) {
  const { code, gradient, held } = of;
  let kkt = 0;
  const outside: { unit: number; excess: number }[] = [];
  for (let unit = 0; unit < code.length; unit++) {
    if (unit === held) continue;
    const lambda = lambdaOf(problem, unit);
    if (code[unit] !== 0) {
      kkt = Math.max(kkt, Math.abs(gradient[unit] - lambda * Math.sign(code[unit])));
      continue;
    }
    const excess = (problem.rectified ? gradient[unit] : Math.abs(gradient[unit])) - lambda;
    if (excess <= kktTolerance) continue;
    kkt = Math.max(kkt, excess);
    outside.push({ unit, excess });
  }
  outside.sort((a, b) => b.excess - a.excess || a.unit - b.unit);
  return { kkt, violators: outside.slice(0, taken).map(({ unit }) => unit) };
}
