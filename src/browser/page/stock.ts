/**
 * What the page brings along in its own text, each part unpacked when it is first asked for: the dictionaries,
 * and the record of the full-size study.
 */
import { inflateSync } from "fflate";
import { normalisedAtoms } from "../../coding/atoms.js";
import type { Dictionary } from "../../coding/dictionary.js";
import type { Extent } from "../../core/geometry.js";
import { tensor } from "../../core/tensor.js";
import type { StudyRecord } from "../../study/record.js";
import { bytesOf } from "../base64.js";
import { unpackWeights } from "./packed.js";

/** Rows and columns of an atom. */
export const patch: Extent = [8, 8];
/** Pixels between neighbouring patches. */
export const stride: Extent = [2, 2];

/** Reads the parts. */
export type Stock = {
  /** The dictionary of so many features on pictures of a size, atoms of norm 1. */
  dictionary(features: number, size: { readonly height: number; readonly width: number }): Dictionary;
  study(): StudyRecord;
};

/** `read` gives the base64 text of a part. */
export function openStock(read: (name: string) => string): Stock {
  const atoms = new Map<number, Dictionary["atoms"]>();
  let study: StudyRecord | undefined;
  const atomsOf = (features: number) => {
    const whole = unpackWeights(inflateSync(bytesOf(read(`atoms-${features}`))), patch[1]);
    return normalisedAtoms(tensor([features, ...patch, 3], Float32Array.from(whole))).atoms;
  };
  return {
    dictionary(features, { height, width }) {
      const known = atoms.get(features) ?? atomsOf(features);
      atoms.set(features, known);
      return { geometry: { height, width, channels: 3, patch, stride, boundary: "crop", features }, atoms: known };
    },
    study() {
      study ??= JSON.parse(new TextDecoder().decode(inflateSync(bytesOf(read("study"))))) as StudyRecord;
      return study;
    },
  };
}
