/**
 * What one size's cubics say, and how they move when the curves move.
 * With p the cubic of the value and g_c of ln(companion) on one window,
 *
 *   location t*: p′(t*) = 0      value: p(t*)      companion: g_c(t*)
 *
 * Another curve q near p (a replicate) moves them, to first order, by
 *   δt = −q′(t*)/p″(t*),   δvalue = q(t*) − p(t*),   δ ln c = g_q(t*) − g_p(t*) + g_p′(t*)·δt,
 * which never fails, however noisy the replicate is, and averages to zero.
 */
import type { SizeGroup } from "./curves.js";
import { itemMeans } from "./curves.js";
import { coefficients, cubicAt, cubicMinimum, type LocalExtremum, type Window } from "./minimum.js";

/** By quantity: `location` in t, `value` as it is, companions as logarithms. */
export type Reading = Readonly<Record<string, number>>;

export type Cubics = {
  readonly window: Window;
  /** d of the extremum from the window's centre. */
  readonly d: number;
  /** Of the minimised value: −y for a maximum. */
  readonly value: number[];
  readonly companions: Readonly<Record<string, number[]>>;
  readonly sign: 1 | -1;
};

/** Cubics of the averaged curves of a size on its window. Companions that are not positive there are left out. */
export function cubicsOf(group: SizeGroup, local: LocalExtremum, sign: 1 | -1): Cubics {
  const window = local.window!;
  const means = meansOf(group.average, group.items);
  const value = coefficients(window, means.value).map((c) => sign * c);
  return { window, d: local.location - window.centre, value, companions: companionCubics(means, window), sign };
}

/** Mean over items of each quantity at each control. */
function meansOf(quantities: Readonly<Record<string, Float64Array>>, items: number): Record<string, number[]> {
  return Object.fromEntries(Object.entries(quantities).map(([name, values]) => [name, itemMeans(values, items)]));
}

function companionCubics(means: Readonly<Record<string, number[]>>, window: Window): Record<string, number[]> {
  const cubics: Record<string, number[]> = {};
  for (const [name, values] of Object.entries(means)) {
    if (name === "value") continue;
    const inside = values.slice(window.first, window.last + 1);
    if (inside.every((x) => x > 0)) cubics[name] = coefficients(window, values.map(Math.log));
  }
  return cubics;
}

export function readingOf(cubics: Cubics): Reading {
  const { d, companions } = cubics;
  const reading: Record<string, number> = {
    location: cubics.window.centre + d,
    value: cubics.sign * cubicAt(cubics.value, d),
  };
  for (const [name, c] of Object.entries(companions)) reading[name] = cubicAt(c, d);
  return reading;
}

/** Deviations of single replicates from the size's reading, by quantity; each averages to zero. */
export function replicateDeviations(group: SizeGroup, cubics: Cubics): Record<string, number[]> {
  const found = group.replicates.map((curve) => deviation(meansOf(curve.quantities, curve.items), cubics));
  const names = ["location", "value", ...Object.keys(cubics.companions)].filter((name) =>
    found.every((one) => name in one),
  );
  return Object.fromEntries(names.map((name) => [name, centred(found.map((one) => one[name]))]));
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function deviation(means: Readonly<Record<string, number[]>>, p: Cubics): Reading {
  const q = coefficients(p.window, means.value).map((c) => p.sign * c);
  const location = -cubicAt(q, p.d, 1) / cubicAt(p.value, p.d, 2);
  const value = p.sign * (cubicAt(q, p.d) - cubicAt(p.value, p.d));
  const result: Record<string, number> = { location, value };
  const others = companionCubics(means, p.window);
  for (const [name, g] of Object.entries(p.companions)) {
    if (name in others) result[name] = cubicAt(others[name], p.d) - cubicAt(g, p.d) + cubicAt(g, p.d, 1) * location;
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
  const onWindow = (y: number[]): number[] =>
    p.window.hat.map((h) => h.reduce((sum, value, i) => sum + value * y[i], 0));
  const q = onWindow(row(0)).map((c) => p.sign * c);
  const d = cubicMinimum(q) ?? p.d - cubicAt(q, p.d, 1) / cubicAt(p.value, p.d, 2);
  const reading: Record<string, number> = { location: p.window.centre + d, value: p.sign * cubicAt(q, d) };
  names.forEach((name, i) => {
    // A resample may draw no item in which the companion is active: then it says nothing new.
    const y = row(i + 1);
    reading[name] = cubicAt(y.every((x) => x > 0) ? onWindow(y.map(Math.log)) : p.companions[name], d);
  });
  return reading;
}

/** Deviations for a unit move of each point of the window, by quantity: [point]. */
export function pointInfluence(cubics: Cubics): Record<string, number[]> {
  const curvature = cubicAt(cubics.value, cubics.d, 2);
  const columns = cubics.window.hat[0].map((_, i) => cubics.window.hat.map((row) => row[i]));
  const location = columns.map((c) => (-cubics.sign * cubicAt(c, cubics.d, 1)) / curvature);
  const influence: Record<string, number[]> = { location, value: columns.map((c) => cubicAt(c, cubics.d)) };
  for (const [name, g] of Object.entries(cubics.companions))
    influence[name] = location.map((x) => x * cubicAt(g, cubics.d, 1));
  return influence;
}
