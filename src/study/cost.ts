/**
 * What items cost, in seconds of one idle core: used for the time left, for
 * `--dry-run`, and for nothing that changes a number. How the cost grows with F
 * was fitted to processor times at 32×32×3 images, 8×8 atoms, stride 2 on an AMD
 * EPYC (paths: `npm run bench paths`; training: `crisp train --preset quick
 * --workers 1` at F = 16, 64, 512: 1.4, 2.7, 11 ms per image); its scale is between
 * that and an Intel Xeon whose two cores were both busy, which took 1.6 times as long for
 * `crisp run --preset first`. It is scaled with positions and atom size.
 */
import { atomLength, type Geometry, positions } from "../core/geometry.js";
import { expectedImages } from "../learning/schedule.js";
import type { LearningSettings, SweepSettings } from "./settings.js";

/** What is known of the paths of one size. */
export type PathPace = {
  /** λ's until the least error of a path is bracketed. */
  readonly points: number;
  /** Factors on `pathSeconds`: of a path from the largest λ, and of the λ's below one, where codes are dense. */
  readonly path: number;
  readonly below: number;
};

/** Factors on the seconds below, as measured where the work is to be done (pace.ts). */
export type Pace = {
  readonly training: number;
  /** At some sizes L, rising; none where nothing is swept. */
  readonly paths: readonly (PathPace & { readonly systemSize: number })[];
};

/** λ's below a bracketed path took 8 to 15 times the seconds of the model, those above 1.3 to 1.6 (`tiny` on leaves). */
const usualBelow = 6;

/** The paths of a size L: between the sizes that were measured straight in ln L, beyond them as at the nearest. */
export function paceAt(pace: Pace | undefined, systemSize: number, sweep: SweepSettings): PathPace {
  const paths = pace?.paths ?? [];
  if (paths.length === 0) return { points: usualPoints(sweep), path: 1, below: usualBelow };
  const after = paths.findIndex((one) => one.systemSize >= systemSize);
  const high = paths.at(after)!; // the last where none is larger
  const low = paths[Math.max(0, after - 1)];
  if (after <= 0 || low === high) return high;
  const t = Math.log(systemSize / low.systemSize) / Math.log(high.systemSize / low.systemSize);
  const between = (a: number, b: number) => a ** (1 - t) * b ** t;
  return {
    points: Math.round(between(low.points, high.points)),
    path: between(low.path, high.path),
    below: between(low.below, high.below),
  };
}

/** Seconds for one clean image at λ = 0.5 and gap 5e-2, with its share of the step on the dictionary. */
export function trainingSeconds(g: Geometry): number {
  return (5.2e-4 + 2.6e-4 * g.features ** 0.63) * relativeSize(g);
}

/** Images that a training is expected to code, looks included; it may end sooner than its schedule allows. */
export function expectedCodings(learning: LearningSettings): number {
  const { schedule, plateau, redraw, images, heldOut } = learning;
  const judged = plateau > 0 && schedule !== "budget";
  const often = judged || redraw > 0 ? Math.log(images / 192) / Math.log(1.5) : 1;
  return expectedImages(learning, null) + Math.max(schedule === "budget" ? 1 : 2, often) * heldOut;
}

/** Seconds for one noisy image along a path of `points` λ's that stops three points past the least error. */
export function pathSeconds(g: Geometry, points: number, tolerance: number): number {
  const precision = Math.sqrt(0.01 / tolerance);
  return (12e-3 + 6.7e-5 * g.features) * relativeSize(g) * (points / 11) * precision ** (tolerance > 0.01 ? 0.5 : 1);
}

/** Work relative to the poster's 256 positions of 192-value atoms. */
export function relativeSize(g: Geometry): number {
  return (positions(g) / 256) * (atomLength(g) / 192);
}

/** Points that a path usually needs: from `largest` to three below a least error near λ = 0.6. */
export function usualPoints(sweep: SweepSettings): number {
  return Math.ceil(Math.log(sweep.largest / 0.6) / Math.log(sweep.factor)) + sweep.below;
}
