/**
 * Transfer functions a = T(u) and the costs C(a) whose minima they find.
 *
 * Every rule is a polyline in the (u, a) plane, rising in both; a jump is a vertical piece.
 * A fixed point u = g + a, a = T(u) of the LCA is a stationary point of ½‖s − Φa‖² + ΣC(a) with
 *
 *   C(a) = ∫₀ᵃ (T⁻¹(a′) − a′) da′      soft λ|a|;  hard λ²/2 · [a ≠ 0];
 *                                      firm λa − λa²/(2(λ + w)) up to a = λ + w, then λ(λ + w)/2
 *
 * Sources: Rozell et al. (Neural Computation 2008), PetaVision's transfer function.
 */
import { CrispError } from "../core/errors.js";
import type { Threshold } from "./engine.js";

/** A polyline with its slopes da/du before the first and after the last vertex. */
export type Transfer = {
  readonly u: readonly number[];
  readonly a: readonly number[];
  readonly before: number;
  readonly after: number;
  /** What a stationarity is measured in: the largest |u| of a vertex, or 1. */
  readonly level: number;
};

/**
 * The soft threshold, T(u) = max(0, u − λ) when rectified, else sign(u)·max(0, |u| − λ):
 * the minimiser of ½(a − u)² + λ|a|.
 */
export function softThreshold(u: number, lambda: number, rectified: boolean): number {
  if (u > lambda) return u - lambda;
  return !rectified && u < -lambda ? u + lambda : 0;
}

/** Whether codes are ≥ 0, for solvers that know only the soft threshold. */
export function isRectified(threshold: Threshold): boolean {
  return "rectified" in threshold && threshold.rectified;
}

/** The polyline of a threshold at level λ. Throws `usage` for parameters no rule can have. */
export function transferOf(threshold: Threshold, lambda: number): Transfer {
  switch (threshold.kind) {
    case "soft":
      return sided({ u: [lambda], a: [0], before: 0, after: 1 }, threshold.rectified);
    case "hard":
      return sided({ u: [lambda, lambda], a: [0, lambda], before: 0, after: 1 }, threshold.rectified);
    case "firm": {
      const top = lambda + demand("width", threshold.width, threshold.width >= 0, "of at least 0");
      return sided({ u: [lambda, top], a: [0, top], before: 0, after: 1 }, threshold.rectified);
    }
    case "petavision":
      return petaVision(threshold, lambda);
    case "vertices": {
      const { verticesV: u, verticesA: a, slopeNegInf: before, slopePosInf: after } = threshold;
      return checked({ u, a, before, after });
    }
    default:
      threshold satisfies never;
      throw new CrispError(
        "usage",
        `threshold ${String((threshold as { kind: unknown }).kind)} is unknown; allowed are soft, hard, firm, petavision, vertices. Write soft.`,
      );
  }
}

type Polyline = Omit<Transfer, "level">;

function petaVision(of: Extract<Threshold, { kind: "petavision" }>, lambda: number): Transfer {
  demand("vWidth", of.vWidth, of.vWidth >= 0, "of at least 0");
  const top = lambda + of.vWidth;
  const line = { u: [lambda, top], a: [of.aMin ?? lambda, top - of.aShift], before: 0, after: 1 };
  if (of.aMax === undefined) return checked(line);
  const end = demand("aMax", of.aMax, of.aMax >= line.a[1], `of at least ${line.a[1]}, the end of the line`);
  return checked({ u: [...line.u, end + of.aShift], a: [...line.a, end], before: 0, after: 0 });
}

/** The polyline itself if rectified, else made odd about the origin. */
function sided(line: Polyline, rectified: boolean): Transfer {
  if (rectified) return checked(line);
  const mirrored = (values: readonly number[]) => [...values].reverse().map((value) => -value + 0);
  return checked({
    ...line,
    u: [...mirrored(line.u), ...line.u],
    a: [...mirrored(line.a), ...line.a],
    before: line.after,
  });
}

/** Throws `usage` unless the polyline rises in both coordinates: only then has T an inverse and a cost. */
function checked(line: Polyline): Transfer {
  if (line.u.length === 0 || line.u.length !== line.a.length) {
    throw new CrispError(
      "usage",
      `threshold: ${line.u.length} verticesV and ${line.a.length} verticesA; as many of both, at least one. Complete the lists.`,
    );
  }
  line.u.forEach((u, i) => {
    const place = `vertex ${i} at (${u}, ${line.a[i]})`;
    const isNumber = Number.isFinite(u) && Number.isFinite(line.a[i]);
    if (isNumber && (i === 0 || (u >= line.u[i - 1] && line.a[i] >= line.a[i - 1]))) return;
    throw new CrispError(
      "usage",
      `threshold: ${place} is not finite or lies below the one before; a transfer function rises. Order the vertices.`,
    );
  });
  demand("slopeNegInf", line.before, line.before >= 0, "of at least 0");
  demand("slopePosInf", line.after, line.after >= 0, "of at least 0");
  return { ...line, level: Math.max(...line.u.map(Math.abs)) || 1 };
}

