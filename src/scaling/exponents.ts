/**
 * ν and γ from the slopes of location and value against ln L.
 *
 *   poster:    location ~ L^(1/ν), value ~ L^(γ/ν)      ν = 1/b_location,  γ = b_value/b_location
 *   textbook:  |x* − x_c| ~ L^(−1/ν), value ~ L^(γ/ν)   ν = −1/b_location, γ = −b_value/b_location
 *
 * The interval of γ is Fieller's, with the covariance of the two slopes:
 * all γ with (b_v − γb_l)² ≤ t²(V_vv − 2γV_vl + γ²V_ll). It is bounded only if
 * b_location differs from 0; otherwise ν and γ are null: undetermined.
 */
import { form } from "./linear.js";
import { exponentOf, fitPowerLaw, type PowerLawFit, slopeWeights } from "./powerlaw.js";
import { dataOf } from "./scaling.js";
import type { Estimate, ExtremaSet } from "./types.js";

/** ν and γ in the poster's and in the textbook's convention. */
export type Exponents = {
  /** Poster's convention. */
  readonly nu: Estimate | null;
  readonly gamma: Estimate | null;
  readonly textbook: { readonly nu: Estimate | null; readonly gamma: Estimate | null };
};

const undetermined: Exponents = { nu: null, gamma: null, textbook: { nu: null, gamma: null } };

/** Exponents from two quantities of one set, `location` and `value` unless others are named. */
export function exponentsOf(set: ExtremaSet, location = "location", value = "value"): Exponents {
  const [l, v] = [dataOf(set, location), dataOf(set, value)];
  const [lawL, lawV] = [fitPowerLaw(l), fitPowerLaw(v)];
  if (lawL === null || lawV === null || l.errors === "none" || v.errors === "none") return undetermined;
  const cross = form(slopeWeights(l), set.cross(location, value), slopeWeights(v));
  const joint = cross * Math.sqrt(lawL.inference.scale * lawV.inference.scale);
  const nu = inverse(exponentOf(lawL));
  const gamma = nu && fieller(lawV, lawL, joint);
  return { nu, gamma, textbook: { nu: nu && negative(nu), gamma: gamma && negative(gamma) } };
}

/** 1/b; null if the interval of b holds 0. */
function inverse(b: Estimate): Estimate | null {
  return b.low > 0 || b.high < 0 ? { value: 1 / b.value, low: 1 / b.high, high: 1 / b.low } : null;
}

function negative({ value, low, high }: Estimate): Estimate {
  return { value: -value, low: -high, high: -low };
}

/** Roots of (b_l² − t²V_ll)γ² − 2(b_v·b_l − t²V_vl)γ + (b_v² − t²V_vv) = 0. */
function fieller(v: PowerLawFit, l: PowerLawFit, joint: number): Estimate | null {
  const t2 = Math.max(v.inference.quantile, l.inference.quantile) ** 2;
  const a = l.b ** 2 - t2 * l.covariance[1][1];
  const b = v.b * l.b - t2 * joint;
  const c = v.b ** 2 - t2 * v.covariance[1][1];
  const inside = b * b - a * c;
  if (!(a > 0) || !(inside >= 0)) return null;
  const root = Math.sqrt(inside);
  return { value: v.b / l.b, low: (b - root) / a, high: (b + root) / a };
}
