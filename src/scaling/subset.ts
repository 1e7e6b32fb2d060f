/**
 * Parts and substitutes of an extrema set: some of its sizes, and the set of a
 * table that has one measured value per size and replicate instead of curves.
 */
import { CrispError } from "../core/errors.js";
import { matrix } from "./linear.js";
import { tQuantile } from "./special.js";
import type { Curve, ErrorSource, ExtremaSet, SizeData } from "./types.js";

/** The data of the sizes that pass. */
export function keepSizes(data: SizeData, pass: (size: number) => boolean): SizeData {
  const kept = data.sizes.flatMap((size, i) => (pass(size) ? [i] : []));
  return {
    ...data,
    sizes: kept.map((i) => data.sizes[i]),
    logs: kept.map((i) => data.logs[i]),
    covariance: matrix(kept.length, kept.length, (i, j) => data.covariance[kept[i]][kept[j]]),
  };
}

/** The set of the sizes that pass, to predict those left out. */
export function keepSet(set: ExtremaSet, pass: (size: number) => boolean): ExtremaSet {
  const indices = (quantity: string): number[] =>
    set.data[quantity].sizes.flatMap((size, i) => (pass(size) ? [i] : []));
  return {
    ...set,
    extrema: set.extrema.filter(({ size }) => pass(size)),
    data: Object.fromEntries(Object.entries(set.data).map(([name, data]) => [name, keepSizes(data, pass)])),
    cross: (a, b) => {
      const full = set.cross(a, b);
      const [rows, columns] = [indices(a), indices(b)];
      return matrix(rows.length, columns.length, (i, j) => full[rows[i]][columns[j]]);
    },
  };
}

/** A set of values measured directly, one per size and replicate: it has no location. */
export function measuredFrom(curves: readonly Curve[]): ExtremaSet {
  const sizes = [...new Set(curves.map(({ size }) => size))].sort((a, b) => a - b);
  const samples = sizes.map((size) => curves.filter((curve) => curve.size === size));
  const negative = curves.find(({ quantities }) => !(quantities.value[0] > 0));
  if (negative !== undefined) {
    throw new CrispError(
      "data",
      `size ${negative.size} has the value ${negative.quantities.value[0]}; laws against size need values above 0. Remove it or shift the values.`,
    );
  }
  const logs = samples.map(
    (group) => group.reduce((sum, { quantities }) => sum + Math.log(quantities.value[0]), 0) / group.length,
  );
  const data = { quantity: "value", sizes, logs, ...variancesOf(samples, logs) };
  const quantile = data.dof > 0 ? tQuantile(0.975, data.dof) : 0;
  return {
    extrema: sizes.map((size, i) => {
      const margin = quantile * Math.sqrt(data.covariance[i][i]);
      const [low, value, high] = [-margin, 0, margin].map((shift) => Math.exp(logs[i] + shift));
      return { size, status: "none", location: null, value: { value, low, high }, companions: {}, errors: data.errors };
    }),
    window: null,
    data: { value: data, location: { ...data, quantity: "location", sizes: [], logs: [], covariance: [] } },
    cross: () => data.covariance.map((row) => [...row]),
    warnings: ["Every size has a single control: the values are fitted as they are, there is no extremum."],
    errorWarnings: [],
  };
}

/** Pooled replicate variance, stated errors, or nothing. */
function variancesOf(
  samples: readonly Curve[][],
  logs: readonly number[],
): Pick<SizeData, "covariance" | "dof" | "replicateVariance" | "errors"> {
  const dof = samples.reduce((sum, group) => sum + group.length - 1, 0);
  const squares = samples.reduce(
    (sum, group, i) => sum + group.reduce((s, { quantities }) => s + (Math.log(quantities.value[0]) - logs[i]) ** 2, 0),
    0,
  );
  const diagonal = (variance: (i: number) => number): number[][] =>
    matrix(samples.length, samples.length, (i, j) => (i === j ? variance(i) : 0));
  if (dof > 0 && squares > 0) {
    const variance = squares / dof;
    return {
      covariance: diagonal((i) => variance / samples[i].length),
      dof,
      replicateVariance: variance,
      errors: "replicates",
    };
  }
  const stated = samples.every(([one]) => one.error !== undefined);
  const relative = (i: number): number => (samples[i][0].error![0] / samples[i][0].quantities.value[0]) ** 2;
  const errors: ErrorSource = stated ? "stated errors" : "none";
  return {
    covariance: diagonal(stated ? relative : () => 1),
    dof: stated ? Infinity : 0,
    replicateVariance: null,
    errors,
  };
}
