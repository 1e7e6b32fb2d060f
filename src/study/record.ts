/**
 * The record of a finished study: STUDY/scaling.json and the last line of
 * `crisp run --json`. Later versions only add fields. Types only.
 */
import type { Difference } from "../scaling/held-out.js";
import type { LawChoice } from "../scaling/law-choice.js";
import type { Estimate, ExtremumStatus, ScalingFit } from "../scaling/types.js";
import type { Measure } from "../tasks/problems/problem.js";
import type { StudySettings } from "./settings.js";

/** The least error of one network size. Numbers are null unless status is `interior`. */
export type MinimumRecord = {
  readonly features: number;
  /** Side of the images in pixels; only where images grow. */
  readonly imageSize?: number;
  readonly systemSize: number;
  /** true for a size kept out of the fits to test the prediction. */
  readonly leftOut: boolean;
  readonly status: ExtremumStatus;
  readonly lambda: Estimate | null;
  readonly percentActive: Estimate | null;
  readonly activeUnits: Estimate | null;
  /** The measure. */
  readonly value: Estimate | null;
};

/** Mean curve of one size over images and seeds, λ falling. */
export type CurveRecord = {
  readonly features: number;
  /** Side of the images in pixels; only where images grow. */
  readonly imageSize?: number;
  readonly lambda: readonly number[];
  readonly percentActive: readonly number[];
  readonly activeUnits: readonly number[];
  readonly value: readonly number[];
};

/**
 * A predicted quantity beside its own measurement at a size kept out of the fit. `predicted` is for one newly trained
 * network; `difference` is tested with the errors of both sides (fit, laws, seeds, images), what they share cancelling.
 */
export type PredictedQuantity = {
  readonly predicted: Estimate | null;
  readonly measured: Estimate | null;
  readonly difference: Difference | null;
};

/** What the fitted sizes say of the left-out one, and what was found there. */
export type PredictionRecord = {
  readonly features: number;
  /** Side of the images in pixels; only where images grow. */
  readonly imageSize?: number;
  readonly systemSize: number;
  readonly activeUnits: PredictedQuantity;
  readonly percentActive: PredictedQuantity;
  readonly value: PredictedQuantity;
  /** λ that gives the predicted active units on training images of the new network. */
  readonly lambda: PredictedQuantity;
  /** λ from its own power law in L, for comparison. */
  readonly lambdaDirect: PredictedQuantity;
  /** 100·(E(λ)/E(λ*) − 1) at: the predicted λ, the direct law's, and each smaller size's own best λ. */
  readonly cost: {
    readonly predicted: number | null;
    readonly direct: number | null;
    readonly borrowed: readonly {
      readonly features: number;
      readonly imageSize?: number;
      readonly lambda: number;
      readonly cost: number | null;
    }[];
    /** Extra error in percent against λ/λ* at the left-out size. */
    readonly curve: readonly { readonly ratio: number; readonly cost: number }[];
  };
};

/** Ways to choose λ for a network that was never swept, and what each costs there. */
export type Strategy = "predicted" | "direct" | "largest" | "constantUnits" | "sure";

/** One size predicted from the others, and what each way to choose λ would have cost. */
export type SizeScore = {
  readonly features: number;
  /** Side of the images in pixels; only where images grow. */
  readonly imageSize?: number;
  readonly systemSize: number;
  readonly activeUnits: PredictedQuantity;
  readonly value: PredictedQuantity;
  readonly lambda: PredictedQuantity;
  readonly lambdaDirect: PredictedQuantity;
  /** λ of each way, and its cost 100·(E(λ)/E(λ*) − 1); null where there is none or it was not measured. */
  readonly strategies: Readonly<Record<Strategy, { readonly lambda: number | null; readonly cost: number | null }>>;
};

/** Of several scores: errors in percent of the prediction, whether differences agree, costs. */
export type ScoreSummary = {
  readonly quantities: Readonly<
    Record<
      "activeUnits" | "value" | "lambda" | "lambdaDirect",
      { readonly meanError: number | null; readonly agreeing: number; readonly tested: number }
    >
  >;
  readonly costs: Readonly<
    Record<Strategy, { readonly mean: number | null; readonly most: number | null; readonly sizes: number }>
  >;
};

