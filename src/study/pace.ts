/**
 * How long work takes on this machine with these images. Before a study begins a
 * few of its own images are learned from and coded for some three seconds, less
 * where the study itself is short, and the seconds of cost.ts are scaled by what that took.
 * Processor seconds, so that other work on the machine disturbs little. Nothing
 * of it is kept for another time, and it changes no number of a study.
 */
import { systemSize } from "../core/geometry.js";
import type { Tensor } from "../core/tensor.js";
import type { ImageSet } from "../images/image-set.js";
import { isFlat, normalised } from "../images/normalise.js";
import { startAtoms } from "../learning/start.js";
import { gradient } from "../tasks/gradient.js";
import type { Points } from "../tasks/points.js";
import { problemOf } from "../tasks/problems/registry.js";
import { sweep as sweepTask } from "../tasks/sweep.js";
import type { Executor, Held } from "../work/executor.js";
import { allSizes, type SizeName } from "./axis.js";
import { type Pace, type PathPace, paceAt, pathSeconds, trainingSeconds } from "./cost.js";
import { curveOf, meanCurve, missingPoints } from "./curves.js";
import { lambdasBetween } from "./grid.js";
import { batchAt, pictured } from "./items/pictures.js";
import { trainAtoms } from "./items/train.js";
import { firstPilot, geometryOf, gridOf, growth, type PlanContext, taskIn, trainItem } from "./plan.js";

/** What there is to measure with. */
export type PaceTools = {
  readonly images: ImageSet;
  readonly executor: Executor;
  /** Processor seconds of this process so far. */
  processor(): number;
  /** Processor seconds to measure for, about: a quarter for the atoms of each size, for its paths, and for learning. Default 2. */
  readonly measured?: number;
};

/** More than this tells little more: two seconds. */
const mostMeasured = 2;
/** A path longer than this is measured on fewer features. */
const longestPath = 0.25;
/** Steps of learning measured at most. */
const mostBatches = 64;
/** Images coded along a path at once, and times that they are. */
const together = 4;
const mostPaths = 64;

/** Seconds to measure for before a study that takes this long: a twentieth of it, two at most. */
export function secondsToMeasure(studySeconds: number): number {
  return Math.min(mostMeasured, studySeconds / 20);
}

/** The pace of this machine, by one task after the other: of paths at the smallest and the largest size. */
export async function measurePace(context: PlanContext, tools: PaceTools): Promise<Pace> {
  const { settings } = context;
  const sizes = allSizes(settings);
  const ends = [...new Set([sizes[0], sizes[sizes.length - 1]])].map((size) => affordable(context, size));
  const whole = await heldOf(context, ends[ends.length - 1].features, tools);
  const training = await trainingPace(context, whole, tools);
  const paths: Pace["paths"][number][] = [];
  // A single training sweeps nothing.
  for (const size of settings.testImages === 0 ? [] : ends) {
    const { atoms } = (size === ends.at(-1) ? whole : await heldOf(context, size.features, tools)).dictionary;
    const geometry = geometryOf(context, size);
    const held = { id: `pace ${geometry.features} ${geometry.height}`, dictionary: { geometry, atoms } };
    paths.push({ systemSize: systemSize(geometry), ...(await pathPace(context, { size, held }, tools)) });
  }
  return { training, paths };
}

/** The size, with fewer features where a path of it would take too long. */
function affordable(context: PlanContext, size: SizeName): SizeName {
  const { tolerance } = context.settings.sweep;
  const geometry = geometryOf(context, size);
  let { features } = size;
  while (features > 8 && pathSeconds({ ...geometry, features }, firstPilot, tolerance) > longestPath) features >>= 1;
  return { ...size, features };
}

/** A dictionary for whole images: learned a little, drawn, or cut from the images where it comes as a file. */
async function heldOf(context: PlanContext, features: number, tools: PaceTools): Promise<Held> {
  const { learning, seed, atoms = "learned" } = context.settings;
  const geometry = geometryOf(context, { features });
  if (atoms === "learned")
    return { id: `pace ${features}`, dictionary: { geometry, atoms: await briefly(context, features, tools) } };
  const { training } = tools.images;
  const source = { count: training.count, imageAt: (n: number) => normalised(training, n) };
  const start = atoms === "random" ? "random" : "patches";
  const drawn = startAtoms(geometry, source, { start, seed, constraint: learning });
  return { id: `pace ${features}`, dictionary: { geometry, atoms: drawn } };
}

/**
 * Atoms after a quarter of the time of the study's own learning. Patches as they are cut are worse: with 16 of them the
 * least error lay four λ's lower than with trained atoms, where a path takes three times as long (`tiny` on leaves).
 */
