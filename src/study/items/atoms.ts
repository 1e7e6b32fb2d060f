/** A dictionary that comes without training: from a file, or drawn at random. */
import { normalisedAtoms, normsOf, randomAtoms } from "../../coding/atoms.js";
import { CrispError } from "../../core/errors.js";
import type { Geometry } from "../../core/geometry.js";
import type { Tensor } from "../../core/tensor.js";
import { leadingShare } from "../../learning/update.js";
import type { Item, ItemKind } from "../../work/item.js";
import { dictionaryFile } from "./files.js";
import type { Workshop } from "./workshop.js";

/** A dictionary of one size, given or drawn. */
export type AtomsItem = Item<Made> & {
  readonly kind: "atoms";
  readonly geometry: Geometry;
  readonly replicate: number;
  readonly origin:
    | { readonly kind: "given"; readonly hash: string }
    | { readonly kind: "random"; readonly seed: number };
};

/** A dictionary that came without training. */
export type Made = {
  readonly atoms: Tensor;
  /** Share of the norm-one atoms' energy in its leading direction. */
  readonly leadingShare: number;
  readonly smallestNorm: number;
  readonly largestNorm: number;
};

/** Takes the atoms of a file, or draws them. */
export const atomsKind: ItemKind<AtomsItem, Made, Workshop> = {
  kind: "atoms",
  async make({ geometry, origin }, { given }) {
    const atoms = origin.kind === "random" ? randomAtoms(geometry, origin.seed) : given?.get(origin.hash);
    if (!atoms) {
      throw new CrispError(
        "incomplete",
        `the dictionary of ${geometry.features} atoms is not in the study's folder. Run the study's own command, with its --dictionaries, once more.`,
      );
    }
    const { smallest, largest } = normsOf(atoms);
    const share = leadingShare(normalisedAtoms(atoms).atoms, geometry);
    return { atoms, leadingShare: share, smallestNorm: smallest, largestNorm: largest };
  },
  seconds: () => 0,
  stage: () => "dictionary",
  file: dictionaryFile,
};
