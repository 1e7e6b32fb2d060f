/**
 * The contract of a study's memory (types only). Results are written once,
 * whole, with their checksums, and read back only if they still match.
 */
import type { Tensor } from "../core/tensor.js";
import type { TrainingState } from "../learning/train.js";
import type { Shown, TransitionAnswer } from "./job.js";
import type { Points } from "./points.js";
import type { AtomsUnit, ShowUnit, SweepUnit, TrainUnit, TransitionUnit, Unit } from "./unit.js";

/** How one training went; the atoms lie beside it. */
export type Trained = {
  readonly atoms: Tensor;
  readonly imagesSeen: number;
  readonly plateau: boolean;
  /** Atoms active in no held-out image at the end. */
  readonly deadAtoms: number;
  /** Share of the dictionary's energy in its leading direction. */
  readonly leadingShare: number;
  readonly looks: TrainingState["looks"];
};

/** A dictionary that came without training. */
export type Made = {
  readonly atoms: Tensor;
  /** Share of the unit-norm atoms' energy in its leading direction. */
  readonly leadingShare: number;
  readonly smallestNorm: number;
  readonly largestNorm: number;
};

export type ResultOf<U extends Unit> = U extends TrainUnit
  ? Trained
  : U extends AtomsUnit
    ? Made
    : U extends SweepUnit
      ? Points
      : U extends ShowUnit
        ? Shown
        : U extends TransitionUnit
          ? TransitionAnswer
          : never;

/** Where results are kept: a folder, or whatever reads and writes them whole. */
export interface ResultStore {
  /** Records a round's units; throws `store` if another list was recorded for it. */
  recordRound(round: number, units: readonly Unit[]): Promise<void>;
  /** The finished result, verified; null if there is none. Throws `checksum` if it is damaged. */
  read<U extends Unit>(unit: U): Promise<ResultOf<U> | null>;
  /** Keeps a finished result, whole or not at all; the first one wins. */
  write<U extends Unit>(unit: U, result: ResultOf<U>): Promise<void>;
  /** The furthest sound checkpoint of a training, or null. */
  readCheckpoint(unit: TrainUnit): Promise<TrainingState | null>;
  /** Keeps a training to go on from. */
  writeCheckpoint(unit: TrainUnit, state: TrainingState): Promise<void>;
}