async function briefly(context: PlanContext, features: number, tools: PaceTools): Promise<Tensor> {
  const { learning } = context.settings;
  const { minibatch } = learning;
  const { pool, ...train } = trainItem(context, features, 0);
  const batches = Math.ceil((tools.measured ?? mostMeasured) / 4 / (1.5 * trainingSeconds(train.geometry)) / minibatch);
  const brief = { schedule: "budget", images: minibatch * Math.min(mostBatches, batches), redraw: 0 } as const;
  const start = learning.start.startsWith("given") ? "patches" : learning.start;
  const heldOut = Math.min(together, pool.heldOut); // of few images some must remain to learn from
  const item = { ...train, learning: { ...learning, ...brief, start }, pool: { ...pool, heldOut } };
  return (await trainAtoms(item, tools, { from: null, async onState() {} })).atoms;
}

type OnPath = { readonly size: SizeName; readonly held: Held };

/** A path grows as a pilot's does, which also compiles the code that it runs; then it is timed, and what comes below it. */
async function pathPace(context: PlanContext, on: OnPath, tools: PaceTools): Promise<PathPace> {
  const { sweep, task } = context.settings;
  const { geometry } = on.held.dictionary;
  const { measured = mostMeasured } = tools;
  const began = tools.processor();
  const walk = walkOn(context, on, tools);
  let path = lambdasBetween(sweep, 0, firstPilot);
  for (;;) {
    const { found } = await walk(path);
    if (found === null) return paceAt(undefined, 0, sweep);
    const curve = meanCurve([curveOf([found], { geometry, replicate: 0, measure: problemOf(task).measure })]);
    const { lower } = missingPoints(curve, sweep.below);
    const longer = lambdasBetween(sweep, 0, path.length + Math.max(lower, growth));
    const ended = lower === 0 || longer.length === path.length;
    path = ended ? gridOf(context, curve) : longer;
    if (ended) break;
  }
  const more = lambdasBetween(sweep, path.length, path.length + growth);
  const [along, below] = [path, more].map((lambdas) => ({ lambdas, seconds: 0, images: 0 }));
  for (let n = 0; n === 0 || (n < mostPaths && tools.processor() - began < measured / 4); n++)
    for (const part of more.length === 0 ? [along] : [along, below]) {
      const { seconds, images } = await walk(part.lambdas);
      part.seconds += seconds;
      part.images += images;
    }
  const factor = ({ lambdas, seconds, images }: typeof along) =>
    images === 0 ? 1 : seconds / images / pathSeconds(geometry, lambdas.length, sweep.tolerance);
  return { points: path.length, path: factor(along), below: factor(more.length === 0 ? along : below) };
}

/** Codes the next few images along λ's. */
function walkOn(context: PlanContext, { size, held }: OnPath, { images, executor, processor }: PaceTools) {
  const { rectified, noise: sigma, seed, normalise, sweep } = context.settings;
  const set = pictured(images, size);
  const rule = { threshold: { kind: "soft", rectified }, tolerance: sweep.tolerance } as const;
  const asIs = normalise === false ? { norms: true as const } : {};
  let first = 0;
  return async (lambdas: readonly number[]) => {
    const indices = unlike(set, first, together);
    first = (first + together) % set.training.count;
    if (indices.length === 0) return { found: null, seconds: 0, images: 0 };
    const batch = batchAt(set, set.training, indices);
    const noise = { sigma, seed, stream: 1 };
    const start = processor();
    const task = { batch, noise, ...taskIn(context.settings), lambdas, ...asIs, rule };
    const found: Points = await executor.run(sweepTask, held, task);
    return { found, seconds: processor() - start, images: indices.length };
  };
}

/** Minibatches of the study's own size on the atoms measured with. */
async function trainingPace(context: PlanContext, held: Held, tools: PaceTools): Promise<number> {
  const { learning, rectified, atoms } = context.settings;
  if ((atoms ?? "learned") !== "learned") return 1;
  const { lambda, tolerance } = learning;
  const { measured = mostMeasured } = tools;
  const rule = { threshold: { kind: "soft", rectified }, tolerance } as const;
  const began = tools.processor();
  let [first, images, seconds] = [0, 0, 0];
  for (let n = 0; n < 2 || (n < mostBatches && tools.processor() - began < measured / 2); n++) {
    const indices = unlike(tools.images, first, 4);
    first = (first + 4) % tools.images.training.count;
    if (indices.length === 0) break;
    const batch = batchAt(tools.images, tools.images.training, indices);
    const start = tools.processor();
    await tools.executor.run(gradient, held, { batch, lambda, rule });
    if (n > 0) [images, seconds] = [images + indices.length, seconds + tools.processor() - start];
  }
  return images === 0 ? 1 : seconds / images / trainingSeconds(held.dictionary.geometry);
}

/** Up to `count` training images from `first` on that are not flat. */
function unlike({ training }: ImageSet, first: number, count: number): number[] {
  const indices = Array.from({ length: Math.min(count, training.count - first) }, (_, i) => first + i);
  return indices.filter((index) => !isFlat(normalised(training, index)));
}
