/**
 * Which items come next: a pure function of the settings and of the results so
 * far. Round 1 trains every dictionary (or takes it, where it needs no training) and codes a few held-out training
 * images with it (the pilot); each later round takes every size one step
 * further: pilot until its least error is bracketed, then the sweep over the
 * test images on that grid, then points beyond its ends while the least error
 * of the sweep itself is too near one (the one choice that looks at test
 * images). Last, a left-out size is coded at the smaller sizes' best λ's, to
 * tell what borrowing them costs. No item left: the study is complete.
 */
import { CrispError } from "../core/errors.js";
import { checkGeometry, type Geometry } from "../core/geometry.js";
import type { LawChoice } from "../scaling/law-choice.js";
import { item } from "../work/item.js";
import { allSizes, isLeftOut, nameOf, type SizeName } from "./axis.js";
import type { Pace } from "./cost.js";
import { type MeanCurve, missingPoints } from "./curves.js";
import { indexOf, lambdasBetween } from "./grid.js";
import type { AtomsItem } from "./items/atoms.js";
import type { ImageRange, Pool } from "./items/pictures.js";
import type { DictionaryItem } from "./items/registry.js";
import type { SweepItem } from "./items/sweep.js";
import type { TrainItem } from "./items/train.js";
import { learningAt } from "./own-lambda.js";
import type { StudySettings } from "./settings.js";

/** What the plan depends on beside the settings. */
export type PlanContext = {
  readonly settings: StudySettings;
  readonly family: string;
  readonly images: ImageIdentity;
  /** The dictionaries of a study with `atoms` = given; absent in others. */
  readonly dictionaries?: readonly GivenDictionary[];
  /** How fast this machine is with these images (pace.ts), where it was measured; it decides no item. */
  readonly pace?: Pace;
  /** Laws that compete in the analysis, by the user's word; no item depends on it. Absent: all. */
  readonly laws?: LawChoice;
};

/** A dictionary from a file of the user's: the file's name without its folder, and the key of its atoms. */
export type GivenDictionary = {
  readonly file: string;
  /** [features, patch rows, patch columns, channels] */
  readonly shape: readonly number[];
  /** Number among the files of one size, from 0. */
  readonly replicate: number;
  /** `tensorSha256` of the atoms; of studies of the first versions another key. */
  readonly hash: string;
};

/** Which images, and of what size. */
export type ImageIdentity = {
  readonly source: string;
  readonly citation: string | null;
  readonly hash: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Hash of the training images' masks, where there are any. */
  readonly mask?: string;
};

/** What rounds are made of. */
export type StudyItem = DictionaryItem | SweepItem;

/** What is known of one size: mean curves of its pilot and of its sweep, null before they exist. */
export type Known = SizeName & {
  readonly pilot: MeanCurve | null;
  readonly sweep: MeanCurve | null;
  /** Whether the cost of borrowed λ's has been measured. */
  readonly costed: boolean;
};

/** Images in one item of a pilot. */
export const pilotLength = 16;
/** Images in one item of a sweep. */
export const itemImages = 50;
/** Test images on which the cost of borrowed λ's is measured. */
export const costImages = 100;
/** Streams of noise, so that pilot and test images never share a draw; where images grow each side has its own two. */
const streams = { test: 0, pilot: 1, windows: 1_000_000 };
/** λ's of the first pilot: 4 → 0.29 at factor 1.3, past the least error of most sizes. */
export const firstPilot = 11;
/** Smallest number of points by which a grid grows. */
export const growth = 3;

/** The network of a size: on whole images unless `imageSize` names a window. */
export function geometryOf(context: PlanContext, { features, imageSize }: SizeName): Geometry {
  const { patch, stride, boundary } = context.settings;
  const { height: rows, width: columns, channels } = context.images;
  const [height, width] = [imageSize ?? rows, imageSize ?? columns];
  const geometry: Geometry = { height, width, channels, patch, stride, boundary, features };
  checkGeometry(geometry);
  return geometry;
}

