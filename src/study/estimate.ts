/**
 * What a study will take, before any of it is done: items, seconds, memory and
 * disk, each meant to be right within a factor of two. The rounds that depend
 * on results are taken as they usually come out: every pilot grows once, every
 * sweep is done, some grow, left-out sizes are coded for the cost, one size is
 * shown (tiny: 56 items expected, 59 made). Their number is the same before and
 * after the machine is measured; their seconds are not.
 */
import { atomLength, type Geometry, imageLength, positions, systemSize } from "../core/geometry.js";
import type { Item } from "../work/item.js";
import { allSizes, growsImages, isLeftOut, type SizeName } from "./axis.js";
import { paceAt, pathSeconds } from "./cost.js";
import { type DictionaryItem, kindOf } from "./items/registry.js";
import type { SweepItem } from "./items/sweep.js";
import type { NetworkItem } from "./items/workshop.js";
import {
  costImages,
  firstPilot,
  firstRound,
  geometryOf,
  growth,
  itemImages,
  type PlanContext,
  pilotLength,
} from "./plan.js";

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
/** Share of the sweeps that grow below their grid: two of the five sizes of `tiny` on leaves did. */
export const growing = 0.4;
/** Starting, opening and measuring the images, and the report; then the analysis of each size. */
const startSeconds = 4;
const analysisSeconds = 0.7;
/** Bytes of one point in Parquet, and in memory while its seed waits (swept.ts: where images grow, to the end). */
const pointBytes = { disk: 45, waiting: 24 };
/** Bytes of the sums over seeds, per image and λ, and of an item with its line in the round: 10⁵ of them took 0.34 GiB. */
const heldFor = { image: 32, item: 3500 };

/** What a study of these settings and images takes from nothing, by so many workers on idle cores. */
export function estimatePlan(context: PlanContext, workers: number): StudyEstimate {
  const { settings } = context;
  const { replicates, testImages } = settings;
  const sizes = allSizes(settings).map((size) => sizeWork(context, size));
  const sum = (of: (size: SizeWork) => number) => sizes.reduce((total, size) => total + of(size), 0);
  const items = expectedItems(context);
  const dictionaries = firstRound(context).filter(({ kind }) => kind !== "sweep");
  const making = dictionaries.reduce((total, item) => total + secondsOf(item, context), 0);
  const cells = testImages * sum(({ points }) => points);
  const measured = replicates * cells;
  const waiting = growsImages(settings) ? measured : cells;
  return {
    items,
    seconds: startSeconds + analysisSeconds * sizes.length + (making + sum(({ seconds }) => seconds)) / workers,
    memoryBytes:
      heldBytes(context, workers) + waiting * pointBytes.waiting + cells * heldFor.image + items * heldFor.item,
    diskBytes: atomsBytes(context) + measured * pointBytes.disk + items * 1200 + 3e6,
  };
}

/** Items that a study is expected to come to, of which so many are planned: later rounds are planned from results. */
export function expectedItems(context: PlanContext, planned = 0): number {
  const { settings } = context;
  const { sweep, replicates, testImages } = settings;
  const sizes = allSizes(settings);
  const sweeps = sizes.length * replicates * Math.ceil(testImages / itemImages);
  const pilots = sizes.length * Math.ceil(sweep.pilotImages / pilotLength);
  const costs =
    sizes.filter((size) => isLeftOut(settings, size)).length * Math.ceil(costedImages(settings) / itemImages);
  return Math.max(planned, firstRound(context).length + sweeps + Math.ceil(growing * sweeps) + pilots + costs + 1);
}

/** Test images of a left-out size that are coded at the λ of others, for its cost. */
function costedImages({ testImages }: PlanContext["settings"]): number {
  return Math.min(costImages, testImages);
}

/** Points of one size's curve, and seconds of one core that its pilot, sweep and cost take. */
type SizeWork = { readonly seconds: number; readonly points: number };

/** Pilots grow as far as the paths that were measured, once where none was; of the sweeps some do. */
function sizeWork(context: PlanContext, size: SizeName): SizeWork {
  const { settings } = context;
  const { sweep, replicates, testImages } = settings;
  const geometry = geometryOf(context, size);
  const { points, path, below } = paceAt(context.pace, systemSize(geometry), sweep);
  const grown = context.pace ? Math.ceil(Math.max(0, points - firstPilot) / growth) : 1;
  const costed = isLeftOut(settings, size) ? costedImages(settings) : 0;
  const along = (length: number) => path * pathSeconds(geometry, length, sweep.tolerance);
  const more = below * pathSeconds(geometry, growth, sweep.tolerance);
  return {
    points,
    seconds:
      sweep.pilotImages * (along(firstPilot) + grown * more) +
      replicates * testImages * (along(points) + growing * more) +
      costed * more,
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
  return factorOf(item, geometry, context) * kindOf(item).seconds(item, geometry);
}

function factorOf(item: Item, geometry: Geometry, { pace, settings }: PlanContext): number {
  // A fixed number of steps depends on the machine alone, learning nearly so; paths depend on the images as well.
  if (item.kind === "train" || item.kind === "protocol") return pace?.training ?? 1;
  const { path, below } = paceAt(pace, systemSize(geometry), settings.sweep);
  const [first] = item.kind === "sweep" ? (item as SweepItem).lambdas : [];
  return first < settings.sweep.largest ? below : path;
}
