/**
 * From curves to the study's record: minima of all sizes, power laws of the
 * fitted ones, the prediction for the left-out size beside its measurement.
 * A pure function of the stored results: run again, it gives the same bytes.
 */

import { systemSize } from "../core/geometry.js";
import { contentKey } from "../core/key.js";
import { sourceText } from "../images/image-set.js";
import { exclusionThatDecides } from "../scaling/exclusion.js";
import { exponentsOf } from "../scaling/exponents.js";
import { pooledExtrema } from "../scaling/extrema.js";
import { isChoice } from "../scaling/law-choice.js";
import { dataOf, type ScalingOptions, scalingOf } from "../scaling/scaling.js";
import type { ExtremaSet, ScalingFit } from "../scaling/types.js";
import { problemOf } from "../tasks/problems/registry.js";
import { allSizes, growsImages, isLeftOut, nameOf, type SizeName, sizeNumber, sizeText, sizeWords } from "./axis.js";
import { boundaryFit } from "./boundary.js";
import type { MeanCurve, SizeCurves } from "./curves.js";
import { geometryOf, givenOf, type PlanContext } from "./plan.js";
import { predictLeftOut } from "./prediction.js";
import type { CurveRecord, MinimumRecord, StudyRecord } from "./record.js";
import { recordVersion } from "./record-versions.js";
import { scoresOf } from "./scores.js";
import type { StudySettings } from "./settings.js";
import { pilotResult, type SizeResults, wideCurve } from "./study.js";
import { sureLambda } from "./sure.js";
import { meanOfSweep } from "./swept.js";
import { studyWarnings } from "./warnings.js";

/** What the poster states (arXiv 1710.09875): its exponents and the slopes they stand for. */
const poster = { nu: -1.32, gamma: 0.00985, locationSlope: -0.758, valueSlope: -0.00746 };

const featureWords = { learned: "features", random: "random features", given: "given features" };

/** The record of a study: of all its sizes once it is done, before that of those whose sweep is; `told` hears which part of it begins. */
export function analyseStudy(
  results: readonly SizeResults[],
  plan: PlanContext,
  told: (part: string) => void = () => {},
): StudyRecord {
  const { settings, images, family, dictionaries, laws = {} } = plan;
  const sizes = results.map((size) => {
    told(`the curves at ${sizeText(size)}`);
    return curvesOf(size, plan);
  });
  told("the minima of all sizes");
  const all = extremaOf(sizes, settings.seed);
  told("the minima of the sizes that are fitted");
  const fitted = extremaOf(
    sizes.filter(({ leftOut }) => !leftOut),
    settings.seed,
  );
  const { name, unit } = problemOf(settings.task).measure;
  const minima = sizes.map((size) => minimumOf(size, all));
  told("the laws of scaling");
  const until = Math.max(1, ...sizes.map(({ systemSize }) => systemSize));
  const law = (quantity: string): ScalingFit => lawOf(fitted, quantity, { until, ...laws });
  const fits = {
    location: law("percentActive"),
    value: law("value"),
    lambda: law("location"),
    activeUnits: law("activeUnits"),
  };
  told("the prediction of the size left out");
  const prediction = predictLeftOut(sizes, minima, { fitted, all, laws });
  // Where images grow all sizes share their dictionaries.
  const makers = growsImages(settings) ? results.slice(0, 1) : results;
  const record = {
    schemaVersion: recordVersion,
    study: contentKey({ settings, images, dictionaries, family }),
    name: `${sourceText(images.source)}, ${namedSizes(settings)}`,
    settings,
    images: {
      source: images.source,
      citation: images.citation,
      training: settings.trainingImages,
      test: sizes[0]?.curves.items ?? settings.testImages,
      hash: images.hash,
    },
    measure: { name, unit },
    ...(isChoice(laws) && { laws }),
    minima,
    curves: sizes.map(curveRecord),
    ...fits,
    exponents: { ...exponentsOf(fitted, "percentActive", "value"), poster },
    ...(growsImages(settings) ? { boundary: boundaryOf(sizes, fitted) } : {}),
    prediction,
    scores: scoresOf(sizes, all, { laws, told }),
    certificate: certificateOf(results, settings.sweep.tolerance),
    training: makers.flatMap(trainingOf(settings.seed)),
    dictionaries: makers.flatMap(dictionariesOf(plan)),
  };
  return { ...record, warnings: [...studyWarnings(record), ...fitted.errorWarnings] };
}

/** The scaling of a quantity over the sizes of a study that are fitted; the reason names the law whose exclusion decided. */
export function lawOf(fitted: ExtremaSet, quantity: string, options: ScalingOptions): ScalingFit {
  const fit = scalingOf(fitted, quantity, options);
  return { ...fit, reason: fit.reason + exclusionThatDecides(dataOf(fitted, quantity), fit, options) };
}

function boundaryOf(sizes: readonly SizeCurves[], { data }: ExtremaSet): StudyRecord["boundary"] {
  const active = data.percentActive;
  const sideOf = (L: number) => sizeNumber(sizes.find(({ systemSize }) => systemSize === L)!);
  return active === undefined ? null : boundaryFit(active, active.sizes.map(sideOf));
}

