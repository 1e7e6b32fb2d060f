/**
 * What a report is made of: the study's record, a showcase of one dictionary
 * and a few pictures, where the numbers come from, and the fonts. Types only;
 * everything is plain data, so a report is a pure function of it.
 */
import type { Tensor } from "../core/tensor.js";
import type { SizeName } from "../study/axis.js";
import type { ProtocolRecord } from "../study/protocol/record.js";
import type { StudyRecord } from "../study/record.js";
import type { TransitionRecord } from "../study/transition/record.js";

/** All that a study's report shows. */
export type ReportInput = {
  readonly study: StudyRecord;
  /** Tests for a phase transition; null or absent where they were not run. */
  readonly transition?: TransitionRecord | null;
  /** Codes after fixed numbers of steps; null or absent where they were not measured. */
  readonly protocol?: ProtocolRecord | null;
  /** null while no dictionary has been trained. */
  readonly showcase: Showcase | null;
  readonly provenance: Provenance;
  /** Embedded as they are; none leaves the reader's own sans and serif. */
  readonly fonts: readonly FontFace[];
  /** One line on top of an unfinished study: "212 of 360 units, about 3 min left". */
  readonly progress?: string | null;
  /** What only the live view shows; null or absent in a report. */
  readonly live?: Live | null;
};

/** What is shown of a study while it runs, besides its report so far. */
export type Live = {
  /** false while items are missing or the analysis is. */
  readonly finished: boolean;
  /** By the number of a size (study/axis.ts): 95% half widths of its curve's values, in the order of its λ's. */
  readonly bars: ReadonlyMap<number, readonly number[]>;
  /** Numbers of the sizes whose curve is still that of the pilot, over held-out training images. */
  readonly piloted: readonly number[];
  /** The first seed's training of each size, as far as it is known. */
  readonly training: readonly TrainingSoFar[];
  /** The dictionary that was learned last, as it is now. */
  readonly atoms: { readonly features: number; readonly atoms: Tensor; readonly imagesSeen: number } | null;
  /** Items by stage, in the order of the plan. */
  readonly stages: readonly { readonly stage: string; readonly done: number; readonly planned: number }[];
  /** Every time that the study's command was started. */
  readonly sessions: readonly SessionSoFar[];
  /** What else went wrong and was mended, as it was logged. */
  readonly alarms: readonly string[];
};

/** One dictionary's training: mean held-out energy at each look, images rising. */
export type TrainingSoFar = SizeName & {
  readonly imagesSeen: number;
  readonly done: boolean;
  readonly looks: readonly { readonly imagesSeen: number; readonly energy: number }[];
};

/** A start of the study's command: when, as shown, where, and how it ended. */
export type SessionSoFar = {
  readonly began: string;
  readonly machine: string;
  readonly workers: number;
  readonly items: number;
  /** null while it runs, or where it was killed. */
  readonly outcome: "finished" | "stopped" | "failed" | null;
};

/** Where and when a page was made. */
export type Origin = {
  readonly version: string;
  readonly machine: string;
  readonly node: string;
  /** The command that makes it again. */
  readonly command: string;
  /** As shown, for example "21 November 2026". */
  readonly date: string;
};

/** One font file; `characters` is a CSS unicode-range. */
export type FontFace = {
  readonly family: "Source Sans 3" | "Source Serif 4";
  readonly style: "normal" | "italic";
  readonly characters: string;
  /** The woff2 file. */
  readonly base64: string;
};

/** What is shown besides numbers. */
export type Showcase = { readonly tableau: Tableau | null; readonly pictures: readonly Picture[] };

/** A dictionary to look at. */
export type Tableau = {
  readonly features: number;
  /** [features, patch rows, patch columns, channels], 1 or 3 channels. */
  readonly atoms: Tensor;
  /** Fraction of positions at which each atom is active, at `lambda`. */
  readonly use: readonly number[];
  readonly lambda: number;
};

/** One test image before and after. Values are those of the normalised image (mean 0, standard deviation 1). */
export type Picture = {
  /** Its number among the test images. */
  readonly index: number;
  readonly features: number;
  readonly lambda: number;
  /** 100·‖clean − noisy‖/‖clean‖ and 100·‖clean − denoised‖/‖clean‖. */
  readonly percentErrorNoisy: number;
  readonly percentErrorDenoised: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** [height, width, channels], channel fastest. */
  readonly clean: Float32Array;
  readonly noisy: Float32Array;
  readonly denoised: Float32Array;
  /** noisy − denoised. */
  readonly residual: Float32Array;
  /** Active units at each position, [rows, columns]. */
  readonly activityMap: Float32Array;
  readonly rows: number;
  readonly columns: number;
};

/** How and where a study's numbers were made; no part of the study's key. */
export type Provenance = Origin & {
  readonly engine: string;
  readonly seconds: number;
  readonly workers: number;
  /** Of the tests for a phase transition, where they were run: their command, and the seconds they took beside `seconds`. */
  readonly tests?: { readonly command: string; readonly seconds: number };
  /** Versions by name. */
  readonly packages: Readonly<Record<string, string>>;
};