/** Round 1: all dictionaries, and the first pilot of every size. */
export function firstRound(context: PlanContext): StudyItem[] {
  const items = allSizes(context.settings).flatMap((size): StudyItem[] => [
    ...replicates(context).map((replicate) => dictionaryItem(context, size.features, replicate)),
    ...pilotItems(context, size, lambdasBetween(context.settings.sweep, 0, firstPilot)),
  ]);
  // Where images grow every size has the same dictionaries.
  return [...new Map(items.map((one) => [one.id, one])).values()];
}

/** A later round; empty when every least error is bracketed or the grid may grow no further, and costs are known. */
export function nextRound(context: PlanContext, known: readonly Known[]): SweepItem[] {
  const items = known.flatMap(({ pilot, sweep, ...size }) => {
    if (sweep) return sweepItems(context, size, beyond(context, sweep));
    const more = pilot ? beyond(context, pilot) : [];
    if (more.length > 0) return pilotItems(context, size, more);
    return sweepItems(context, size, pilot ? gridOf(context, pilot) : []);
  });
  return items.length > 0 ? items : costItems(context, known);
}

/**
 * A left-out size at every grid λ from its own smallest down to the smallest
 * best λ of the fitted sizes, on the first images and the first seed.
 */
function costItems(context: PlanContext, known: readonly Known[]): SweepItem[] {
  const { settings } = context;
  const best = (curve: MeanCurve) => curve.lambda[curve.value.indexOf(Math.min(...curve.value))];
  const fitted = known.filter(({ sweep, ...size }) => sweep && !isLeftOut(settings, size));
  const last = Math.max(...fitted.map(({ sweep }) => indexOf(settings.sweep, best(sweep!)))) + 1;
  return known.flatMap(({ sweep, costed, ...size }) => {
    if (!sweep || costed || !isLeftOut(settings, size)) return [];
    const lambdas = lambdasBetween(settings.sweep, indexOf(settings.sweep, sweep.lambda[0]), last + 1);
    if (lambdas.length < 2) return [];
    const ranges = split("test", context, { count: Math.min(costImages, settings.testImages), length: itemImages });
    return sweepsOver(ranges, { role: "cost", ...nameOf(size), replicate: 0, lambdas }, context);
  });
}

/** The λ grid that a finished pilot fixes for its size: down to `below` points under its least error. */
export function gridOf(context: PlanContext, pilot: MeanCurve): number[] {
  const { below } = context.settings.sweep;
  const least = pilot.value.indexOf(Math.min(...pilot.value));
  return Array.from(pilot.lambda.subarray(Math.max(0, least - below))).reverse();
}

/** λ's that a curve still lacks; empty when its least error is bracketed or `smallest` is reached. */
function beyond(context: PlanContext, curve: MeanCurve): number[] {
  const { sweep } = context.settings;
  const { lower, upper } = missingPoints(curve, sweep.below);
  const last = indexOf(sweep, curve.lambda[0]);
  const first = indexOf(sweep, curve.lambda[curve.lambda.length - 1]);
  const above = upper > 0 && first > -3 * growth ? lambdasBetween(sweep, first - growth, first) : [];
  const below = lower > 0 ? lambdasBetween(sweep, last + 1, last + 1 + Math.max(lower, growth)) : [];
  return [...above, ...below];
}

function replicates(context: PlanContext): number[] {
  return Array.from({ length: context.settings.replicates }, (_, replicate) => replicate);
}

/** The item that makes a dictionary of so many features, in the way of the study: on whole images. */
export function dictionaryItem(context: PlanContext, features: number, replicate: number): DictionaryItem {
  const { settings, family } = context;
  // Studies made before there was a choice have none.
  if ((settings.atoms ?? "learned") === "learned") return trainItem(context, features, replicate);
  const origin =
    settings.atoms === "random"
      ? ({ kind: "random", seed: settings.seed + replicate } as const)
      : ({ kind: "given", hash: givenOf(context, features, replicate).hash } as const);
  return item<AtomsItem>({ kind: "atoms", family, geometry: geometryOf(context, { features }), replicate, origin });
}

