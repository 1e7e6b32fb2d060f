/**
 * Location, value and companion at the extremum of one size, from its cubics, and their changes with the curves.
 * With p the cubic of the value and g_c of ln(companion) on one window,
 *
 *   location t*: p′(t*) = 0      value: p(t*)      companion: g_c(t*)
 *
 * Another curve q near p (a replicate) moves them, to first order, by
 *   δt = −q′(t*)/p″(t*),   δvalue = q(t*) − p(t*),   δ ln c = g_q(t*) − g_p(t*) + g_p′(t*)·δt,
 * which never fails, however noisy the replicate is, and averages to zero.
 */

import type { Sized } from "./bandwidth.js";
import { meansOf, type ReplicateMeans, type SizeGroup } from "./curves.js";
import type { Matrix } from "./linear.js";
import type { Link } from "./link.js";
import { hatOf, minimumOf, polynomialAt, type Window } from "./window.js";

/** By quantity: `location` in t, `value` as it is, companions as logarithms. */
export type Reading = Readonly<Record<string, number>>;

export type Cubics = {
  readonly window: Window;
  /** Of the window: c = H·y. */
  readonly hat: Matrix;
  /** d of the extremum from the window's centre. */
  readonly d: number;
  /** Of v = link(u), u the minimised value: −y for a maximum. */
  readonly value: number[];
  readonly link: Link;
  /** du/dv at the extremum. */
  readonly slope: number;
  /** du/dv at each point of the window. */
  readonly slopes: readonly number[];
  readonly companions: Readonly<Record<string, number[]>>;
  readonly sign: 1 | -1;
};

type OnWindow = Pick<Cubics, "window" | "hat">;

/** Cubics of the averaged curves of a size on its window. Companions that are not positive there are left out. */
export function cubicsOf(group: SizeGroup, { minimum, link, slope }: Sized, sign: 1 | -1): Cubics {
  const window = minimum.window!;
  const means = meansOf(group.average, group.items);
  const u = means.value.map((y) => sign * y);
  const on = { window, hat: hatOf(group.t, window) };
  return {
    ...on,
    d: minimum.location - window.centre,
    value: coefficients(on, u.map(link.of)),
    link,
    slope,
    slopes: u.slice(window.first, window.last + 1).map(link.slope),
    companions: companionCubics(means, on),
    sign,
  };
}

/** Coefficients of a quantity on a window. */
function coefficients({ window, hat }: OnWindow, y: ArrayLike<number>): number[] {
  return hat.map((row) => row.reduce((sum, h, i) => sum + h * y[window.first + i], 0));
}

function companionCubics(means: ReplicateMeans["means"], on: OnWindow): Record<string, number[]> {
  const cubics: Record<string, number[]> = {};
  for (const [name, values] of Object.entries(means)) {
    if (name === "value") continue;
    const inside = values.slice(on.window.first, on.window.last + 1);
    if (inside.every((x) => x > 0)) cubics[name] = coefficients(on, values.map(Math.log));
  }
  return cubics;
}

export function readingOf(cubics: Cubics): Reading {
  const { d, companions } = cubics;
  const reading: Record<string, number> = {
    location: cubics.window.centre + d,
    value: cubics.sign * cubics.link.back(polynomialAt(cubics.value, d)),
  };
  for (const [name, c] of Object.entries(companions)) reading[name] = polynomialAt(c, d);
  return reading;
}

/** Deviations of single replicates from the size's reading, by quantity; each averages to zero. */
export function replicateDeviations(group: SizeGroup, cubics: Cubics): Record<string, number[]> {
  const found = group.replicates.map(({ means }) => deviation(means, cubics));
  const names = ["location", "value", ...Object.keys(cubics.companions)].filter((name) =>
    found.every((one) => name in one),
  );
  return Object.fromEntries(names.map((name) => [name, centred(found.map((one) => one[name]))]));
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function deviation(means: ReplicateMeans["means"], p: Cubics): Reading {
  const q = coefficients(
    p,
    means.value.map((y) => p.link.of(p.sign * y)),
  );
  const location = -polynomialAt(q, p.d, 1) / polynomialAt(p.value, p.d, 2);
  const value = p.sign * p.slope * (polynomialAt(q, p.d) - polynomialAt(p.value, p.d));
  const result: Record<string, number> = { location, value };
  const others = companionCubics(means, p);
  for (const [name, g] of Object.entries(p.companions)) {
    if (name in others)
      result[name] = polynomialAt(others[name], p.d) - polynomialAt(g, p.d) + polynomialAt(g, p.d, 1) * location;
  }
  return result;
}

/** Rows a bootstrap must average for this size: the window's points of the value, then of each companion. */
export function windowRows(group: SizeGroup, cubics: Cubics): Float64Array[] {
  const { first, last } = cubics.window;
  return ["value", ...Object.keys(cubics.companions)].flatMap((name) =>
    Array.from({ length: last - first + 1 }, (_, i) =>
      group.average[name].subarray((first + i) * group.items, (first + i + 1) * group.items),
    ),
  );
}

/**
 * Readings of resampled curves minus their own mean, by quantity, from the
 * means of `windowRows`. A resample whose cubic lost its minimum takes one
 * Newton step from t* instead.
 */
export function resampledDeviations(means: readonly Float64Array[], cubics: Cubics): Record<string, number[]> {
  const points = cubics.window.last - cubics.window.first + 1;
  const names = Object.keys(cubics.companions);
  const readings = Array.from(means[0], (_, b) => {
    const row = (q: number): number[] => means.slice(q * points, (q + 1) * points).map((mean) => mean[b]);
    return resampledReading(row, names, cubics);
  });
  return Object.fromEntries(
    ["location", "value", ...names].map((name) => [name, centred(readings.map((one) => one[name]))]),
  );
}

function resampledReading(row: (q: number) => number[], names: readonly string[], p: Cubics): Reading {
  const onWindow = (y: number[]): number[] => p.hat.map((h) => h.reduce((sum, value, i) => sum + value * y[i], 0));
  const q = onWindow(row(0).map((y) => p.link.of(p.sign * y)));
  const d = minimumOf(q, p.d) ?? p.d - polynomialAt(q, p.d, 1) / polynomialAt(p.value, p.d, 2);
  const reading: Record<string, number> = {
    location: p.window.centre + d,
    value: p.sign * p.link.back(polynomialAt(q, d)),
  };
  names.forEach((name, i) => {
    // A resample may draw no item in which the companion is active: then it says nothing new.
    const y = row(i + 1);
    reading[name] = polynomialAt(y.every((x) => x > 0) ? onWindow(y.map(Math.log)) : p.companions[name], d);
  });
  return reading;
}

/** Deviations for a unit move of y at each point of the window, by quantity: [point]. */
export function pointInfluence(cubics: Cubics): Record<string, number[]> {
  const curvature = polynomialAt(cubics.value, cubics.d, 2);
  // By the move of v at a point, dv = sign·dy/slope.
  const columns = cubics.slopes.map((slope, i) => cubics.hat.map((row) => (cubics.sign * row[i]) / slope));
  const location = columns.map((c) => -polynomialAt(c, cubics.d, 1) / curvature);
  const influence: Record<string, number[]> = {
    location,
    value: columns.map((c) => cubics.sign * cubics.slope * polynomialAt(c, cubics.d)),
  };
  for (const [name, g] of Object.entries(cubics.companions))
    influence[name] = location.map((x) => x * polynomialAt(g, cubics.d, 1));
  return influence;
}
