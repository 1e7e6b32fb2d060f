/**
 * How strongly active units answer a small field. The field h_j lowers the λ of
 * unit j; while the support S stays, a_S = M⁻¹(Φ_Sᵀs − λ sign), M = Φ_SᵀΦ_S, so
 *
 *   ∂a_j/∂h_j = (M⁻¹)_jj,   χ = tr(M⁻¹)/|S|
 *
 * for a ≥ 0 (signed codes answer with sign(a_j)). χ = 1 for orthogonal atoms and
 * grows as active atoms come to resemble each other. The smallest eigenvalue of
 * M is also the rate of the slowest mode of the LCA near its fixed point.
 */
import type { Network } from "../../coding/operator.js";
import { choleskyInPlace, choleskySolve, columnsOf, dot, gramOf, inverseDiagonal } from "./columns.js";
import { type ExactCode, exactCode, type Problem } from "./exact.js";

export type Susceptibility = {
  /** tr(M⁻¹)/|S|. */
  readonly chi: number;
  /** (M⁻¹)_jj in the order of the support. */
  readonly diagonal: Float64Array;
  /** 1/λ_min(M): the slowest relaxation of the LCA at its fixed point, in units of τ. */
  readonly slowest: number;
};

/** χ by Cholesky; null for an empty code or dependent active atoms (a pivot below 1e-10 of ‖φ‖²). */
export function susceptibility(net: Network, support: ArrayLike<number>): Susceptibility | null {
  const n = support.length;
  if (n === 0) return null;
  const g = choleskyInPlace(gramOf(columnsOf(net, support)), n);
  if (!g) return null;
  const diagonal = inverseDiagonal(g, n);
  const chi = diagonal.reduce((sum, value) => sum + value, 0) / n;
  return { chi, diagonal, slowest: largestOfInverse(g, n) };
}

/** 1/λ_min by inverse iteration: Rayleigh quotients rise to it from below; stops at a gain of 1e-6, or 300 steps. */
function largestOfInverse(g: Float64Array, n: number): number {
  let v: Float64Array = Float64Array.from({ length: n }, (_, i) => 1 + ((i * 7919) % 13) / 13);
  let quotient = 0;
  for (let step = 0; step < 300; step++) {
    const length = Math.sqrt(dot(v, v));
    for (let i = 0; i < n; i++) v[i] /= length;
    const next = choleskySolve(g, n, v);
    const before = quotient;
    quotient = dot(v, next);
    v = next;
    if (step > 3 && quotient - before < 1e-6 * quotient) break;
  }
  return quotient;
}

/** One unit driven by h. */
export type Driven = {
  readonly unit: number;
  /** (a_j(h) − a_j(0))/h. */
  readonly response: number;
  /** Whether the support stayed: only then is the response (M⁻¹)_jj. */
  readonly stayed: boolean;
};

/** h as a part of λ. */
const field = 1e-4;

/** Lowers the λ of one active unit by 1e-4 of itself and codes again: the second route to (M⁻¹)_jj, without M. */
export function driven(net: Network, problem: Problem, base: ExactCode, unit: number): Driven | null {
  const h = field * problem.lambda;
  const moved = exactCode(net, { ...problem, drive: { unit, h } }, base);
  if (!moved) return null;
  const before = base.value[base.support.indexOf(unit)];
  const place = moved.support.indexOf(unit);
  const after = place < 0 ? 0 : moved.value[place];
  const stayed = moved.support.length === base.support.length && moved.support.every((u, i) => u === base.support[i]);
  return { unit, response: (Math.sign(before) * (after - before)) / h, stayed };
}

/** What one unit held at twice its value does to the rest, in units of its own change a_j. */
export type Spike = {
  readonly unit: number;
  /** Σ_{i≠j} |Δa_i| / |a_j|. */
  readonly summed: number;
  /** Σ_{i≠j} Δa_i / |a_j|: negative where the others give way. */
  readonly net: number;
  /** Units that began or ceased. */
  readonly switched: number;
};

/** The authors' spike: unit j held at 2a_j, all others relaxed to their new minimum. */
export function spike(net: Network, problem: Problem, base: ExactCode, unit: number): Spike | null {
  const own = base.value[base.support.indexOf(unit)];
  const after = exactCode(net, { ...problem, held: { unit, value: 2 * own } }, base);
  if (!after) return null;
  const change = new Map<number, number>();
  base.support.forEach((u, i) => {
    if (u !== unit) change.set(u, -base.value[i]);
  });
  let switched = change.size;
  after.support.forEach((u, i) => {
    switched += change.has(u) ? -1 : 1;
    change.set(u, (change.get(u) ?? 0) + after.value[i]);
  });
  let [summed, total] = [0, 0];
  for (const delta of change.values()) {
    summed += Math.abs(delta);
    total += delta;
  }
  return { unit, summed: summed / Math.abs(own), net: total / Math.abs(own), switched };
}
