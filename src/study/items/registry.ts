/** Every kind of item that a study can hold. A new kind is a file of this folder and a line here. */
import { CrispError } from "../../core/errors.js";
import type { Geometry } from "../../core/geometry.js";
import type { AnyKind, Item, ItemFile } from "../../work/item.js";
import { type AtomsItem, atomsKind } from "./atoms.js";
import { protocolKind } from "./protocol.js";
import { showKind } from "./show.js";
import { sweepKind } from "./sweep.js";
import { type TrainItem, trainKind } from "./train.js";
import { transitionKind } from "./transition.js";
import type { Workshop } from "./workshop.js";

const kinds: readonly AnyKind<Workshop>[] = [trainKind, atomsKind, sweepKind, showKind, transitionKind, protocolKind];
const byName = new Map(kinds.map((kind) => [kind.kind, kind]));

/** An item whose result is a dictionary. */
export type DictionaryItem = TrainItem | AtomsItem;

/** How an item is made, kept and named. @throws CrispError `internal` for a kind that is not listed */
export function kindOf({ kind }: Pick<Item, "kind">): KindOfItem {
  const found = byName.get(kind);
  if (found) return found as unknown as KindOfItem;
  throw new CrispError("internal", `no item is of kind ${kind}; there are ${[...byName.keys()].join(", ")}.`);
}

/** A kind as its own items see it: which kind goes with which item is the registry's business. */
type KindOfItem = Omit<AnyKind<Workshop>, "make" | "seconds" | "stage" | "file"> & {
  make(item: Item, workshop: Workshop): Promise<unknown>;
  seconds(item: Item, geometry: Geometry): number;
  stage(item: Item): string;
  readonly file: ItemFile<Item, unknown>;
};
