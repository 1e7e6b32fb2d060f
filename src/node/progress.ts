/**
 * How far a study is and how long it still takes: the seconds that units are
 * expected to cost (study/cost.ts), corrected by how long the finished ones
 * really took.
 */
import type { Geometry } from "../core/geometry.js";
import { expectedImages } from "../learning/schedule.js";
import type { TrainingState } from "../learning/train.js";
import { allSizes, type SizeName, sizeText } from "../study/axis.js";
import { pathSeconds, unitSeconds, usualPoints } from "../study/cost.js";
import { geometryOf, type PlanContext } from "../study/plan.js";
import type { TrainUnit, Unit } from "../study/unit.js";

/** One line of progress. */
export type ProgressReport = {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly cached: number;
  readonly secondsLeft: number | null;
  readonly label: string;
};

/** Follows one study; every method returns the report to show. */
export function followProgress(context: PlanContext, workers: number, now: () => number) {
  const geometry = (size: SizeName): Geometry => geometryOf(context, size);
  const started = now();
  const partial = new Map<string, number>();
  let expected = expectedSweepSeconds(context);
  let planned = 0;
  let finished = 0;
  let done = 0;
  let total = 0;
  let cached = 0;
  let stage = "plan";

  function report(label: string): ProgressReport {
    let seconds = finished;
    for (const part of partial.values()) seconds += part;
    const elapsed = now() - started;
    const rate = seconds > 1 && elapsed > 2 ? elapsed / seconds : 1 / workers;
    const left = Math.max(0, planned + expected - seconds - cachedSeconds) * rate;
    return { stage, done, total, cached, secondsLeft: left, label };
  }
  let cachedSeconds = 0;
  return {
    round(round: number, units: readonly Unit[]): ProgressReport {
      total += units.length;
      planned += units.reduce((sum, unit) => sum + unitSeconds(unit, geometry), 0);
      if (units.some((unit) => unit.kind === "transition" || (unit.kind === "sweep" && unit.role === "curve")))
        expected = 0;
      return report(`round ${round}: ${units.length} ${units.length === 1 ? "unit" : "units"}`);
    },
    unit(unit: Unit, wasCached: boolean): ProgressReport {
      const seconds = unitSeconds(unit, geometry);
      partial.delete(unit.id);
      done++;
      if (wasCached) {
        cached++;
        cachedSeconds += seconds;
      } else finished += seconds;
      stage = stageOf(unit);
      return report(labelOf(unit));
    },
    training(unit: TrainUnit, state: TrainingState): ProgressReport {
      const length = expectedImages(unit.learning, state.ending);
      partial.set(unit.id, unitSeconds(unit, geometry) * Math.min(1, state.imagesSeen / length));
      stage = "training";
      return report(`${labelOf(unit)}: ${state.imagesSeen.toLocaleString("en-US")} images`);
    },
  };
}

/** The sweep's seconds before its round is planned. */
function expectedSweepSeconds(context: PlanContext): number {
  const { settings } = context;
  const { replicates, testImages, sweep } = settings;
  const paths = allSizes(settings).map((size) =>
    pathSeconds(geometryOf(context, size), usualPoints(sweep), sweep.tolerance),
  );
  return replicates * testImages * paths.reduce((sum, seconds) => sum + seconds, 0);
}

/** The stage a unit belongs to, in the words of the progress line. */
export function stageOf(unit: Unit): string {
  if (unit.kind === "sweep") return unit.role === "curve" ? "sweep" : unit.role;
  if (unit.kind === "transition") return unit.asked.kind === "response" ? "response" : "fluctuation";
  if (unit.kind === "atoms") return "dictionary";
  return unit.kind === "train" ? "training" : "showing";
}

function labelOf(unit: Unit): string {
  const size: SizeName = "geometry" in unit ? { features: unit.geometry.features } : unit;
  const seed = `${sizeText(size)}, seed ${unit.replicate + 1}`;
  return unit.kind === "sweep"
    ? `${stageOf(unit)} ${seed}, images ${unit.range.from}–${unit.range.to - 1}`
    : `${stageOf(unit)} ${seed}`;
}