/** Prediction scored on every size with an interior minimum. */
export type ScoresRecord = {
  /** The largest size from the smaller ones. */
  readonly leaveLargestOut: SizeScore | null;
  /** Every size from all others. */
  readonly leaveOneOut: readonly SizeScore[];
  /** Of `leaveOneOut`. */
  readonly summary: ScoreSummary;
};

/**
 * ν and γ in the poster's convention: location ~ L^(1/ν), value ~ L^(γ/ν), from the straight lines on log axes.
 * They mean something only where the verdicts of `location` and `value` are power laws.
 */
export type ExponentRecord = {
  readonly nu: Estimate | null;
  readonly gamma: Estimate | null;
  /** The usual convention: |x* − x_c| ~ L^(−1/ν) with x_c = 0. */
  readonly textbook: { readonly nu: Estimate | null; readonly gamma: Estimate | null };
  readonly poster: {
    readonly nu: number;
    readonly gamma: number;
    readonly locationSlope: number;
    readonly valueSlope: number;
  };
};

/** Where images grow: percent active at the minimum as p∞(1 + c/n), with the whole covariance of the sizes. */
export type BoundaryRecord = {
  /** p∞, percent. */
  readonly limit: Estimate;
  /** c. */
  readonly pixels: number;
  readonly chi2: number;
  readonly dof: number;
  /** Of the lack of fit. */
  readonly p: number;
};

/** What a finished study found; docs/formats.md has it field by field. */
export type StudyRecord = {
  readonly schemaVersion: 2;
  /** Content key of the settings, the images, given dictionaries and the kernel family. */
  readonly study: string;
  /** What the study is of, in words: "cifar10, 16 to 512 features". */
  readonly name: string;
  readonly settings: StudySettings;
  readonly images: {
    readonly source: string;
    readonly citation: string | null;
    readonly training: number;
    readonly test: number;
    readonly hash: string;
  };
  /** What is made small, and its unit: "percent error", "%" of a denoiser. Every `value` below is of it. */
  readonly measure: Pick<Measure, "name" | "unit">;
  /** Laws that competed in every fit, and laws that did not, by the user's word; absent without one. */
  readonly laws?: LawChoice;
  readonly minima: readonly MinimumRecord[];
  readonly curves: readonly CurveRecord[];
  /** Percent active at the minimum against L (the poster's location). */
  readonly location: ScalingFit;
  /** The measure at the minimum against L. */
  readonly value: ScalingFit;
  readonly lambda: ScalingFit;
  readonly activeUnits: ScalingFit;
  readonly exponents: ExponentRecord;
  /** Absent where features grow. */
  readonly boundary?: BoundaryRecord | null;
  readonly prediction: PredictionRecord | null;
  readonly scores: ScoresRecord;
  /** The certificates of all codings of the sweeps (pilots and training aside), summarised. */
  readonly certificate: {
    readonly codings: number;
    readonly tolerance: number;
    readonly largestGap: number;
    readonly unconverged: number;
  };
  /** One entry per dictionary that was learned: how training ended. */
  readonly training: readonly {
    readonly features: number;
    readonly seed: number;
    readonly imagesSeen: number;
    readonly plateau: boolean;
    readonly heldOutEnergy: number;
    readonly deadAtoms: number;
    /** Share of the dictionary's energy in its leading direction; near 1 when atoms have collapsed. */
    readonly leadingShare: number;
  }[];
  /** One entry per dictionary that came without training, from a file or drawn at random; none where all were learned. */
  readonly dictionaries: readonly {
    readonly features: number;
    readonly replicate: number;
    readonly origin: "given" | "random";
    /** Name of the file and key of its atoms; null where they were drawn. */
    readonly file: string | null;
    readonly hash: string | null;
    /** Seed of drawn atoms; null for a file. */
    readonly seed: number | null;
    readonly leadingShare: number;
    readonly smallestNorm: number;
    readonly largestNorm: number;
  }[];
  readonly warnings: readonly string[];
};
