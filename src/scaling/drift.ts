/**
 * From the crossings of neighbouring sizes L, L′ to the critical point:
 *
 *   x*(L, L′) = x_c + A·(L L′)^(−e/2),  e = ω + 1/ν.
 *
 * For curves f(t·L^(1/ν))·(1 + c·L^(−ω)) the drift of a pair is (ω ν)·L_g^(−e) times a constant up to the
 * square of ln(L′/L), L_g = √(L L′); exactly so for ω = 1/ν. Generalised least squares with the
 * covariance of the crossings. They are steady if one constant fits (p > 0.01); else e is
 * free, x_c and e have the intervals of their profile
 *
 *   χ²(e) + (x − x_c(e))²/var x_c(e) ≤ χ²_min + t²
 *
 * over 0.3 ≤ e ≤ 8, and x_c is left open where the least e is not excluded: a drift that
 * slow ends nowhere that these sizes know.
 */
import { cholesky, linearFit, type Matrix } from "./linear.js";
import { fTail, tQuantile } from "./special.js";
import type { Estimate } from "./types.js";

/** Where crossings go as size grows. */
export type Drift = {
  /** `steady`: one constant fits; `drifting`: it does not, or a correction was asked for; `open`: too few or they do not say. */
  readonly verdict: "steady" | "drifting" | "open";
  /** x_c; null where the crossings leave it open. */
  readonly critical: Estimate | null;
  /** e = ω + 1/ν; null unless it is fitted and bounded. */
  readonly exponent: Estimate | null;
  /** e where it is held. */
  readonly held: number | null;
  /** A at that e; null without a drift. */
  readonly amplitude: number | null;
  /** Of one constant, with its lack of fit; null with one crossing. */
  readonly chi2: number | null;
  readonly dof: number;
  readonly p: number | null;
};

/** Crossings with the geometric means of their sizes. */
export type DriftData = {
  readonly sizes: readonly number[];
  readonly x: readonly number[];
  readonly covariance: Matrix;
  readonly dof: number;
};

/** e where it is known, and where nothing is known of it. */
export type DriftOptions = { readonly held?: number | null; readonly likely?: number };

const exponents = { least: 0.3, most: 8, count: 155 };

/** The critical point with or without a drift; `held` fixes e, `likely` is e of a drift that may hide. */
export function driftOf(data: DriftData, { held = null, likely = 2 }: DriftOptions = {}): Drift {
  const n = data.x.length;
  const factor = n === 0 ? null : cholesky(data.covariance);
  const open: Drift = {
    verdict: "open",
    critical: null,
    exponent: null,
    held,
    amplitude: null,
    chi2: null,
    dof: 0,
    p: null,
  };
  if (factor === null) return open;
  const constant = linearFit(
    data.x.map(() => [1]),
    data.x,
    factor,
  );
  const p = n > 1 ? fTail(constant.chi2 / (n - 1), n - 1, data.dof) : null;
  const common = { held, chi2: n > 1 ? constant.chi2 : null, dof: n - 1, p };
  const quantile = tQuantile(0.975, data.dof);
  if (held !== null && n > 1) {
    const fit = fitAt(data, factor, held);
    const half = quantile * Math.sqrt(fit.variance * Math.max(1, n > 2 ? fit.chi2 / (n - 2) : 1));
    return {
      ...common,
      verdict: "drifting",
      critical: around(fit.critical, half),
      exponent: null,
      amplitude: fit.amplitude,
    };
  }
  if (p === null || p > 0.01) {
    const plain = { critical: constant.parameters[0], variance: constant.covariance[0][0], chi2: constant.chi2 };
    const mean = n < 3 ? plain : averaged(plain, fitAt(data, factor, likely));
    const half = quantile * Math.sqrt(mean.variance);
    return { ...common, verdict: "steady", critical: around(mean.critical, half), exponent: null, amplitude: null };
  }
  return n < 3 ? { ...open, ...common } : { ...common, ...freeDrift(data, factor, quantile) };
}

type Point = Pick<DriftFit, "critical" | "variance" | "chi2">;

/** The mean of a constant and of a drift with one parameter more, by Akaike's weights. */
function averaged(constant: Point, drift: Point): Pick<Point, "critical" | "variance"> {
  const w = 1 / (1 + Math.exp((drift.chi2 - constant.chi2) / 2 + 1));
  const critical = (1 - w) * constant.critical + w * drift.critical;
  const spread = (one: Point): number => one.variance + (one.critical - critical) ** 2;
  return { critical, variance: (1 - w) * spread(constant) + w * spread(drift) };
}

function around(value: number, half: number): Estimate {
  return { value, low: value - half, high: value + half };
}

type DriftFit = {
  readonly e: number;
  readonly critical: number;
  readonly variance: number;
  readonly amplitude: number;
  readonly chi2: number;
};

/** x_c and A at one e. */
function fitAt({ sizes, x }: DriftData, factor: Matrix, e: number): DriftFit {
  const first = sizes[0];
  const { parameters, covariance, chi2 } = linearFit(
    sizes.map((size) => [1, (size / first) ** -e]),
    x,
    factor,
  );
  return { e, critical: parameters[0], variance: covariance[0][0], amplitude: parameters[1] * first ** e, chi2 };
}

/** The profile over e; with more crossings than parameters, χ² above them widens it. */
function freeDrift(
  data: DriftData,
  factor: Matrix,
  quantile: number,
): Pick<Drift, "verdict" | "critical" | "exponent" | "amplitude"> {
  const { least, most, count } = exponents;
  const fits = Array.from({ length: count }, (_, i) =>
    fitAt(data, factor, least * (most / least) ** (i / (count - 1))),
  );
  const best = fits.reduce((a, b) => (b.chi2 < a.chi2 ? b : a));
  const spare = data.x.length - 3;
  const scale = spare > 0 ? Math.max(1, best.chi2 / spare) : 1;
  const rise = quantile ** 2 * scale;
  const kept = fits.filter(({ chi2 }) => chi2 - best.chi2 <= rise);
  const ends = kept.flatMap(({ critical, variance, chi2 }) => {
    const half = Math.sqrt(variance * (rise - (chi2 - best.chi2)));
    return [critical - half, critical + half];
  });
  const slow = kept[0] === fits[0];
  if (slow) return { verdict: "open", critical: null, exponent: null, amplitude: null };
  const bounded = kept[kept.length - 1] !== fits[count - 1];
  return {
    verdict: "drifting",
    critical: { value: best.critical, low: Math.min(...ends), high: Math.max(...ends) },
    exponent: bounded ? { value: best.e, low: kept[0].e, high: kept[kept.length - 1].e } : null,
    amplitude: best.amplitude,
  };
}
