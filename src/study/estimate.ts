/**
 * What a study will take, before any of it is done: items, seconds, memory and
 * disk, each meant to be right within a factor of two. The rounds that depend
 * on results are taken as they usually come out: every pilot grows once, every
 * sweep is done, one in two grows, left-out sizes are coded for the cost, one
 * size is shown. (tiny: 58 items expected, 59 made.)
 */
import { atomLength, imageLength, positions } from "../core/geometry.js";
import type { Item } from "../work/item.js";
import { allSizes, growsImages, isLeftOut, type SizeName } from "./axis.js";
import { pathSeconds, usualPoints } from "./cost.js";
import { type DictionaryItem, kindOf } from "./items/registry.js";
import type { NetworkItem } from "./items/workshop.js";
import { costImages, firstRound, geometryOf, growth, itemImages, type PlanContext, type StudyItem } from "./plan.js";

/** Items, time, memory and disk that a study will take. */
export type StudyEstimate = {
  readonly items: number;
  readonly seconds: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
};

/** Node itself, its compiled code and the pictures of small sources. */
const baseBytes = 150e6;
/** A worker thread before it has a dictionary. */
const workerBytes = 40e6;
/** Bytes of pictures that a source keeps at most; arrays are read one image at a time. */
const mostPictures = { leaves: 256e6, cifar10: 184e6, folder: 32e6, arrays: 0 };
/** Starting, opening the images and writing the report. */
const startSeconds = 3;
/** Bytes of one point in memory (columns) and in Parquet. */
const pointBytes = { memory: 57, disk: 45 };

/** What a study of these settings and images takes from nothing, by so many workers on idle cores. */
export function estimatePlan(context: PlanContext, workers: number): StudyEstimate {
  const { settings } = context;
  const first = firstRound(context);
  const { replicates, testImages, sweep } = settings;
  const sizes = allSizes(settings).map((size) => geometryOf(context, size));
  const sweepItems = sizes.length * replicates * Math.ceil(testImages / itemImages);
  const later = laterRounds(context, first, sweepItems);
  const items = first.length + sweepItems + later.items;
  const points = pointsOf(context);
  const path = pathPace(context) * sizes.reduce((sum, g) => sum + pathSeconds(g, points, sweep.tolerance), 0);
  const training = first.reduce((sum, item) => sum + secondsOf(item, context), 0);
  const measured = sizes.length * replicates * testImages * points;
  return {
    items,
    seconds: startSeconds + (training + path * replicates * testImages + later.seconds) / workers,
    memoryBytes: heldBytes(context, workers) + measured * pointBytes.memory,
    diskBytes: atomsBytes(context) + measured * pointBytes.disk + items * 1200 + 3e6,
  };
}

/** Bytes of all dictionaries on disk. */
function atomsBytes(context: PlanContext): number {
  const { settings } = context;
  const sizes = growsImages(settings) ? allSizes(settings).slice(0, 1) : allSizes(settings);
  const bytes = sizes.map((size) => geometryOf(context, size)).map((g) => 4 * g.features * atomLength(g));
  return settings.replicates * bytes.reduce((sum, one) => sum + one, 0);
}

/** Bytes of memory beside the points: the program, its workers with the largest dictionary, and pictures. */
export function heldBytes(context: PlanContext, workers: number): number {
  const { settings } = context;
  // Dictionaries are trained on whole images.
  const largest = geometryOf(context, { features: allSizes(settings).at(-1)!.features });
  const atoms = largest.features * atomLength(largest);
  // A worker keeps the atoms five times (once per border class), Φᵀr and the code of every neuron.
  const kernel = 4 * (6 * atoms + 4 * positions(largest) * largest.features);
  // While training, gradients of a whole minibatch (float64) wait to be summed, and two lanes may train at once.
  const training = 8 * atoms * (settings.learning.minibatch / 4 + 4);
  const all = (settings.trainingImages + settings.testImages) * imageLength(largest);
  return baseBytes + workers * (workerBytes + kernel + training) + Math.min(all, mostPictures[settings.data]);
}

/** Seconds of one idle core that an item takes. */
export function secondsOf(item: Item, context: PlanContext): number {
  const geometry = "geometry" in item ? (item as DictionaryItem).geometry : geometryOf(context, item as NetworkItem);
  const pace = item.kind === "train" ? (context.pace?.training ?? 1) : pathPace(context);
  return pace * kindOf(item).seconds(item, geometry);
}

/** λ's on the path of one image, as measured or as usual. */
export function pointsOf({ pace, settings }: PlanContext): number {
  return pace?.points ?? usualPoints(settings.sweep);
}

/** Factor on the seconds of paths. */
export function pathPace({ pace }: PlanContext): number {
  return pace?.path ?? 1;
}

/** What results usually ask for beside the first round and one sweep: items, and seconds of one core. */
function laterRounds(context: PlanContext, first: readonly StudyItem[], sweepItems: number) {
  const { settings } = context;
  const { sweep, replicates, testImages, leftOut } = settings;
  const path = (size: SizeName) => pathPace(context) * pathSeconds(geometryOf(context, size), growth, sweep.tolerance);
  const sum = (sizes: readonly SizeName[]) => sizes.reduce((total, one) => total + path(one), 0);
  const costed = Math.min(costImages, testImages);
  const sizes = allSizes(settings);
  const pilots = first.filter(({ kind }) => kind === "sweep").length;
  return {
    items: pilots + Math.ceil(sweepItems / 2) + leftOut.length * Math.ceil(costed / itemImages) + 1,
    seconds:
      sum(sizes) * (sweep.pilotImages + (replicates * testImages) / 2) +
      sum(sizes.filter((size) => isLeftOut(settings, size))) * costed,
  };
}
