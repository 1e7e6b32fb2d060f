/** The record of two studies side by side: `crisp compare --json` and DIR/compare.json. Later versions only add fields. */
import type { Difference } from "../scaling/held-out.js";
import type { Estimate, ScalingFit } from "../scaling/types.js";
import type { Measure } from "../tasks/problems/problem.js";

/** One quantity at the minimum of one size. */
export type ComparedSize = {
  readonly features: number;
  readonly imageSize?: number;
  readonly systemSize: number;
  /** Null where the study has no such size or no minimum there. */
  readonly first: Estimate | null;
  readonly second: Estimate | null;
  /** Second ÷ first − 1. */
  readonly ratio: Difference | null;
};

/** Second − first, with the p that they agree. */
export type SlopeDifference = Estimate & { readonly p: number };

/** One quantity at the minima of both studies. */
export type ComparedQuantity = {
  readonly sizes: readonly ComparedSize[];
  /** Of the plain power law over the sizes that both fitted and found a minimum at. */
  readonly slopes: readonly [Estimate | null, Estimate | null];
  /** p that these sizes lie on it; below 0.05 the interval counts their scatter, and that of the difference is scaled alike. */
  readonly lackOfFit: readonly [number | null, number | null];
  readonly difference: SlopeDifference | null;
};

/** What a study by itself says of percent active at the minimum, over all the sizes that it fitted. */
export type OwnLaw = Pick<ScalingFit, "verdict" | "reason"> & {
  /** L of its sizes. */
  readonly fitted: readonly number[];
  /** Of the plain power law; null with fewer than 3 sizes. */
  readonly slope: Estimate | null;
};

/** One of the two: its folder's name, its key, its own law, and what its intervals do not hold. */
export type ComparedStudy = {
  readonly name: string;
  readonly key: string;
  readonly location: OwnLaw;
  readonly warnings: readonly string[];
};

/** Two studies side by side. */
export type CompareRecord = {
  readonly schemaVersion: 1;
  /** First and second. */
  readonly studies: readonly ComparedStudy[];
  /** Settings that differ, "learning.lambda: 0.5 | 1". */
  readonly differing: readonly string[];
  /** Whether both measured the same images under the same noise, so that what they share cancels. */
  readonly paired: boolean;
  readonly measure: Pick<Measure, "name" | "unit">;
  /** L of the sizes over which slopes are compared. */
  readonly fitted: readonly number[];
  readonly location: ComparedQuantity;
  readonly value: ComparedQuantity;
  readonly lambda: ComparedQuantity;
  readonly activeUnits: ComparedQuantity;
};
