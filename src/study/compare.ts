/**
 * Two studies side by side: their optima and exponents, and what the one has more than the other, with intervals of
 * the difference. Where both measured the same images under the same noise, the minima of both are found together,
 * by one window and one bootstrap over the images, so that what they share cancels in
 *
 *   ln y_B − ln y_A at a size,   b_B − b_A over the sizes both fitted,   var = cᵀ C c,   C over both studies.
 *
 * Elsewhere the two are taken as independent. Seeds are always: equal seeds share images to learn from and the start,
 * so the intervals are, if anything, too wide. A pure function of stored results.
 */

import { systemSize } from "../core/geometry.js";
import { contentKey } from "../core/key.js";
import { sourceText } from "../images/image-set.js";
import { differenceOf } from "../scaling/held-out.js";
import { form } from "../scaling/linear.js";
import { exponentOf, fitPowerLaw, type PowerLawFit, slopeWeights } from "../scaling/powerlaw.js";
import { dataOf } from "../scaling/scaling.js";
import { fTail, tQuantile } from "../scaling/special.js";
import { keepSizes } from "../scaling/subset.js";
import type { ExtremaSet, SizeData } from "../scaling/types.js";
import { problemOf } from "../tasks/problems/registry.js";
import { curvesOf, extremaOf, lawOf } from "./analyse.js";
import { isLeftOut, nameOf } from "./axis.js";
import type {
  ComparedQuantity,
  ComparedSize,
  ComparedStudy,
  CompareRecord,
  SlopeDifference,
} from "./compare-record.js";
import type { SizeCurves } from "./curves.js";
import { geometryOf, type PlanContext } from "./plan.js";
import type { SizeResults } from "./study.js";

/** A study that is read, and what it is called here. */
export type Compared = {
  readonly name: string;
  readonly results: readonly SizeResults[];
  readonly plan: PlanContext;
};

/** Added to the sizes of the second study, so that one set can hold both. */
const shift = 2 ** 40;

/** A study beside itself has no variance but by rounding. */
const leastVariance = 1e-24;

/** Both studies, the second beside the first. */
export function compareStudies(a: Compared, b: Compared): CompareRecord {
  const sides = [a, b].map(({ results, plan }) => results.map((size) => curvesOf(size, plan)));
  const paired = measuredAlike(a.plan, b.plan) && imagesOf(a) === imagesOf(b);
  const set = setOf(sides, paired, a.plan.settings.seed);
  const fitted = new Set(fittedSizes(a).filter((size) => fittedSizes(b).includes(size)));
  const { name, unit } = problemOf(a.plan.settings.task).measure;
  const of = (quantity: string) => quantityOf(set, quantity, { sides, fitted });
  return {
    schemaVersion: 1,
    studies: [a, b].map((one, i) => studyOf(one, sides[i])),
    differing: differing(a.plan, b.plan),
    paired,
    measure: { name, unit },
    fitted: [...fitted],
    location: of("percentActive"),
    value: of("value"),
    lambda: of("location"),
    activeUnits: of("activeUnits"),
  };
}

/** A study's own law, as its record has it: found without the other study. */
function studyOf({ name, plan }: Compared, sizes: readonly SizeCurves[]): ComparedStudy {
  const own = extremaOf(
    sizes.filter(({ leftOut }) => !leftOut),
    plan.settings.seed,
  );
  const { verdict, reason, powerLaw } = lawOf(own, "percentActive", plan.laws ?? {});
  const fitted = dataOf(own, "percentActive").sizes;
  const location = { verdict, reason, fitted, slope: powerLaw?.exponent ?? null };
  return { name, key: keyOf(plan), location, warnings: own.errorWarnings };
}

/** Whether image i is the same image under the same noise in both. */
function measuredAlike(a: PlanContext, b: PlanContext): boolean {
  const same = ({ settings, images }: PlanContext) => {
    const { seed, noise, task = null, testImages, normalise = true } = settings;
    return contentKey({ hash: images.hash, seed, noise, task, testImages, normalise });
  };
  return same(a) === same(b);
}

/** Which images count: flat ones do not, and where images grow those flat at the smallest side of either study. */
function imagesOf({ results }: Compared): string {
  return results[0].sweep!.images.join();
}

function fittedSizes({ plan }: Compared): number[] {
  const { settings } = plan;
  const sizes = settings.sizeAxis === "image" ? settings.imageSizes : settings.features;
  const names = sizes.map((n) =>
    settings.sizeAxis === "image" ? { features: settings.features[0], imageSize: n } : { features: n },
  );
  return names.filter((name) => !isLeftOut(settings, name)).map((name) => systemSize(geometryOf(plan, name)));
}

/** What a comparison needs of the minima: of both studies, the second's sizes shifted. */
type Both = Pick<ExtremaSet, "data"> & { readonly pairs: boolean };

function setOf([a, b]: readonly SizeCurves[][], pairs: boolean, seed: number): Both {
  const shifted = b.map(
    (size): SizeCurves => ({
      ...size,
      curves: { ...size.curves, size: size.curves.size + shift },
    }),
  );
  if (pairs) return { data: extremaOf([...a, ...shifted], seed).data, pairs };
  const sets = [a, shifted].map((sizes) => extremaOf(sizes, seed).data);
  const names = Object.keys(sets[0]).filter((name) => name in sets[1]);
  return { data: Object.fromEntries(names.map((name) => [name, apart(sets[0][name], sets[1][name])])), pairs };
}

