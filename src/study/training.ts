/**
 * How one training is done: many small jobs, the dictionary changing in
 * between. What each needs is gathered here: images with their masks, the
 * atoms to begin with, and new ones for those that die.
 */
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import { normalised } from "../images/normalise.js";
import { grownAtoms, type PatchSource, redrawnAtom, startAtoms } from "../learning/start.js";
import {
  epochOrders,
  type LookMeans,
  startTraining,
  type Trainer,
  type TrainingState,
  train,
} from "../learning/train.js";
import { isPetaVision, leadingShare } from "../learning/update.js";
import type { Batch, LookSums } from "./job.js";
import { maskedBatch, maskedImage } from "./masks.js";
import { batchAt, divide } from "./pictures.js";
import type { Trained } from "./store.js";
import type { TrainUnit } from "./unit.js";
import type { Workshop } from "./work.js";

/** Images of a look in one job. */
const lookImages = 16;

/**
 * Trains one dictionary, going on from `from` if there is such a state.
 * `onState` sees every state; it may store one, or throw to stop.
 */
export async function trainUnitResult(
  unit: TrainUnit,
  workshop: Workshop,
  hooks: { readonly from: TrainingState | null; onState(state: TrainingState): Promise<void> },
): Promise<Trained> {
  const division = divide(unit.pool);
  const source = patchSource(division.learning, workshop);
  const trainer = trainerOf(unit, division, { ...workshop, source });
  let state = hooks.from ?? startTraining(firstAtoms(unit, source, workshop), unit.learning.rule);
  for await (state of train(state, trainer)) await hooks.onState(state);
  return {
    atoms: state.atoms,
    imagesSeen: state.imagesSeen,
    plateau: state.ending?.plateau ?? false,
    deadAtoms: state.looks.at(-1)!.deadAtoms,
    leadingShare: leadingShare(state.atoms, unit.geometry),
    looks: state.looks,
  };
}

/** The images to learn from, as a source of patches. */
function patchSource(learning: Uint32Array, { images, masks }: Workshop): PatchSource {
  return {
    count: learning.length,
    imageAt: (n) =>
      masks ? maskedImage(images.training, masks, learning[n]) : normalised(images.training, learning[n]),
  };
}

function firstAtoms(
  { geometry, learning, seed }: TrainUnit,
  source: PatchSource,
  { startAtoms: given }: Workshop,
): Tensor {
  const { start } = learning;
  const options = { seed, constraint: learning };
  if (start === "patches" || start === "petavision" || start === "random")
    return startAtoms(start, geometry, source, options);
  if (given) return grownAtoms(given, geometry, options);
  throw new CrispError(
    "usage",
    `this training starts from a dictionary (${start}), which is not here. Run "crisp train --start-from FILE" with that dictionary.`,
  );
}

type Tools = Workshop & { readonly source: PatchSource };

function trainerOf(unit: TrainUnit, division: ReturnType<typeof divide>, tools: Tools): Trainer {
  const { geometry, learning, rule, seed } = unit;
  const { executor, source } = tools;
  const { lambda } = learning;
  const seen = isPetaVision(learning.rule);
  return {
    geometry,
    schedule: learning,
    rule: learning,
    minibatch: learning.minibatch,
    redraw: learning.redraw,
    images: division.learning,
    order: epochOrders(division.learning.length, seed),
    gradient: (dictionary, indices, slack) =>
      executor.run(dictionary, {
        ...{ kind: "gradient", batch: trainingBatch(tools, indices), lambda, seen },
        rule: slack === 1 ? rule : { ...rule, tolerance: Math.min(0.5, slack * rule.tolerance) },
      }),
    look: (dictionary) => lookAt(dictionary, unit, division.heldOut, tools),
    freshAtom: (feature, batches) => redrawnAtom(geometry, source, { seed, constraint: learning, feature, batches }),
  };
}

function trainingBatch({ images, masks }: Workshop, indices: Uint32Array): Batch {
  return masks ? maskedBatch(images, masks, indices) : batchAt(images, images.training, indices);
}

async function lookAt(
  dictionary: Dictionary,
  { learning, rule }: TrainUnit,
  heldOut: Uint32Array,
  workshop: Workshop,
): Promise<LookMeans> {
  const jobs: Promise<LookSums>[] = [];
  let count = 0;
  for (let i = 0; i < heldOut.length; i += lookImages) {
    const batch = trainingBatch(workshop, heldOut.subarray(i, i + lookImages));
    count += batch.indices.length;
    jobs.push(workshop.executor.run(dictionary, { kind: "look", batch, lambda: learning.lambda, rule }));
  }
  return meanLook(await Promise.all(jobs), count);
}

/** Means over the held-out images, from sums in job order. */
function meanLook(sums: readonly LookSums[], count: number): LookMeans {
  if (count === 0) {
    throw new CrispError(
      "data",
      "every held-out training image is flat; learning has nothing to look at. Use other images.",
    );
  }
  const mean = (name: "energy" | "percentError") => sums.reduce((sum, part) => sum + part[name], 0) / count;
  const events = sums[0].events.map((_, m) => sums.reduce((sum, part) => sum + part.events[m], 0));
  return { energy: mean("energy"), percentError: mean("percentError"), events };
}
