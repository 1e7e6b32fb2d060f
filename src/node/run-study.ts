/**
 * A study on this machine: images opened, folder claimed and locked, workers
 * started, every round run (study/study.ts), the record and the report
 * written. What the commands call; all of it may be interrupted and repeated.
 */
import { resolve } from "node:path";
import { CrispError } from "../core/errors.js";
import { analyseStudy, provisionalRow } from "../study/analyse.js";
import { type PlanContext } from "../study/plan.js";
import type { MinimumRecord, StudyRecord } from "../study/record.js";
import type { StudySettings } from "../study/settings.js";
import { showcaseOf, shownMinimum } from "../study/showcase.js";
import { conductStudy, type StudyContext, type StudyProgress } from "../study/study.js";
import type { Unit } from "../study/unit.js";
import { openImages } from "./data.js";
import { logEvent, machineName, type StudyLogEvent } from "./events.js";
import { lockStudy } from "./lock.js";
import { claimFolder, type Manifest, manifestOf } from "./manifest.js";
import { openPool } from "./pool.js";
import { followProgress, type ProgressReport, stageOf } from "./progress.js";
import { openStore } from "./store.js";
import { writeRecord } from "./study-files.js";
import { writeReport } from "./study-report.js";
import { packageVersion } from "./version.js";

export type StudyEvent =
  | { readonly kind: "start"; readonly study: string; readonly out: string; readonly resumed: boolean }
  | ({ readonly kind: "progress" } & ProgressReport)
  | { readonly kind: "row"; readonly minimum: MinimumRecord; readonly provisional: boolean }
  | { readonly kind: "note"; readonly message: string }
  | { readonly kind: "warning"; readonly message: string };

export type StudyRequest = {
  readonly settings: StudySettings;
  /** Folder or archive of the images, where the source needs one. */
  readonly from?: string;
  readonly out: string;
  readonly workers: number;
  readonly signal: AbortSignal;
  /** The command that makes this study, as the report prints it. */
  readonly command: string;
  onEvent(event: StudyEvent): void;
};

/** Runs or resumes a study to its end. @throws CrispError `incomplete` when the signal stops it; everything done is kept */
export async function runStudy(request: StudyRequest): Promise<{ record: StudyRecord; report: string }> {
  const out = resolve(request.out);
  const images = await openImages({ ...request.settings, from: request.from });
  if (images.citation) request.onEvent({ kind: "note", message: images.citation });
  for (const message of images.warnings) request.onEvent({ kind: "warning", message });
  const workshop = { images, executor: await openPool(request.workers) };
  try {
    const manifest = manifestOf(request.settings, images, workshop.executor.family);
    const { resumed } = await claimFolder(out, manifest);
    const unlock = await lockStudy(out);
    try {
      request.onEvent({ kind: "start", study: manifest.study, out, resumed });
      return await session(request, out, contextOf(request, out, manifest, workshop));
    } finally {
      await unlock();
    }
  } finally {
    await workshop.executor.close();
  }
}

function contextOf(request: StudyRequest, out: string, manifest: Manifest, workshop: StudyContext["workshop"]): StudyContext {
  const plan: PlanContext = { settings: manifest.settings, family: manifest.family, images: manifest.images };
  const alarm = (message: string) => {
    request.onEvent({ kind: "warning", message });
    void logEvent(out, { kind: "alarm", message });
  };
  return {
    ...plan,
    workshop,
    store: openStore(out, alarm),
    progress: progressOf(request, out, plan),
    signal: request.signal,
    now: seconds,
  };
}

/** One session's work, with its beginning and end in the study's events. */
async function session(request: StudyRequest, out: string, context: StudyContext) {
  const started = seconds();
  const log = (event: StudyLogEvent) => logEvent(out, event);
  await log({
    kind: "session",
    machine: machineName(),
    node: process.version,
    version: packageVersion(),
    workers: request.workers,
    command: request.command,
  });
  let outcome: "finished" | "stopped" | "failed" = "failed";
  try {
    const sizes = await conductStudy(context);
    const record = analyseStudy(sizes, context);
    const minimum = shownMinimum(record.minima);
    if (minimum) await showcaseOf(context, minimum);
    await writeRecord(out, record);
    outcome = "finished";
    await log({ kind: "end", seconds: seconds() - started, outcome });
    return { record, report: await writeReport(out) };
  } catch (error) {
    if (error instanceof CrispError && error.code === "incomplete") outcome = "stopped";
    throw error;
  } finally {
    if (outcome !== "finished") await log({ kind: "end", seconds: seconds() - started, outcome });
  }
}

/** Turns what the study tells into events for the user and lines for the log. */
function progressOf(request: StudyRequest, out: string, plan: PlanContext): StudyProgress {
  const follow = followProgress(plan, request.workers, seconds);
  const began = new Map<string, number>();
  const show = (report: ProgressReport) => request.onEvent({ kind: "progress", ...report });
  return {
    onRound: (round, units) => show(follow.round(round, units)),
    onBegin: (unit: Unit) => void began.set(unit.id, seconds()),
    onUnit(unit, cached) {
      show(follow.unit(unit, cached));
      if (!cached) {
        const spent = seconds() - (began.get(unit.id) ?? seconds());
        void logEvent(out, { kind: "unit", id: unit.id, stage: stageOf(unit), seconds: spent });
      }
    },
    onTraining: (unit, state) => show(follow.training(unit, state)),
    onCurve: (features, curve, provisional) =>
      request.onEvent({ kind: "row", minimum: provisionalRow(features, curve, plan), provisional }),
  };
}

function seconds(): number {
  return performance.now() / 1000;
}
