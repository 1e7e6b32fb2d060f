/**
 * How long work takes on this machine with these images. Before a study begins a
 * few of its own images are coded and learned from for about two seconds, with
 * atoms cut from them, and the seconds of cost.ts are scaled by what that took.
 * Processor seconds, so that other work on the machine disturbs little. Nothing
 * of it is kept for another time, and it changes no number of a study.
 */
import type { Tensor } from "../core/tensor.js";
import type { ImageSet } from "../images/image-set.js";
import { isFlat, normalised } from "../images/normalise.js";
import { startAtoms } from "../learning/start.js";
import { gradient } from "../tasks/gradient.js";
import type { Points } from "../tasks/points.js";
import { problemOf } from "../tasks/problems/registry.js";
import { sweep as sweepTask } from "../tasks/sweep.js";
import type { Executor, Held } from "../work/executor.js";
import { allSizes } from "./axis.js";
import { type Pace, pathSeconds, trainingSeconds, usualPoints } from "./cost.js";
import { curveOf, meanCurve, missingPoints } from "./curves.js";
import { lambdasBetween } from "./grid.js";
import { batchAt, pictured } from "./items/pictures.js";
import { firstPilot, geometryOf, growth, type PlanContext, taskIn } from "./plan.js";

/** What there is to measure with. */
export type PaceTools = {
  readonly images: ImageSet;
  readonly executor: Executor;
  /** Processor seconds of this process so far. */
  processor(): number;
};

/** Seconds of the measurement, half on paths and half on learning. */
const measured = 2;
/** A path longer than this is measured on fewer features. */
const longestPath = 0.25;
/** Steps of learning measured at most. */
const mostBatches = 64;
/** Images coded along a path at once. */
const together = 2;
/**
 * Paths of trained atoms take longer than those of the patches measured here, as do steps of learning as
 * atoms become alike (processor time of `crisp run` and `crisp train` beside what --dry-run said).
 */
const settled = { path: 1, training: 1 };

/** The pace of this machine, by one task after the other. */
export async function measurePace(context: PlanContext, tools: PaceTools): Promise<Pace> {
  const { sweep } = context.settings;
  const name = allSizes(context.settings).at(-1)!;
  const whole = geometryOf(context, name);
  let { features } = whole;
  while (features > 8 && pathSeconds({ ...whole, features }, firstPilot, sweep.tolerance) > longestPath) features >>= 1;
  const atoms = patches(context, features, tools.images);
  const on = (geometry: typeof whole): Held => ({
    id: `pace ${geometry.height}`,
    dictionary: { geometry, atoms },
  });
  const window = geometryOf(context, { ...name, features });
  // A single training sweeps nothing.
  const path =
    context.settings.testImages > 0
      ? await pathPace(context, { name, held: on(window) }, tools)
      : { path: 1, points: usualPoints(sweep) };
  const training = await trainingPace(context, on(geometryOf(context, { features })), tools);
  return { ...path, path: settled.path * path.path, training: settled.training * training };
}

/** Atoms cut from the images, as a training begins with. */
function patches(context: PlanContext, features: number, { training }: ImageSet): Tensor {
  const { learning, seed } = context.settings;
  const source = { count: training.count, imageAt: (n: number) => normalised(training, n) };
  return startAtoms(geometryOf(context, { features }), source, { start: "patches", seed, constraint: learning });
}

type OnPath = { readonly name: { readonly imageSize?: number }; readonly held: Held };

/** Paths grow as a pilot's do; then those of full length are timed. */
async function pathPace(context: PlanContext, { name, held }: OnPath, tools: PaceTools) {
  const { sweep, rectified, noise: sigma, seed, normalise, task } = context.settings;
  const { geometry } = held.dictionary;
  const set = pictured(tools.images, name);
  const began = tools.processor();
  let [count, first, images, seconds] = [firstPilot, 0, 0, 0];
  let points: number | null = null;
  while (images === 0 || tools.processor() - began < measured / 2) {
    const indices = unlike(set, first, together);
    first += together;
    if (indices.length === 0) break;
    const lambdas = lambdasBetween(sweep, 0, count);
    const start = tools.processor();
    const found: Points = await tools.executor.run(sweepTask, held, {
      ...{
        batch: batchAt(set, set.training, indices),
        noise: { sigma, seed, stream: 1 },
        ...taskIn(context.settings),
        lambdas,
      },
      ...(normalise === false ? { norms: true as const } : {}),
      rule: { threshold: { kind: "soft", rectified }, tolerance: sweep.tolerance },
    });
    const spent = tools.processor() - start;
    const curve = meanCurve([curveOf([found], { geometry, replicate: 0, measure: problemOf(task).measure })]);
    const { lower } = missingPoints(curve, sweep.below);
    const longer = lambdasBetween(sweep, 0, count + Math.max(lower, growth));
    // The first path of all also compiles the code that it runs.
    if (lower > 0 && longer.length > lambdas.length) count = longer.length;
    else if (points !== null) [images, seconds] = [images + indices.length, seconds + spent];
    else points = lambdas.length;
    if (first >= set.training.count) break;
  }
  const known = points ?? count;
  const model = pathSeconds(geometry, known, sweep.tolerance);
  return { path: images === 0 ? 1 : seconds / images / model, points: known };
}

/** Minibatches of the study's own size on the atoms measured with. */
async function trainingPace(context: PlanContext, held: Held, tools: PaceTools): Promise<number> {
  const { learning, rectified, atoms } = context.settings;
  if ((atoms ?? "learned") !== "learned") return 1;
  const { lambda, tolerance } = learning;
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
