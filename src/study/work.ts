/**
 * How a sweep or a showing is done: its images are gathered, one job goes to
 * the executor, its result comes back. Training is in training.ts.
 */

import { normalisedAtoms, normsOf, randomAtoms } from "../coding/atoms.js";
import type { Dictionary } from "../coding/dictionary.js";
import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { ImageSet } from "../images/image-set.js";
import { windows } from "../images/window.js";
import { leadingShare } from "../learning/update.js";
import type { Executor, Shown, TransitionAnswer } from "./job.js";
import type { Masks } from "./masks.js";
import { batchAt, batchOf } from "./pictures.js";
import type { Points } from "./points.js";
import type { Made } from "./store.js";
import type { AtomsUnit, ShowUnit, SweepUnit, TransitionUnit } from "./unit.js";

/** What a unit is done with. */
export type Workshop = {
  readonly images: ImageSet;
  readonly executor: Executor;
  /** Which pixels of training images count; a unit's pool names their hash. */
  readonly masks?: Masks;
  /** Atoms that a unit with `learning.start` "given:…" begins with. */
  readonly startAtoms?: Tensor;
};

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
    leadingShare: leadingShare(normalisedAtoms(atoms).atoms, geometry),
    smallestNorm: smallest,
    largestNorm: largest,
  };
}

/** The pictures that a unit looks at: whole, or their centre windows. */
function pictured(images: ImageSet, { imageSize }: { readonly imageSize?: number }): ImageSet {
  return imageSize === undefined ? images : windows(images, imageSize);
}

/** Codes a range of noisy images along a λ path. */
export function sweepUnitResult(
  unit: SweepUnit,
  dictionary: Dictionary,
  { images, executor }: Workshop,
): Promise<Points> {
  const batch = batchOf(pictured(images, unit), unit.pool, unit.range);
  return executor.run(dictionary, { kind: "sweep", batch, noise: unit.noise, lambdas: unit.lambdas, rule: unit.rule });
}

/** Codes a few noisy images at one λ and keeps what a reader wants to see. */
export function showUnitResult(unit: ShowUnit, dictionary: Dictionary, { images, executor }: Workshop): Promise<Shown> {
  const set = pictured(images, unit);
  const batch = batchAt(
    set,
    set.test,
    Array.from({ length: unit.range.to - unit.range.from }, (_, i) => unit.range.from + i),
  );
  return executor.run(dictionary, { kind: "show", batch, noise: unit.noise, lambda: unit.lambda, rule: unit.rule });
}

/** Measures what the tests of a phase transition ask of a few test images. */
export function transitionUnitResult(
  unit: TransitionUnit,
  dictionary: Dictionary,
  { images, executor }: Workshop,
): Promise<TransitionAnswer> {
  const { from, to } = unit.range;
  const batch = batchAt(
    images,
    images.test,
    Array.from({ length: to - from }, (_, i) => from + i),
  );
  return executor.run(dictionary, { kind: "transition", batch, noise: unit.noise, asked: unit.asked });
}
