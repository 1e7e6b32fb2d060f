/** What items are made with (types only). */
import type { Tensor } from "../../core/tensor.js";
import type { ImageSet } from "../../images/image-set.js";
import type { TrainingState } from "../../learning/train.js";
import type { Executor, Held } from "../../work/executor.js";
import type { Item } from "../../work/item.js";
import type { ItemStore } from "../../work/store.js";
import type { Masks } from "../masks.js";

/** An item that codes images with the dictionary of a size and seed. */
export type NetworkItem = Item & {
  readonly features: number;
  /** Side of the centre windows that are coded; absent where features grow. */
  readonly imageSize?: number;
  readonly replicate: number;
  /** ID of the item that makes the dictionary. */
  readonly dictionary: string;
};

/** Images, workers, and the study's memory. */
export type Workshop = {
  readonly images: ImageSet;
  readonly executor: Executor;
  /** Which pixels of training images count; an item's pool names their hash. */
  readonly masks?: Masks;
  /** Atoms that an item with `learning.start` "given:…" begins with. */
  readonly startAtoms?: Tensor;
  /** Atoms of given dictionaries by their hash; what the store holds is not asked for again. */
  readonly given?: ReadonlyMap<string, Tensor>;
  readonly store: Pick<ItemStore, "readCheckpoints" | "writeCheckpoint">;
  /** The network that an item codes with, its dictionary from the store. */
  network(item: NetworkItem): Promise<Held>;
  /** Told every state of a training. */
  onTraining(item: Item, state: TrainingState): void;
  /** Asks a training to stop at its next checkpoint. */
  readonly signal: AbortSignal;
  /** Seconds on a clock that only rises. */
  now(): number;
};
