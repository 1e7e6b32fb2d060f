/**
 * The lasso by a primal–dual interior point method, for λ so small that nearly as many units
 * are active as there are pixels. With Ψ = √w Φ, b = √w s and the sides σ of a code (+1, and
 * −1 unless rectified), a = Σ σ a_σ:
 *
 *   θ = b − Ψa,   z_σ = λ − σ Ψᵀθ,   a_σ z_σ = μ → 0,   a_σ, z_σ > 0
 *   (I + Ψ D Ψᵀ) dθ = b − Ψa − θ − Ψ Σ σ (ρ_σ − a_σ ζ_σ)/z_σ,   D = Σ a_σ/z_σ
 *   dz_σ = ζ_σ − σ Ψᵀdθ,   da_σ = (ρ_σ − a_σ dz_σ)/z_σ,   ζ_σ = λ − σ Ψᵀθ − z_σ
 *
 * The system is one of pixels, and those further apart than a patch do not meet in it: a
 * banded Cholesky factor (pixels.ts). θ is a dual point of its own, where the residual, scaled,
 * is a poor one. ρ by predictor and corrector: Mehrotra, SIAM J. Optimization 1992.
 */
import { type Envelope, factorise, solve } from "./envelope.js";
import { addAtom, analyse, atomNorm, type Network } from "./operator.js";
import { type Pixels, pixelSystem } from "./pixels.js";

const mostSteps = 60;
/** Part of the way to where a or z meets zero. */
const reach = 0.995;
/** Steps in a row that do not lessen the gap by a tenth: far from the solution while θ becomes a residual … */
const patience = 12;
/** … and near it, where rounding in the system ends progress at gaps of 1e-10 or so. */
const [near, patienceNear] = [1e-7, 2];

/** One side of the code with its slack. */
type Side = { readonly sign: 1 | -1; readonly a: Float64Array; readonly z: Float64Array };
type Point = { readonly sides: readonly Side[]; readonly theta: Float64Array };
type Move = { readonly a: readonly Float64Array[]; readonly z: readonly Float64Array[]; readonly theta: Float64Array };
type Task = { readonly lambda: number; readonly rectified: boolean; readonly tolerance: number };

/**
 * A code near the least energy and a lower bound D of that energy.
 *
 * @param net   with weights, if there are any
 * @param start image on the canvas, and a code to begin near
 * @returns code  without the units whose a ‖φ‖² is less than their slack z; dual  D; steps
 *                factorisations. Stops at (P − D)/P ≤ tolerance, or where rounding ends progress
 */
export function interiorPoint(
  net: Network,
  pixels: Pixels,
  start: { readonly image: Float64Array; readonly code: Float64Array },
  task: Task,
): { readonly code: Float64Array; readonly dual: number; readonly steps: number } {
  const maps = mapsOf(net, pixels);
  const b = maps.gather(start.image);
  const point = startPoint(maps, { b, code: start.code, task });
  let [gap, dual, steps, waited] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let code = start.code;
  for (; ; steps++) {
    const errors = errorsOf(maps, { b, point, task });
    dual = Math.max(dual, errors.dual);
    waited = errors.gap < 0.9 * gap ? 0 : waited + 1;
    if (errors.gap < gap) [gap, code] = [errors.gap, cut(net, point)];
    if (!(errors.gap > task.tolerance) || waited >= (gap < near ? patienceNear : patience) || steps >= mostSteps)
      return { code, dual, steps };
    step(maps, point, { errors, factor: factorOf(net, pixels, point) });
  }
}

type Errors = {
  readonly theta: Float64Array;
  readonly z: readonly Float64Array[];
  readonly dual: number;
  readonly gap: number;
};

/** b − Ψa − θ and ζ; D of θ made feasible, and the gap to P of a. */
function errorsOf(maps: Maps, of: { b: Float64Array; point: Point; task: Task }): Errors {
  const { b, point, task } = of;
  const { lambda, rectified } = task;
  const residual = maps.residual(b, signedSum(point.sides));
  const drive = maps.analyse(point.theta);
  const scale = feasible(drive, lambda, rectified);
  const total = point.sides.reduce((sum, { a }) => a.reduce((all, value) => all + value, sum), 0);
  const energy = 0.5 * dot(residual, residual) + lambda * total;
  const dual = scale * dot(b, point.theta) - 0.5 * scale * scale * dot(point.theta, point.theta);
  return {
    theta: residual.map((r, i) => r - point.theta[i]),
    z: point.sides.map(({ sign, z }) => z.map((value, i) => lambda - sign * drive[i] - value)),
    dual,
    gap: (energy - dual) / energy,
  };
}

/** The factor of I + Ψ D Ψᵀ. */
function factorOf(net: Network, pixels: Pixels, { sides }: Point): Envelope {
  const d = new Float64Array(net.units);
  for (const { a, z } of sides) for (let i = 0; i < d.length; i++) d[i] += a[i] / z[i];
  const matrix = pixelSystem(net, pixels, d);
  factorise(matrix);
  return matrix;
}

type System = { readonly errors: Errors; readonly factor: Envelope };