/** Two data as one whose parts have no covariance with each other. */
function apart(a: SizeData, b: SizeData): SizeData {
  const n = a.sizes.length;
  const sizes = [...a.sizes, ...b.sizes];
  const covariance = sizes.map((_, i) =>
    sizes.map((__, j) => (i < n && j < n ? a.covariance[i][j] : i >= n && j >= n ? b.covariance[i - n][j - n] : 0)),
  );
  const errors = a.errors === "none" || b.errors === "none" ? ("none" as const) : a.errors;
  return { ...a, sizes, logs: [...a.logs, ...b.logs], covariance, dof: Math.min(a.dof, b.dof), errors };
}

type Of = { readonly sides: readonly SizeCurves[][]; readonly fitted: ReadonlySet<number> };

function quantityOf({ data }: Both, quantity: string, { sides, fitted }: Of): ComparedQuantity {
  const both: SizeData | undefined = data[quantity];
  if (both === undefined) return { sizes: [], slopes: [null, null], lackOfFit: [null, null], difference: null };
  const [a, own] = sidesOf(both);
  const names = new Map(sides.flat().map((size) => [size.systemSize, nameOf(size)]));
  const sizes = [...new Set([...a.sizes, ...own.sizes])].sort((x, y) => x - y);
  const has = (size: number) => a.sizes.includes(size) && own.sizes.includes(size);
  const common = keepSizes(both, (size) => fitted.has(size % shift) && has(size % shift));
  const [first, second] = sidesOf(common).map(fitPowerLaw);
  return {
    sizes: sizes.map(
      (size): ComparedSize => ({
        ...names.get(size)!,
        systemSize: size,
        first: estimateAt(a, size),
        second: estimateAt(own, size),
        ratio: ratioAt(both, size),
      }),
    ),
    slopes: [first && exponentOf(first), second && exponentOf(second)],
    lackOfFit: [first?.inference.p ?? null, second?.inference.p ?? null],
    difference: first && second && slopeDifference(common, [first, second]),
  };
}

/** The data of each study, by their own sizes. */
function sidesOf(both: SizeData): [SizeData, SizeData] {
  const second = keepSizes(both, (size) => size >= shift);
  return [keepSizes(both, (size) => size < shift), { ...second, sizes: second.sizes.map((size) => size - shift) }];
}

function estimateAt(data: SizeData, size: number) {
  const i = data.sizes.indexOf(size);
  if (i < 0) return null;
  const margin = data.errors === "none" ? 0 : marginOf(data, data.covariance[i][i]);
  const [low, value, high] = [-margin, 0, margin].map((move) => Math.exp(data.logs[i] + move));
  return { value, low, high };
}

/** B ÷ A − 1 at a size that both have. */
function ratioAt(both: SizeData, size: number): ComparedSize["ratio"] {
  const [i, j] = [both.sizes.indexOf(size), both.sizes.indexOf(size + shift)];
  if (i < 0 || j < 0 || both.errors === "none") return null;
  const c = both.covariance;
  const variance = Math.max(leastVariance, c[i][i] + c[j][j] - 2 * c[i][j]);
  return differenceOf(both.logs[j] - both.logs[i], variance, { quantile: quantileOf(both), dof: both.dof });
}

/** b_B − b_A of two laws over the same sizes, each fitted by its own errors. */
function slopeDifference(common: SizeData, laws: readonly [PowerLawFit, PowerLawFit]): SlopeDifference | null {
  if (common.errors === "none") return null;
  const [before, now] = sidesOf(common).map(slopeWeights);
  const contrast = [...before.map((w) => -w), ...now];
  // Where a law does not fit, the errors are scaled and t is taken as for the study's own interval, here and in p.
  const scale = Math.max(...laws.map(({ inference }) => inference.scale));
  const dof = Math.min(...laws.map((law) => (law.inference.scale === 1 ? common.dof : law.dof)));
  const variance = Math.max(leastVariance, scale * form(contrast, common.covariance, contrast));
  const value = laws[1].b - laws[0].b;
  const margin = tQuantile(0.975, dof) * Math.sqrt(variance);
  return { value, low: value - margin, high: value + margin, p: fTail(value ** 2 / variance, 1, dof) };
}

function marginOf(data: SizeData, variance: number): number {
  return quantileOf(data) * Math.sqrt(variance);
}

function quantileOf({ dof }: SizeData): number {
  return tQuantile(0.975, dof);
}

function keyOf({ settings, images, dictionaries, family }: PlanContext): string {
  return contentKey({ settings, images, dictionaries, family });
}

/** Settings that differ, as "learning.lambda: 0.5 | 1". */
function differing(a: PlanContext, b: PlanContext): string[] {
  const [before, now] = [leavesOf(a.settings), leavesOf(b.settings)];
  const names = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name));
  const own = names.map((name) => `${name}: ${before.get(name) ?? "absent"} | ${now.get(name) ?? "absent"}`);
  const images =
    a.images.hash === b.images.hash ? [] : [`images: ${sourceText(a.images.source)} | ${sourceText(b.images.source)}`];
  return [...images, ...own, ...(a.family === b.family ? [] : [`kernel: ${a.family} | ${b.family}`])];
}

/** Every setting by its dotted path, as JSON. */
function leavesOf(record: object, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(record).flatMap(([name, value]): [string, string][] =>
      value && typeof value === "object" && !Array.isArray(value)
        ? [...leavesOf(value, `${prefix}${name}.`)]
        : [[`${prefix}${name}`, JSON.stringify(value)]],
    ),
  );
}
