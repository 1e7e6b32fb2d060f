/**
 * How one unit is done: its images are gathered, its jobs go to the executor,
 * its result comes back. Training is many small jobs with the dictionary
 * changing in between; a sweep or a showing is one.
 */
import type { Dictionary } from "../coding/dictionary.js";
import { normsOf, randomAtoms } from "../coding/random-atoms.js";
import { CrispError } from "../core/errors.js";
import { slice, type Tensor, tensor } from "../core/tensor.js";
import type { ImageSet } from "../images/image-set.js";
import { normalised } from "../images/normalise.js";
import type { Gradient } from "../learning/gradient.js";
import { patchAtoms } from "../learning/start.js";
import { epochOrders, startTraining, type Trainer, type TrainingState, train } from "../learning/train.js";
import { leadingShare, normalise } from "../learning/update.js";
import type { Executor, LookSums, Shown } from "./job.js";
import { batchAt, batchOf, divide } from "./pictures.js";
import type { Points } from "./points.js";
import type { Made, Trained } from "./store.js";
import type { AtomsUnit, ShowUnit, SweepUnit, TrainUnit } from "./unit.js";

/** What a unit is done with. */
export type Workshop = { readonly images: ImageSet; readonly executor: Executor };

/** Images of a look in one job. */
const lookImages = 16;

/**
 * Trains one dictionary, going on from `from` if there is such a state.
 * `onState` sees every state; it may store one, or throw to stop.
 */
export async function trainUnitResult(
  unit: TrainUnit,
  { images, executor }: Workshop,
  hooks: { readonly from: TrainingState | null; onState(state: TrainingState): Promise<void> },
): Promise<Trained> {
  const division = divide(unit.pool);
  const trainer = trainerOf(unit, division, { images, executor });
  let state = hooks.from ?? startTraining(startAtoms(unit, division.learning, images));
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

function startAtoms(unit: TrainUnit, learning: Uint32Array, images: ImageSet) {
  return patchAtoms(unit.geometry, learning.length, (n) => normalised(images.training, learning[n]), unit.seed);
}

function trainerOf(unit: TrainUnit, division: ReturnType<typeof divide>, { images, executor }: Workshop): Trainer {
  const { geometry, learning, rule } = unit;
  const { lambda } = learning;
  async function gradient(dictionary: Dictionary, indices: Uint32Array): Promise<Gradient> {
    return executor.run(dictionary, {
      kind: "gradient",
      batch: batchAt(images, images.training, indices),
      lambda,
      rule,
    });
  }
  async function look(dictionary: Dictionary) {
    const jobs: Promise<LookSums>[] = [];
    let count = 0;
    for (let i = 0; i < division.heldOut.length; i += lookImages) {
      const batch = batchAt(images, images.training, division.heldOut.subarray(i, i + lookImages));
      count += batch.indices.length;
      jobs.push(executor.run(dictionary, { kind: "look", batch, lambda, rule }));
    }
    return meanLook(await Promise.all(jobs), count);
  }
  return {
    geometry,
    schedule: learning,
    minibatch: learning.minibatch,
    images: division.learning,
    order: epochOrders(division.learning.length, unit.seed),
    gradient,
    look,
  };
}

/** Means over the held-out images, from sums in job order; atoms without an event in any of them are dead. */
function meanLook(sums: readonly LookSums[], count: number) {
  if (count === 0) {
    throw new CrispError(
      "data",
      "every held-out training image is flat; learning has nothing to look at. Use other images.",
    );
  }
  const mean = (name: "energy" | "percentError") => sums.reduce((sum, part) => sum + part[name], 0) / count;
  const deadAtoms = sums[0].events.filter((_, m) => sums.every(({ events }) => events[m] === 0)).length;
  return { energy: mean("energy"), percentError: mean("percentError"), deadAtoms };
}

/** The dictionary of a unit without training; `given` holds the atoms of files by their hash. */
export function atomsUnitResult({ geometry, origin }: AtomsUnit, given: ReadonlyMap<string, Tensor>): Made {
  const atoms = origin.kind === "random" ? randomAtoms(geometry, origin.seed) : given.get(origin.hash);
  if (!atoms) {
    throw new CrispError(
      "incomplete",
      `the dictionary of ${geometry.features} atoms is not in the study's folder. Run the study's own command, with its --dictionaries, once more.`,
    );
  }
  const { smallest, largest } = normsOf(atoms);
  return {
    atoms,
    leadingShare: leadingShare(unitAtoms(atoms), geometry),
    smallestNorm: smallest,
    largestNorm: largest,
  };
}

/** A copy with each atom of unit norm; one of zero stays. */
function unitAtoms(atoms: Tensor): Tensor {
  const copy = tensor(atoms.shape, atoms.data.slice());
  for (let m = 0; m < atoms.shape[0]; m++) normalise(slice(copy, m));
  return copy;
}

/** Codes a range of noisy images along a λ path. */
export function sweepUnitResult(
  unit: SweepUnit,
  dictionary: Dictionary,
  { images, executor }: Workshop,
): Promise<Points> {
  const batch = batchOf(images, unit.pool, unit.range);
  return executor.run(dictionary, { kind: "sweep", batch, noise: unit.noise, lambdas: unit.lambdas, rule: unit.rule });
}

/** Codes a few noisy images at one λ and keeps what a reader wants to see. */
export function showUnitResult(unit: ShowUnit, dictionary: Dictionary, { images, executor }: Workshop): Promise<Shown> {
  const batch = batchAt(
    images,
    images.test,
    Array.from({ length: unit.range.to - unit.range.from }, (_, i) => unit.range.from + i),
  );
  return executor.run(dictionary, { kind: "show", batch, noise: unit.noise, lambda: unit.lambda, rule: unit.rule });
}