/** Predictor (μ = 0), its μ cubed for the corrector, and a move just short of the boundary. */
function step(maps: Maps, point: Point, system: System): void {
  const { sides } = point;
  const mu = complementarity(sides, 0);
  const predicted = newton(maps, point, {
    ...system,
    rho: sides.map(({ a, z }) => a.map((value, i) => -value * z[i])),
  });
  const reached = complementarity(sides, longest(point, predicted), predicted);
  const centre = (reached / mu) ** 3 * mu;
  const rho = sides.map(({ a, z }, s) =>
    a.map((value, i) => centre - value * z[i] - predicted.a[s][i] * predicted.z[s][i]),
  );
  const move = newton(maps, point, { ...system, rho });
  const t = reach * longest(point, move);
  sides.forEach(({ a, z }, s) => {
    add(a, t, move.a[s]);
    add(z, t, move.z[s]);
  });
  add(point.theta, t, move.theta);
}

function newton(maps: Maps, { sides }: Point, of: System & { readonly rho: readonly Float64Array[] }): Move {
  const { errors, factor, rho } = of;
  const load = new Float64Array(sides[0].a.length);
  sides.forEach(({ sign, a, z }, s) => {
    for (let i = 0; i < load.length; i++) load[i] += (sign * (rho[s][i] - a[i] * errors.z[s][i])) / z[i];
  });
  const theta = solve(factor, maps.residual(errors.theta, load));
  const turn = maps.analyse(theta);
  const dz = sides.map(({ sign }, s) => errors.z[s].map((zeta, i) => zeta - sign * turn[i]));
  const da = sides.map(({ a, z }, s) => rho[s].map((r, i) => (r - a[i] * dz[s][i]) / z[i]));
  return { a: da, z: dz, theta };
}

/** Mean a z after a step t of a move. */
function complementarity(sides: readonly Side[], t: number, move?: Move): number {
  let sum = 0;
  sides.forEach(({ a, z }, s) => {
    for (let i = 0; i < a.length; i++) sum += (a[i] + t * (move?.a[s][i] ?? 0)) * (z[i] + t * (move?.z[s][i] ?? 0));
  });
  return sum / (sides.length * sides[0].a.length);
}

/** The longest t ≤ 1 with a, z ≥ 0. */
function longest({ sides }: Point, move: Move): number {
  let t = 1;
  const shorten = (x: Float64Array, dx: Float64Array) => {
    for (let i = 0; i < x.length; i++) if (x[i] + t * dx[i] < 0) t = -x[i] / dx[i];
  };
  sides.forEach(({ a, z }, s) => {
    shorten(a, move.a[s]);
    shorten(z, move.z[s]);
  });
  return t;
}

/** θ the residual well inside the feasible set, z its slack, a the code raised to a z of a tenth of λ · mean |a|. */
function startPoint(maps: Maps, of: { b: Float64Array; code: Float64Array; task: Task }): Point {
  const { b, code, task } = of;
  const { lambda, rectified } = task;
  const residual = maps.residual(b, code);
  const drive = maps.analyse(residual);
  const shrink = feasible(drive, 0.9 * lambda, rectified);
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  const mu = 0.1 * lambda * (mean(code) || mean(b));
  const sides = (rectified ? ([1] as const) : ([1, -1] as const)).map((sign) => {
    const z = drive.map((g) => lambda - sign * shrink * g);
    return { sign, a: code.map((value, i) => Math.max(sign * value, mu / z[i])), z };
  });
  return { sides, theta: residual.map((r) => shrink * r) };
}

/** The factor ≤ 1 that brings all g (|g| if signed) to λ or below. */
function feasible(drive: Float64Array, lambda: number, rectified: boolean): number {
  const most = drive.reduce((max, g) => Math.max(max, rectified ? g : Math.abs(g)), 0);
  return most > lambda ? lambda / most : 1;
}

/** a where a ‖φ‖² > z on some side, else 0: what would be zero after a step of its own. */
function cut(net: Network, { sides }: Point): Float64Array {
  return signedSum(sides).map((value, unit) => {
    const norm = atomNorm(net, unit);
    return sides.some(({ a, z }) => a[unit] * norm > z[unit]) ? value : 0;
  });
}

function signedSum(sides: readonly Side[]): Float64Array {
  const [plus, minus] = sides;
  return minus ? plus.a.map((value, i) => value - minus.a[i]) : plus.a.slice();
}

function add(x: Float64Array, t: number, dx: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] += t * dx[i];
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}

type Maps = {
  /** √w times a canvas, in the order of the matrix. */
  readonly gather: (canvas: Float64Array) => Float64Array;
  /** x − Ψa. */
  readonly residual: (x: Float64Array, code: Float64Array) => Float64Array;
  /** Ψᵀθ. */
  readonly analyse: (theta: Float64Array) => Float64Array;
};

function mapsOf(net: Network, { values, roots }: Pixels): Maps {
  const { weights: _, ...plain } = net;
  const gather = (canvas: Float64Array) => roots.map((root, i) => root * canvas[values[i]]);
  return {
    gather,
    residual(x, code) {
      const canvas = new Float64Array(net.canvasLength);
      code.forEach((value, unit) => {
        if (value !== 0) addAtom(plain, canvas, { unit, weight: value });
      });
      return gather(canvas).map((value, i) => x[i] - value);
    },
    analyse(theta) {
      const canvas = new Float64Array(net.canvasLength);
      values.forEach((value, i) => {
        canvas[value] = roots[i] * theta[i];
      });
      const drive = new Float64Array(net.units);
      analyse(plain, canvas, drive);
      return drive;
    },
  };
}
