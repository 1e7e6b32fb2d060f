/**
 * Units: the pieces a study is made of. A unit's record holds everything its
 * result depends on, and its ID is the hash of that record, so a result made
 * once is found again whatever asked for it. Machine, time and number of
 * workers are not part of it.
 */
import type { CodingRule } from "../coding/engine.js";
import type { Geometry } from "../core/geometry.js";
import { contentKey } from "../core/key.js";
import type { Noise, TransitionAsked } from "./job.js";
import type { LearningSettings } from "./settings.js";

/** Where a unit's images come from: content hash, split, and a range in the order of that split. */
export type ImageRange = {
  readonly hash: string;
  readonly split: "held-out" | "test";
  readonly from: number;
  readonly to: number;
};

/** The training pool: `count` images, of which `heldOut` (drawn by `seed`) are never learned from. */
export type Pool = {
  readonly hash: string;
  readonly count: number;
  readonly heldOut: number;
  readonly seed: number;
  /** Hash of the images' masks; absent where every pixel counts alike. */
  readonly mask?: string;
};

export type TrainUnit = {
  readonly id: string;
  readonly kind: "train";
  readonly family: string;
  readonly geometry: Geometry;
  readonly pool: Pool;
  readonly learning: LearningSettings;
  readonly rule: CodingRule;
  readonly replicate: number;
  readonly seed: number;
};

/** A dictionary that comes without training: from a file, or drawn at random. */
export type AtomsUnit = {
  readonly id: string;
  readonly kind: "atoms";
  readonly family: string;
  readonly geometry: Geometry;
  readonly replicate: number;
  readonly origin:
    | { readonly kind: "given"; readonly hash: string }
    | { readonly kind: "random"; readonly seed: number };
};

/** A unit whose result is a dictionary. */
export type DictionaryUnit = TrainUnit | AtomsUnit;

export type SweepUnit = {
  readonly id: string;
  readonly kind: "sweep";
  /** What for: a size's pilot, its curve, or the cost of the smaller sizes' λ's at a left-out one. */
  readonly role: "pilot" | "curve" | "cost";
  readonly family: string;
  readonly features: number;
  /** Side of the centre windows that are coded; absent where features grow. */
  readonly imageSize?: number;
  readonly replicate: number;
  /** ID of the unit that makes the dictionary. */
  readonly dictionary: string;
  readonly pool: Pool;
  readonly range: ImageRange;
  readonly noise: Noise;
  readonly lambdas: readonly number[];
  readonly rule: CodingRule;
};

export type ShowUnit = {
  readonly id: string;
  readonly kind: "show";
  readonly family: string;
  readonly features: number;
  readonly imageSize?: number;
  readonly replicate: number;
  readonly dictionary: string;
  readonly range: ImageRange;
  readonly noise: Noise;
  readonly lambda: number;
  readonly rule: CodingRule;
};

/** Measurements for the tests of a phase transition on a few test images (study/transition/). */
export type TransitionUnit = {
  readonly id: string;
  readonly kind: "transition";
  readonly family: string;
  readonly features: number;
  readonly replicate: number;
  readonly dictionary: string;
  readonly range: ImageRange;
  readonly noise: Noise;
  readonly asked: TransitionAsked;
};

export type Unit = DictionaryUnit | SweepUnit | ShowUnit | TransitionUnit;

type WithoutId<U> = U extends Unit ? Omit<U, "id"> : never;

/** A unit with its content address. */
export function unit<U extends Unit>(record: WithoutId<U>): U {
  return { id: contentKey(record), ...record } as unknown as U;
}