/** "16 to 512 features", "64 features on 16 to 64 pixels a side". */
function namedSizes({ atoms = "learned", ...settings }: StudySettings): string {
  const sizes = allSizes(settings);
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  if (!growsImages(settings)) return `${first.features} to ${last.features} ${featureWords[atoms]}`;
  return `${first.features} ${featureWords[atoms]} on ${first.imageSize} to ${sizeWords(last)}`;
}

/** Everything measured of one size, as curves. */
export function curvesOf(size: SizeResults, plan: PlanContext): SizeCurves {
  const { measured: curves, sure } = size.sweep!;
  const mean = meanOfSweep(size.sweep!);
  return {
    ...nameOf(size),
    systemSize: systemSize(geometryOf(plan, size)),
    leftOut: isLeftOut(plan.settings, size),
    curves,
    mean,
    wide: wideCurve(size, mean, plan),
    pilot: pilotResult(size, plan),
    sureLambda: sure && sureLambda(sure),
  };
}

/** Minima of percent error in ln λ, with percent active and active units read off there. */
export function extremaOf(sizes: readonly SizeCurves[], seed: number): ExtremaSet {
  if (sizes.length === 0) return noExtrema;
  return pooledExtrema(
    sizes.map(({ curves }) => curves),
    { extremum: "min", controlScale: "log", seed },
  );
}

/** Of an unfinished study that has no size to its end. */
const noExtrema: ExtremaSet = {
  ...{ extrema: [], window: null, data: {}, warnings: [], errorWarnings: [] },
  cross: () => [],
};

function minimumOf(size: SizeCurves, set: ExtremaSet): MinimumRecord {
  const found = set.extrema.find((extremum) => extremum.size === size.systemSize)!;
  return {
    ...nameOf(size),
    systemSize: size.systemSize,
    leftOut: size.leftOut,
    status: found.status,
    lambda: found.location,
    percentActive: found.companions.percentActive ?? null,
    activeUnits: found.companions.activeUnits ?? null,
    value: found.value,
  };
}

function curveRecord({ mean, systemSize: L, ...size }: SizeCurves): CurveRecord {
  const falling = (values: Float64Array) => Array.from(values).reverse();
  return {
    ...nameOf(size),
    lambda: falling(mean.lambda),
    percentActive: falling(mean.activeUnits.map((k) => (100 * k) / L)),
    activeUnits: falling(mean.activeUnits),
    value: falling(mean.value),
  };
}

/** Certificates of all codings of the sweeps, pilots aside. */
function certificateOf(results: readonly SizeResults[], tolerance: number): StudyRecord["certificate"] {
  let [codings, largestGap, unconverged] = [0, 0, 0];
  for (const { sweep } of results) {
    if (sweep === null) continue;
    codings += sweep.certificate.codings;
    largestGap = Math.max(largestGap, sweep.certificate.largestGap);
    unconverged += sweep.certificate.unconverged;
  }
  return { codings, tolerance, largestGap, unconverged };
}

/** How the dictionaries of a size were learned, for the record. */
export function trainingOf(seed: number) {
  return ({ features, trained }: Pick<SizeResults, "features" | "trained">): StudyRecord["training"][number][] =>
    [...trained]
      .sort(([a], [b]) => a - b)
      .map(([replicate, { imagesSeen, plateau, looks, deadAtoms, leadingShare }]) => ({
        features,
        seed: seed + replicate,
        imagesSeen,
        plateau,
        heldOutEnergy: looks.at(-1)!.energy,
        deadAtoms,
        leadingShare,
      }));
}

/** Dictionaries that came without training. */
function dictionariesOf(plan: PlanContext) {
  return ({ features, made }: SizeResults): StudyRecord["dictionaries"][number][] =>
    [...made]
      .sort(([a], [b]) => a - b)
      .map(([replicate, { atoms: _, ...measured }]) => {
        const given = plan.settings.atoms === "given" ? givenOf(plan, features, replicate) : null;
        const { file = null, hash = null } = given ?? {};
        const seed = given === null ? plan.settings.seed + replicate : null;
        return { features, replicate, origin: given ? "given" : "random", file, hash, seed, ...measured };
      });
}

/** A size as it lands: the grid's own least point, before intervals and the local cubic. */
export type ProvisionalMinimum = SizeName & {
  readonly systemSize: number;
  readonly leftOut: boolean;
  readonly lambda: number;
  readonly percentActive: number;
  readonly value: number;
};

/** The least point of a curve so far; null while it lies at an end of the grid. */
export function provisionalMinimum(size: SizeName, curve: MeanCurve, plan: PlanContext): ProvisionalMinimum | null {
  const L = systemSize(geometryOf(plan, size));
  const least = curve.value.indexOf(Math.min(...curve.value));
  if (least === 0 || least === curve.lambda.length - 1) return null;
  return {
    ...nameOf(size),
    systemSize: L,
    leftOut: isLeftOut(plan.settings, size),
    lambda: curve.lambda[least],
    percentActive: (100 * curve.activeUnits[least]) / L,
    value: curve.value[least],
  };
}
