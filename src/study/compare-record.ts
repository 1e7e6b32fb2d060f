/** The record of two studies side by side: `crisp compare --json` and DIR/compare.json. Later versions only add fields. */
import type { Difference } from "../scaling/held-out.js";
import type { Estimate } from "../scaling/types.js";
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
  /** Of the plain power law over the sizes that both fitted. */
  readonly slopes: readonly [Estimate | null, Estimate | null];
  readonly difference: SlopeDifference | null;
};

/** Two studies side by side. */
export type CompareRecord = {
  readonly schemaVersion: 1;
  /** First and second: the folder's name, and the study's key. */
  readonly studies: readonly { readonly name: string; readonly key: string }[];
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