/** The file of a size and replicate. @throws CrispError `check` when there is none of that size */
export function givenOf({ dictionaries = [] }: PlanContext, features: number, replicate: number): GivenDictionary {
  const found = dictionaries.find(({ shape, ...of }) => shape[0] === features && of.replicate === replicate);
  if (found) return found;
  const sizes = [...new Set(dictionaries.map(({ shape }) => shape[0]))].join(", ");
  throw new CrispError(
    "check",
    `the dictionaries of this study were given as files of ${sizes || "no"} atoms and none can be trained for ${features}. Choose one of these sizes, or run a study that has this one.`,
  );
}

export function trainItem(context: PlanContext, features: number, replicate: number): TrainItem {
  const { settings, family } = context;
  return item<TrainItem>({
    kind: "train",
    family,
    geometry: geometryOf(context, { features }),
    pool: poolOf(context),
    learning: learningAt(settings.learning, features),
    rule: { threshold: { kind: "soft", rectified: settings.rectified }, tolerance: settings.learning.tolerance },
    replicate,
    seed: settings.seed + replicate,
  });
}

export function poolOf({ settings, images }: PlanContext): Pool {
  return {
    hash: images.hash,
    count: settings.trainingImages,
    heldOut: settings.learning.heldOut,
    seed: settings.seed,
    mask: images.mask,
  };
}

/** The pilot uses the first seed's dictionary and held-out training images. */
export function pilotItems(context: PlanContext, size: SizeName, lambdas: readonly number[]): SweepItem[] {
  const ranges = split("held-out", context, { count: context.settings.sweep.pilotImages, length: pilotLength });
  if (lambdas.length === 0) return [];
  const of = { role: "pilot", ...nameOf(size), replicate: 0, lambdas } as const;
  return sweepsOver(ranges, of, context);
}

function sweepItems(context: PlanContext, size: SizeName, lambdas: readonly number[]): SweepItem[] {
  if (lambdas.length === 0) return [];
  const ranges = split("test", context, { count: context.settings.testImages, length: itemImages });
  return replicates(context).flatMap((replicate) =>
    sweepsOver(ranges, { role: "curve", ...nameOf(size), replicate, lambdas }, context),
  );
}

type SweepOf = Pick<SweepItem, "role" | "features" | "imageSize" | "replicate" | "lambdas">;

/** One item per range. */
function sweepsOver(ranges: readonly ImageRange[], of: SweepOf, context: PlanContext): SweepItem[] {
  const { settings, family } = context;
  const rest = {
    dictionary: dictionaryItem(context, of.features, of.replicate).id,
    pool: poolOf(context),
    noise: {
      sigma: settings.noise,
      seed: settings.seed,
      stream: noiseStream(of, of.role === "pilot" ? "pilot" : "test"),
    },
    ...taskIn(settings),
    ...(settings.normalise === false ? { norms: true as const } : {}),
    rule: { threshold: { kind: "soft" as const, rectified: settings.rectified }, tolerance: settings.sweep.tolerance },
  };
  return ranges.map((range) => item<SweepItem>({ kind: "sweep", ...of, range, family, ...rest }));
}

/** The stream of a size's noise: the same for every number of features, another for every side. */
export function noiseStream({ imageSize }: SizeName, images: "test" | "pilot"): number {
  return streams[images] + (imageSize === undefined ? 0 : streams.windows + 2 * imageSize);
}

/** Consecutive ranges of at most `length` images that cover the first `count` of a split. */
function split(
  name: ImageRange["split"],
  context: PlanContext,
  { count, length }: { readonly count: number; readonly length: number },
): ImageRange[] {
  const ranges: ImageRange[] = [];
  for (let from = 0; from < count; from += length) {
    ranges.push({ hash: context.images.hash, split: name, from, to: Math.min(count, from + length) });
  }
  return ranges;
}

/** The problem as items name it: not at all where it is denoising, as before there was a choice. */
export function taskIn({ task }: StudySettings): Pick<SweepItem, "task"> {
  return task === undefined ? {} : { task };
}
