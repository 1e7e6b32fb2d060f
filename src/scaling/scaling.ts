/**
 * How one quantity scales with size, in one call: the plain power law with its
 * band, every alternative with its standing, the verdict, the local slopes.
 */
import { CrispError, nearestWord } from "../core/errors.js";
import type { FittedModel } from "./models.js";
import { amplitudeOf, bandAt, exponentOf, fitPowerLaw, inference, localSlopes } from "./powerlaw.js";
import { profileInterval } from "./profile.js";
import type { BandPoint, Estimate, ExtremaSet, ModelFit, ScalingFit, SizeData } from "./types.js";
import { type Candidate, decide } from "./verdict.js";

/** Where the band of the power law is given. */
export type ScalingOptions = {
  /** Sizes at which the band is given; by default 41 from the smallest to twice the largest. */
  readonly bandSizes?: readonly number[];
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
  const { verdict, reason, candidates } = decide(data);
  const law = fitPowerLaw(data);
  const models = candidates.map((candidate) => modelFit(data, candidate));
  return {
    quantity: data.quantity,
    verdict,
    reason,
    exponent: reportedExponent(verdict, models),
    powerLaw: law && {
      exponent: exponentOf(law),
      amplitude: amplitudeOf(law),
      band: (options.bandSizes ?? bandSizes(data.sizes)).map((size): BandPoint => bandAt(law, size)),
    },
    chi2: law ? law.chi2 : null,
    dof: law ? law.dof : null,
    p: law ? law.inference.p : null,
    models,
    localSlopes: law ? localSlopes(data, law.inference.scale, law.inference.quantile) : [],
  };
}

/** The leading exponent of the law that won, if it has one. */
function reportedExponent(verdict: string, models: readonly ModelFit[]): Estimate | null {
  const won = models.find((model) => model.name === verdict && model.weight > 0.95);
  return won?.parameters.exponent ?? null;
}

function bandSizes(sizes: readonly number[]): number[] {
  const [first, last] = [sizes[0], sizes[sizes.length - 1] * 2];
  return Array.from({ length: 41 }, (_, i) => first * (last / first) ** (i / 40));
}

function modelFit(data: SizeData, candidate: Candidate): ModelFit {
  const { fitted, k, p, aicc } = candidate;
  const n = data.sizes.length;
  return {
    name: fitted.model.name,
    parameters: parametersOf(data, candidate),
    covariance: fitted.fit.converged ? fitted.fit.covariance : null,
    chi2: fitted.fit.chi2,
    dof: n - k,
    p,
    aicc,
    bic: data.errors === "none" ? null : fitted.fit.chi2 + k * Math.log(n),
    weight: candidate.weight,
    adequate: candidate.adequate,
    droppedFor: candidate.droppedFor,
  };
}

/**
 * Each parameter with its interval, null where the data do not determine it. An
 * adequate law of three parameters or more gets profile intervals, the others
 * those of the curvature: exact for the plain law, rough for one that is refused anyway.
 */
function parametersOf(data: SizeData, candidate: Candidate): Record<string, Estimate | null> {
  const { fitted, k } = candidate;
  const { model, fit, reference } = fitted;
  const law = inference(data, fit.chi2, k);
  const found: Record<string, Estimate | null> = {};
  model.parameters.forEach((name, j) => {
    if (law === null) found[name] = null;
    else if (k > 2 && candidate.adequate) found[name] = profileInterval(data, fitted, j, law.quantile ** 2 * law.scale);
    else found[name] = curvatureInterval(fitted, j, law.quantile * Math.sqrt(law.scale));
  });
  if (model.omega !== undefined) found.omega = { value: model.omega, low: model.omega, high: model.omega };
  found.referenceSize = { value: reference, low: reference, high: reference };
  return found;
}

function curvatureInterval({ fit }: FittedModel, j: number, quantile: number): Estimate | null {
  if (!fit.converged || fit.covariance === null) return null;
  const margin = quantile * Math.sqrt(fit.covariance[j][j]);
  const value = fit.parameters[j];
  return { value, low: value - margin, high: value + margin };
}
