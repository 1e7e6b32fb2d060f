/**
 * How one quantity scales with size, in one call: the plain power law with its
 * band, every alternative with its standing, the verdict, the local slopes.
 */

import { CrispError, nearestWord } from "../core/errors.js";
import type { Candidate } from "./compare.js";
import { equationOf } from "./equation.js";
import { bandOf } from "./law-band.js";
import { demandLaws, type LawChoice } from "./law-choice.js";
import { decidedModel, leadingOf, rangeOf, reportedExponent } from "./leading.js";
import type { FittedModel } from "./models.js";
import { amplitudeOf, bandAt, exponentOf, fitPowerLaw, inference, localSlopes } from "./powerlaw.js";
import { profileInterval } from "./profile.js";
import type { BandPoint, DecidedLaw, Estimate, ExtremaSet, ModelFit, ScalingFit, SizeData } from "./types.js";
import { decide } from "./verdict.js";

/** Which laws compete, and how far bands go. */
export type ScalingOptions = LawChoice & {
  /** Bands are given at 41 sizes from the smallest to twice the largest, or to this one where it is larger. */
  readonly until?: number;
};

/** The data of a quantity; throws `usage` naming the nearest where there is none. */
export function dataOf(set: ExtremaSet, quantity: string): SizeData {
  const found = set.data[quantity];
  if (found !== undefined) return found;
  const interior = set.extrema.some(({ status }) => status === "interior");
  if (!interior)
    return { quantity, sizes: [], logs: [], covariance: [], dof: 0, replicateVariance: null, errors: "none" };
  const known = Object.keys(set.data);
  const near = nearestWord(quantity, known);
  throw new CrispError(
    "usage",
    `there is no positive quantity "${quantity}" to fit; there is ${known.join(", ") || "none"}. ${near ? `Did you mean ${near}?` : "Name one of these."}`,
  );
}

/** The scaling of `location`, `value` or a companion over all interior sizes of the set. */
export function scalingOf(set: ExtremaSet, quantity: string, options: ScalingOptions = {}): ScalingFit {
  return fitScaling(dataOf(set, quantity), options);
}

/** The same from ln y and its covariance. */
export function fitScaling(data: SizeData, options: ScalingOptions = {}): ScalingFit {
  demandLaws(data.sizes, options);
  const { verdict, reason, candidates, untested } = decide(data, options);
  const law = fitPowerLaw(data);
  const stays = candidates.filter(({ open }) => open);
  const open = new Set(stays.map(({ fitted }) => fitted.model.name));
  const sizes = bandSizes(data.sizes, options.until);
  const models = candidates.map((candidate) =>
    modelFit(data, candidate, {
      profiled: candidate.open ? "all" : open.has(candidate.fitted.model.name) ? "exponent" : "none",
    }),
  );
  const decided = decidedModel({ verdict, models });
  return {
    quantity: data.quantity,
    verdict,
    reason,
    exponent: reportedExponent(verdict, models),
    exponentRange: untested ? null : rangeOf(models),
    law: decided && decidedLaw(decided, bandOf(data, [candidates[models.indexOf(decided)]], sizes)),
    range: verdict === "undecided" ? bandOf(data, stays, sizes) : [],
    powerLaw: law && {
      exponent: exponentOf(law),
      amplitude: amplitudeOf(law),
      band: sizes.map((size): BandPoint => bandAt(law, size)),
    },
    chi2: law ? law.chi2 : null,
    dof: law ? law.dof : null,
    p: law ? law.inference.p : null,
    models,
    localSlopes: law ? localSlopes(data, law.inference) : [],
  };
}

function decidedLaw(model: ModelFit, band: readonly BandPoint[]): DecidedLaw {
  const { name, parameters } = model;
  return { name, equation: equationOf(model)!, parameters, band };
}

function bandSizes(sizes: readonly number[], until = 0): number[] {
  const [first, last] = [sizes[0], Math.max(sizes[sizes.length - 1] * 2, until)];
  return Array.from({ length: 41 }, (_, i) => first * (last / first) ** (i / 40));
}

/** Whose intervals come from the profile: each takes some 20 fits. */
type Intervals = { readonly profiled: "all" | "exponent" | "none" };

function modelFit(data: SizeData, candidate: Candidate, intervals: Intervals): ModelFit {
  const { fitted, k, p, aicc } = candidate;
  const n = data.sizes.length;
  const { name, parameters: fittedNames } = fitted.model;
  const parameters = parametersOf(data, candidate, intervals);
  return {
    name,
    parameters,
    leading: candidate.extrapolated ? null : leadingOf(name, parameters.exponent ?? null),
    covariance: fitted.fit.converged ? fitted.fit.covariance : null,
    chi2: fitted.fit.chi2,
    dof: n - fittedNames.length,
    p,
    aicc,
    bic: data.errors === "none" ? null : fitted.fit.chi2 + k * Math.log(n),
    weight: candidate.weight,
    adequate: candidate.adequate,
    open: candidate.open,
    droppedFor: candidate.droppedFor,
  };
}

/**
 * Each parameter with its interval, null where the data do not determine it. An
 * open law of three parameters or more gets profile intervals, as do the exponents
 * of its family, which widen its own; the others get those of the curvature: exact
 * for the plain law, rough for one that is refused anyway.
 */
function parametersOf(data: SizeData, candidate: Candidate, { profiled }: Intervals): Record<string, Estimate | null> {
  const { fitted } = candidate;
  const { model, fit, reference } = fitted;
  const law = inference(data, fit.chi2, model.parameters.length);
  const byProfile = (name: string): boolean =>
    model.parameters.length > 2 && candidate.adequate === true && (profiled === "all" || profiled === name);
  const found: Record<string, Estimate | null> = {};
  model.parameters.forEach((name, j) => {
    if (law === null) found[name] = null;
    else if (byProfile(name)) found[name] = profileInterval(data, fitted, j, law.quantile ** 2 * law.scale);
    else found[name] = curvatureInterval(fitted, j, law.quantile * Math.sqrt(law.scale));
  });
  if (model.fixed)
    found[model.fixed.name] = { value: model.fixed.value, low: model.fixed.value, high: model.fixed.value };
  found.referenceSize = { value: reference, low: reference, high: reference };
  return found;
}

function curvatureInterval({ fit }: FittedModel, j: number, quantile: number): Estimate | null {
  if (!fit.converged || fit.covariance === null) return null;
  const margin = quantile * Math.sqrt(fit.covariance[j][j]);
  const value = fit.parameters[j];
  return { value, low: value - margin, high: value + margin };
}
