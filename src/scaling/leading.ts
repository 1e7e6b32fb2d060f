/**
 * The leading exponent of a law: b of y ~ L^b as L → ∞, with logarithms aside.
 * What grows slower than every power, or settles, has 0. The honest interval of
 * an undecided exponent is the hull of those of all open laws.
 */
import { families } from "./compare.js";
import { smallLogExponent } from "./laws.js";
import type { Estimate, ModelFit, ModelName, ScalingFit, VerdictName } from "./types.js";

const zero: Estimate = { value: 0, low: 0, high: 0 };

/** The leading exponent of a law whose parameter `exponent` is given; null where it has none or the data leave it open. */
export function leadingOf(name: ModelName, exponent: Estimate | null): Estimate | null {
  switch (name) {
    case "power-law":
    case "corrected-power-law":
    case "log-power-law":
      return exponent;
    case "shifted-power-law":
      // A falling power leaves its offset, so it settles; a rising one outgrows it.
      return exponent && mapped(exponent, (b) => Math.max(0, b));
    case "exponential":
      return null;
    case "constant":
    case "logarithm":
    case "corrected-logarithm":
    case "saturation":
    case "inverse-log-square":
    case "shifted-inverse-log-square":
      return zero;
    default:
      throw name satisfies never;
  }
}

/** The law that the verdict names: of its family the open one of most weight; null where it names none. */
export function decidedModel({ verdict, models }: Pick<ScalingFit, "verdict" | "models">): ModelFit | null {
  const own = models.filter(({ name, open }) => open && families[name] === verdict);
  return own.length === 0 ? null : own.reduce((best, one) => (one.weight > best.weight ? one : best));
}

/** The range of the leading exponent over all open laws that have one, each with its family's interval; null without any. */
export function rangeOf(models: readonly ModelFit[]): { readonly low: number; readonly high: number } | null {
  const open = models.filter((model) => model.open && model.leading);
  const names = [...new Set(open.map(({ name }) => name))];
  return hull(names.flatMap((name) => [...familyOf(name, models), ...(name === "power-law" ? nearby(models) : [])]));
}

/** Exponents of powers with a logarithm so weak that they are told from a power law by nothing but their χ². */
function nearby(models: readonly ModelFit[]): Estimate[] {
  const best = models.find(({ name }) => name === "power-law")!.chi2;
  return models.flatMap(({ name, parameters, adequate, chi2, leading }) => {
    const weak = name === "log-power-law" && Math.abs(parameters.logExponent?.value ?? 1) <= smallLogExponent;
    return weak && adequate && chi2 < best + 6 && leading !== null ? [leading] : [];
  });
}

/**
 * The exponent that a verdict reports: of its heaviest open member, with the
 * interval of the family. Nobody knew ω, c or ℓ beforehand: members that are as good
 * as the best (Δχ² < 6) widen it, also those that stay away for having more parameters.
 */
export function reportedExponent(verdict: VerdictName, models: readonly ModelFit[]): Estimate | null {
  const members = models.filter(({ name, open }) => name === verdict && open).sort((a, b) => b.weight - a.weight);
  const value = members[0]?.parameters.exponent?.value;
  if (value === undefined) return null;
  return { value, ...hull(familyOf(members[0].name, models, ({ parameters }) => parameters.exponent ?? null))! };
}

function familyOf(
  name: ModelName,
  models: readonly ModelFit[],
  exponent = (model: ModelFit): Estimate | null => model.leading,
): Estimate[] {
  const fitting = models.filter((model) => model.name === name && model.adequate);
  const best = Math.min(...fitting.map(({ chi2 }) => chi2));
  return fitting.flatMap((model) => (model.chi2 < best + 6 ? (exponent(model) ?? []) : []));
}

function hull(estimates: readonly Estimate[]): { low: number; high: number } | null {
  if (estimates.length === 0) return null;
  return {
    low: Math.min(...estimates.map(({ low }) => low)),
    high: Math.max(...estimates.map(({ high }) => high)),
  };
}

function mapped({ value, low, high }: Estimate, f: (x: number) => number): Estimate {
  return { value: f(value), low: f(low), high: f(high) };
}
