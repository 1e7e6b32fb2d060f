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

/** Units, time, memory and disk that a study will take. */
export type StudyEstimate = {
  readonly units: number;
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

export function estimateUnits(context: PlanContext, workers: number): StudyEstimate {
  const { settings } = context;
  const geometry = (size: SizeName) => geometryOf(context, size);
  const sizes = allSizes(settings).map(geometry);
  const first = firstRound(context);
  const { replicates, testImages, sweep } = settings;
  const points = usualPoints(sweep);
  const sweepItems = sizes.length * replicates * Math.ceil(testImages / itemImages);
  const sweepSeconds =
    sizes.reduce((sum, g) => sum + pathSeconds(g, points, sweep.tolerance), 0) * replicates * testImages;
  const later = laterRounds(context, first, sweepItems);
  const seconds = later.seconds + first.reduce((sum, item) => sum + secondsOf(item, context), 0) + sweepSeconds;
  // Dictionaries are trained on whole images.
  const largest = geometryOf(context, { features: sizes[sizes.length - 1].features });
  const dictionaries = growsImages(settings) ? sizes.slice(0, 1) : sizes;
  const atoms = dictionaries.reduce((sum, g) => sum + 4 * g.features * atomLength(g) * replicates, 0);
  const measured = sizes.length * replicates * testImages * points;
  // A worker keeps the atoms five times (once a border class), Φᵀr and the code of every neuron.
  const kernel = 4 * (6 * largest.features * atomLength(largest) + 4 * positions(largest) * largest.features);
  // While training, gradients of a whole minibatch (float64) wait to be summed, and two lanes may train at once.
  const training = 8 * largest.features * atomLength(largest) * (settings.learning.minibatch / 4 + 4) * workers;
  const all = (settings.trainingImages + settings.testImages) * imageLength(largest);
  const pictures = Math.min(all, mostPictures[settings.data]);
  return {
    units: first.length + sweepItems + later.units,
    seconds: startSeconds + seconds / workers,
    memoryBytes: baseBytes + workers * (workerBytes + kernel) + training + pictures + measured * pointBytes.memory,
    diskBytes: atoms + measured * pointBytes.disk + (first.length + sweepItems + later.units) * 1200 + 3e6,
  };
}

/** Seconds of one idle core that an item takes. */
export function secondsOf(item: Item, context: PlanContext): number {
  const geometry = "geometry" in item ? (item as DictionaryItem).geometry : geometryOf(context, item as NetworkItem);
  return kindOf(item).seconds(item, geometry);
}

/** What results usually ask for beside the first round and one sweep: units, and seconds of one core. */
function laterRounds(context: PlanContext, first: readonly StudyItem[], sweepItems: number) {
  const { settings } = context;
  const { sweep, replicates, testImages, leftOut } = settings;
  const path = (size: SizeName) => pathSeconds(geometryOf(context, size), growth, sweep.tolerance);
  const sum = (sizes: readonly SizeName[]) => sizes.reduce((total, one) => total + path(one), 0);
  const costed = Math.min(costImages, testImages);
  const sizes = allSizes(settings);
  const pilots = first.filter(({ kind }) => kind === "sweep").length;
  return {
    units: pilots + Math.ceil(sweepItems / 2) + leftOut.length * Math.ceil(costed / itemImages) + 1,
    seconds:
      sum(sizes) * (sweep.pilotImages + (replicates * testImages) / 2) +
      sum(sizes.filter((size) => isLeftOut(settings, size))) * costed,
  };
}
