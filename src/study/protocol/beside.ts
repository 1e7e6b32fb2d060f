/** Codes after a number of steps beside the converged ones of the same images at the same λ. */
import { imageLength } from "../../core/geometry.js";
import type { Points } from "../../tasks/points.js";
import { problemOf } from "../../tasks/problems/registry.js";
import { geometryOf, type PlanContext } from "../plan.js";
import type { BesideConverged } from "./record.js";

/** What is known of one size. */
export type SizePoints = {
  readonly features: number;
  readonly systemSize: number;
  readonly lambdas: readonly number[];
  /** Read at all numbers of steps. */
  readonly stopped: readonly Points[];
  /** The study's own codes of the same images. */
  readonly converged: readonly Points[];
};

/** At the grid point nearest to `lambda` that both have; null where they share none. */
export function besideConverged(
  size: SizePoints,
  stopped: readonly Points[],
  { lambda, plan }: { readonly lambda: number; readonly plan: PlanContext },
): BesideConverged | null {
  const both = new Set(size.converged.flatMap((part) => [...part.lambda]));
  const shared = [...new Set(stopped.flatMap((part) => [...part.lambda]))].filter((one) => both.has(one));
  if (shared.length === 0) return null;
  const distance = (one: number) => Math.abs(Math.log(one / lambda));
  const nearest = shared.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const { measure } = problemOf(plan.settings.task);
  const values = imageLength(geometryOf(plan, size));
  const value = (points: Points, n: number) => measure.of(points, n, values);
  const [now, end] = [stopped, size.converged].map((parts) => meansAt(parts, nearest, value));
  return {
    lambda: nearest,
    activeRatio: now.active / end.active,
    l1Ratio: now.l1 / end.l1,
    energyAbove: 100 * (now.energy / end.energy - 1),
    value: now.value,
    converged: end.value,
  };
}

type Value = (points: Points, n: number) => number;

/** Means over the images at one λ; E = ½‖y − ŝ‖² + λ Σ|a|. */
function meansAt(parts: readonly Points[], lambda: number, value: Value) {
  const sums = { active: 0, l1: 0, energy: 0, value: 0 };
  let count = 0;
  for (const part of parts) {
    for (let n = 0; n < part.lambda.length; n++) {
      if (part.lambda[n] !== lambda) continue;
      count++;
      sums.active += part.active[n];
      sums.l1 += part.l1[n];
      sums.energy += 0.5 * part.squaredResidual[n] + lambda * part.l1[n];
      sums.value += value(part, n);
    }
  }
  const { active, l1, energy, value: error } = sums;
  return { active: active / count, l1: l1 / count, energy: energy / count, value: error / count };
}
