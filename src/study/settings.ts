/**
 * What a study is: every choice that can change a number, as one plain record.
 * Its canonical JSON, with the identity of the images, is the study's key.
 */
import type { Boundary, Extent } from "../core/geometry.js";
import type { Constraint } from "../learning/constraint.js";
import type { Schedule } from "../learning/schedule.js";
import type { StartName } from "../learning/start.js";
import type { RuleName } from "../learning/update.js";
import type { ProblemSettings } from "../tasks/problems/problem.js";

/** Where images come from; node/data.ts opens each. */
export const dataNames = ["leaves", "cifar10", "folder", "arrays"] as const;
/** One of them. */
export type DataName = (typeof dataNames)[number];

/** All settings of a study; docs/commands.md has their meaning and defaults. */
export type StudySettings = {
  readonly seed: number;
  /** Images are named by their source; where the files lie is not part of the study. */
  readonly data: DataName;
  /** Height and width of `leaves` images and of the crops of a folder of pictures. */
  readonly size: number;
  /** Order of the axes of `arrays` and of dictionaries in such files. */
  readonly layout: "nhwc" | "nchw";
  /** Each image gets mean 0 and deviation 1; false: `arrays` are coded as they are. */
  readonly normalise: boolean;
  /** What is asked of the networks (tasks/problems); absent where it is denoising. */
  readonly task?: ProblemSettings;
  readonly trainingImages: number;
  readonly testImages: number;
  /** Standard deviation of the noise, in units of the normalised image. */
  readonly noise: number;
  /** What grows: the number of features, or the side of the images at one number of features (axis.ts). */
  readonly sizeAxis: "features" | "image";
  /** Sizes whose minima are fitted; one number where images grow. */
  readonly features: readonly number[];
  /** Sides of the images whose minima are fitted, in pixels; empty where features grow. */
  readonly imageSizes: readonly number[];
  /** Sizes of the study's axis kept out of the fits to test the prediction. */
  readonly leftOut: readonly number[];
  /** Dictionaries per size, each from its own seed. */
  readonly replicates: number;
  /** Dictionaries are learned here, drawn at random, or given in files (plan.ts: GivenDictionary). */
  readonly atoms: "learned" | "random" | "given";
  readonly patch: Extent;
  readonly stride: Extent;
  readonly boundary: Boundary;
  readonly rectified: boolean;
  readonly learning: LearningSettings;
  readonly sweep: SweepSettings;
};

/** How atoms begin; `given`: with atoms from a file, named by their sha256 (`crisp train --start-from`). */
export type Start = StartName | `given:${string}`;

/** Pairs of features and λ, features rising. */
export type LambdaBySize = readonly (readonly [features: number, lambda: number])[];

/** How dictionaries are learned. */
export type LearningSettings = {
  readonly lambda: number;
  /** λ by number of features, in place of `lambda` (own-lambda.ts); absent where all sizes train at one. */
  readonly lambdaBySize?: LambdaBySize;
  readonly tolerance: number;
  readonly minibatch: number;
  /** How the residual becomes a step on the atoms (learning/update.ts). */
  readonly rule: RuleName;
  /** η at the start, in the rule's own units: dWMax of PetaVision's rules. */
  readonly step: number;
  /** How η goes on until the ending (learning/schedule.ts). */
  readonly schedule: Schedule["schedule"];
  /** decayed: η falls as 1/√(1 + images/decay). */
  readonly decay: number;
  /** Memory of tangent-newton and PetaVision's rules in minibatches: f = exp(−1/momentumTau). */
  readonly momentumTau: number;
  readonly start: Start;
  readonly constraint: Constraint["constraint"];
  readonly zeroMean: boolean;
  readonly nonnegative: boolean;
  /** Looks in a row without an event after which an atom is drawn anew; 0: never. */
  readonly redraw: number;
  /** Images seen at most before the final anneal, the plateau may come sooner; with `budget` images seen. */
  readonly images: number;
  /** Plateau: held-out energy improves by less than this fraction while the images seen grow by half; 0 never stops early. */
  readonly plateau: number;
  readonly heldOut: number;
};

/** Which λ's are coded, and how closely. */
export type SweepSettings = {
  readonly tolerance: number;
  readonly largest: number;
  /** Ratio of neighbouring λ's, above 1. */
  readonly factor: number;
  readonly smallest: number;
  /** Training images on which the first pass finds where to stop. */
  readonly pilotImages: number;
  /** Points measured below the minimum. */
  readonly below: number;
};
