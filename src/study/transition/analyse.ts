/**
 * From measurements to the table "is it a phase transition?": every test with
 * what it would have to show, the number found, its interval and a verdict by
 * the one rule of judge.ts. A pure function of stored results.
 */

import type { PlanContext } from "../plan.js";
import type { StudyRecord } from "../record.js";
import type { SizeResults } from "../study.js";
import type { Measured } from "./conduct.js";
import { fixedLambdaSlopes, sureScaling } from "./nulls.js";
import type { TransitionOptions } from "./plan.js";
import type { TransitionRecord } from "./record.js";
import { gather, type SizeMeasured, sizeRecord } from "./sizes.js";
import { margin, transitionTests } from "./tests.js";

export type TransitionInput = {
  readonly record: StudyRecord;
  readonly results: readonly SizeResults[];
  readonly plan: PlanContext;
  readonly measured: readonly Measured[];
};

export function analyseTransition(
  { record, results, plan, measured }: TransitionInput,
  options: TransitionOptions & Pick<TransitionRecord, "provenance">,
): TransitionRecord {
  const sizes = gather(record.minima, measured);
  const known = {
    record,
    sizes,
    rows: sizes.map((size) => sizeRecord(size, plan)),
    fixedLambda: fixedLambdaSlopes(results, plan),
    minimumSlope: record.location.powerLaw?.exponent ?? null,
    sure: sureScaling(results, plan),
  };
  return {
    schemaVersion: 1,
    study: record.study,
    images: options.images,
    draws: options.draws,
    margin,
    tests: transitionTests(known),
    sizes: known.rows,
    fixedLambda: known.fixedLambda,
    minimumSlope: known.minimumSlope,
    sure: known.sure,
    drives: drivesOf(sizes),
    provenance: options.provenance,
  };
}

/** How the two routes to (M⁻¹)_jj agree. */
function drivesOf(sizes: readonly SizeMeasured[]): TransitionRecord["drives"] {
  const drives = sizes.flatMap(({ responses }) => [...responses.values()].flatMap((response) => response.drives));
  const kept = drives.filter(({ stayed }) => stayed);
  return {
    count: drives.length,
    percentSwitched: drives.length === 0 ? 0 : (100 * (drives.length - kept.length)) / drives.length,
    largestPercent: kept.reduce((most, drive) => Math.max(most, 100 * Math.abs(drive.driven / drive.cholesky - 1)), 0),
  };
}