function demand(name: string, value: number, holds: boolean, allowed: string): number {
  if (holds && Number.isFinite(value)) return value;
  throw new CrispError("usage", `threshold: ${name} is ${value}; it must be a finite number ${allowed}. Change it.`);
}

/** T(u); at a jump the upper value, as in PetaVision. */
export function activity(t: Transfer, u: number): number {
  const last = t.u.length - 1;
  if (u < t.u[0]) return t.a[0] + t.before * (u - t.u[0]);
  if (u >= t.u[last]) return t.a[last] + t.after * (u - t.u[last]);
  let i = last;
  while (t.u[i] > u) i--;
  return t.a[i] + ((t.a[i + 1] - t.a[i]) / (t.u[i + 1] - t.u[i])) * (u - t.u[i]);
}

/**
 * C(a), by trapezia along the polyline, which are exact; zero where a = 0, or where |a| is
 * least if T never gives 0. For an activity that T cannot give: of the nearest one.
 */
export function cost(t: Transfer, a: number): number {
  return integral(t, a) - integral(t, Math.max(lowest(t), Math.min(highest(t), 0)));
}

/** C(a) = value + (slope + curvature·d)·d, d = a − origin, from `from` up to the next piece's `from`. */
export type CostPiece = {
  readonly from: number;
  readonly origin: number;
  readonly value: number;
  readonly slope: number;
  readonly curvature: number;
};

/** `cost` as quadratics in order, one for each piece of the polyline on which a rises; for an engine's tables. */
export function costPieces(t: Transfer): readonly CostPiece[] {
  const last = t.u.length - 1;
  const piece = (i: number, slope: number, from = t.a[i]): CostPiece => {
    const [origin, value] = [t.a[i], cost(t, t.a[i])];
    return { from, origin, value, slope: t.u[i] - t.a[i], curvature: 0.5 * (slope - 1) };
  };
  const pieces = t.before > 0 ? [piece(0, 1 / t.before, Number.NEGATIVE_INFINITY)] : [];
  for (let i = 0; i < last; i++) {
    if (t.a[i + 1] > t.a[i]) pieces.push(piece(i, (t.u[i + 1] - t.u[i]) / (t.a[i + 1] - t.a[i])));
  }
  // Where the polyline ends flat no activity lies beyond.
  if (t.after > 0) pieces.push(piece(last, 1 / t.after));
  return pieces;
}

/** ∫ (u − a) da along the polyline from its first vertex. */
function integral(t: Transfer, a: number): number {
  const last = t.u.length - 1;
  if (a < t.a[0]) return t.before > 0 ? ray({ u: t.u[0], a: t.a[0], slope: t.before }, a) : 0;
  let sum = 0;
  for (let i = 0; i < last; i++) {
    const [low, high] = [t.a[i], t.a[i + 1]];
    const top = Math.min(a, high);
    if (top <= low) continue;
    const end = t.u[i] + ((t.u[i + 1] - t.u[i]) * (top - low)) / (high - low);
    sum += 0.5 * (t.u[i] - low + end - top) * (top - low);
  }
  if (a <= t.a[last] || t.after === 0) return sum;
  return sum + ray({ u: t.u[last], a: t.a[last], slope: t.after }, a);
}

/** ∫ (u − a) da along a straight end, from its vertex to a. */
function ray(from: { u: number; a: number; slope: number }, a: number): number {
  const end = from.u + (a - from.a) / from.slope;
  return 0.5 * (from.u - from.a + end - a) * (a - from.a);
}

function lowest(t: Transfer): number {
  return t.before > 0 ? Number.NEGATIVE_INFINITY : t.a[0];
}

function highest(t: Transfer): number {
  return t.after > 0 ? Number.POSITIVE_INFINITY : t.a[t.a.length - 1];
}

/** Distance of u from T⁻¹(a), the interval of potentials that give a (a jump gives all it spans); 0 at a fixed point u = g + a. */
export function mismatch(t: Transfer, a: number, u: number): number {
  const [low, high] = inverse(t, Math.min(highest(t), Math.max(lowest(t), a)));
  return Math.max(0, low - u, u - high);
}

/** Least and greatest u on the polyline at height a. */
function inverse(t: Transfer, a: number): [low: number, high: number] {
  const last = t.u.length - 1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const meet = (u: number) => {
    low = Math.min(low, u);
    high = Math.max(high, u);
  };
  if (a <= t.a[0]) meet(t.before > 0 ? t.u[0] + (a - t.a[0]) / t.before : Number.NEGATIVE_INFINITY);
  if (a >= t.a[last]) meet(t.after > 0 ? t.u[last] + (a - t.a[last]) / t.after : Number.POSITIVE_INFINITY);
  for (let i = 0; i <= last; i++) {
    if (t.a[i] === a) meet(t.u[i]);
    if (i < last && t.a[i] < a && a < t.a[i + 1]) {
      meet(t.u[i] + ((t.u[i + 1] - t.u[i]) * (a - t.a[i])) / (t.a[i + 1] - t.a[i]));
    }
  }
  return [low, high];
}
