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
import { exponentOf, fitPowerLaw, slopeWeights } from "../scaling/powerlaw.js";
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
  const paired = measuredAlike(a.plan, b.plan) && sides[0][0].curves.items === sides[1][0].curves.items;
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
  if (both === undefined) return { sizes: [], slopes: [null, null], difference: null };
  const [a, b] = [keepSizes(both, (size) => size < shift), keepSizes(both, (size) => size >= shift)];
  const own = { ...b, sizes: b.sizes.map((size) => size - shift) };
  const names = new Map(sides.flat().map((size) => [size.systemSize, nameOf(size)]));
  const sizes = [...new Set([...a.sizes, ...own.sizes])].sort((x, y) => x - y);
  const laws = [a, own].map((one) => fitPowerLaw(keepSizes(one, (size) => fitted.has(size))));
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
    slopes: [laws[0] && exponentOf(laws[0]), laws[1] && exponentOf(laws[1])],
    difference: slopeDifference(both, fitted),
  };
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

/** b_B − b_A over the sizes that both fitted and found a minimum at, each fitted by its own errors. */
function slopeDifference(both: SizeData, fitted: ReadonlySet<number>): SlopeDifference | null {
  const usable = (size: number) =>
    fitted.has(size % shift) && both.sizes.includes(size % shift) && both.sizes.includes((size % shift) + shift);
  const data = keepSizes(both, usable);
  const parts = [keepSizes(data, (size) => size < shift), keepSizes(data, (size) => size >= shift)];
  const own = parts.map((part) => ({ ...part, sizes: part.sizes.map((size) => size % shift) }));
  const laws = own.map(fitPowerLaw);
  if (laws[0] === null || laws[1] === null || data.errors === "none") return null;
  const contrast = [...slopeWeights(own[0]).map((w) => -w), ...slopeWeights(own[1])];
  // Where a law does not fit, its scatter counts as the study's own interval counts it.
  const scale = Math.max(...laws.map((law) => law!.inference.scale));
  const quantile = Math.max(...laws.map((law) => law!.inference.quantile));
  const variance = Math.max(leastVariance, scale * form(contrast, data.covariance, contrast));
  const value = laws[1].b - laws[0].b;
  const margin = quantile * Math.sqrt(variance);
  return {
    value,
    low: value - margin,
    high: value + margin,
    p: fTail(value ** 2 / variance, 1, scale > 1 ? laws[0].dof : data.dof),
  };
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
