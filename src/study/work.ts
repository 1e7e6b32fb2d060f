/**
 * How a sweep or a showing is done: its images are gathered, one job goes to
 * the executor, its result comes back. Training is in training.ts.
 */
import type { Dictionary } from "../coding/dictionary.js";
import type { Tensor } from "../core/tensor.js";
import type { ImageSet } from "../images/image-set.js";
import type { Executor, Shown, TransitionAnswer } from "./job.js";
import type { Masks } from "./masks.js";
import { batchAt, batchOf } from "./pictures.js";
import type { Points } from "./points.js";
import type { ShowUnit, SweepUnit, TransitionUnit } from "./unit.js";

/** What a unit is done with. */
export type Workshop = {
  readonly images: ImageSet;
  readonly executor: Executor;
  /** Which pixels of training images count; a unit's pool names their hash. */
  readonly masks?: Masks;
  /** Atoms that a unit with `learning.start` "given:…" begins with. */
  readonly given?: Tensor;
};

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
