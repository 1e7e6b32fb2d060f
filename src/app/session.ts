/**
 * A process's time with a study: images opened, workers started, the folder
 * claimed and locked; and all of it given back in the end.
 */

import { CrispError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { LawChoice } from "../scaling/law-choice.js";
import { type ProvisionalMinimum, provisionalMinimum } from "../study/analyse.js";
import type { Pace } from "../study/cost.js";
import { estimatePlan } from "../study/estimate.js";
import type { TrainItem } from "../study/items/train.js";
import { type LocalTools, studyRunner } from "../study/local.js";
import { measurePace, secondsToMeasure } from "../study/pace.js";
import type { PlanContext } from "../study/plan.js";
import type { StudySettings } from "../study/settings.js";
import type { StudyContext } from "../study/study.js";
import type { Executor } from "../work/executor.js";
import type { Item } from "../work/item.js";
import type { Runner } from "../work/runner.js";
import type { ItemStore } from "../work/store.js";
import { logEvent, noteEvent, type Purpose, type StudyLogEvent } from "./events.js";
import { keptFailures } from "./failures.js";
import type { GivenDictionaries } from "./given-dictionaries.js";
import { claimFolder, manifestOf, planOf } from "./manifest.js";
import { folderGone, type Platform } from "./platform.js";
import { followProgress, type ProgressReport, stageOf } from "./progress.js";
import { otherStore, reusing } from "./reuse.js";
import { mendingStore } from "./store.js";
import { openStudyImages } from "./study-images.js";

/** What a study tells while it runs. */
export type StudyEvent =
  | { readonly kind: "start"; readonly study: string; readonly out: string; readonly resumed: boolean }
  | ({ readonly kind: "progress" } & ProgressReport)
  | { readonly kind: "row"; readonly minimum: ProvisionalMinimum; readonly provisional: boolean }
  | { readonly kind: "fetched"; readonly bytes: number; readonly of: number | undefined }
  | { readonly kind: "note"; readonly message: string }
  | { readonly kind: "warning"; readonly message: string };

/** A study to run: settings, folder, workers, and who listens. */
export type StudyRequest = {
  readonly settings: StudySettings;
  /** Folder or archive of the images, where the source needs one. */
  readonly from?: string;
  /** The dictionaries of a study that trains none. */
  readonly dictionaries?: GivenDictionaries;
  readonly out: string;
  /** Folder of a study whose finished items are taken over where they are this study's too. */
  readonly reuse?: string;
  /** Laws that compete in the analysis; without them those that the folder's record has. */
  readonly laws?: LawChoice;
  readonly workers: number;
  /** Work without the lock, beside other processes that work on the study. */
  readonly join?: boolean;
  readonly signal: AbortSignal;
  /** .npy or .npz: weights of the pixels of the training images. */
  readonly mask?: string;
  /** Atoms that training begins with, where `learning.start` says so. */
  readonly startAtoms?: Tensor;
  /** The command that makes this study, as the report prints it. */
  readonly command: string;
  /** Told everything that happens. */
  onEvent(event: StudyEvent): void;
};

type Opened = StudyRequest & { readonly purpose: Purpose; readonly platform: Platform };

/** A study that is open for work. */
export type Session = {
  readonly out: string;
  /** Where the images were read from. */
  readonly from: string | undefined;
  readonly context: StudyContext;
  /** How fast this machine is with these images; measured when it is first asked for. */
  pace(): Promise<Pace>;
  close(): Promise<void>;
};

/**
 * Work on a study, between opening and giving back all it needs. The study's log
 * holds who, where and what for, and in the end how long and with what outcome.
 */
export async function inSession<T>(
  request: StudyRequest & { readonly purpose: Purpose },
  work: (session: Session) => Promise<T>,
  platform: Platform,
): Promise<T> {
  const session = await openSession(request, platform);
  const { purpose, workers, command } = request;
  const { machine, node, version } = platform.origin(command);
  const started = platform.now();
  let outcome: "finished" | "stopped" | "failed" = "failed";
  try {
    const { out, from } = session;
    await logEvent(out, { kind: "session", purpose, machine, node, version, workers, command, from }, platform);
    const result = await work(session);
    outcome = "finished";
    return result;
  } catch (error) {
    if (error instanceof CrispError && error.code === "incomplete") outcome = "stopped";
    // Whatever failed in a folder that is not there any more, says less than that.
    if ((await platform.files.kind(session.out)) === null) throw folderGone(session.out);
    throw error;
  } finally {
    const { out } = session;
    await log({ ...request, out, platform }, { kind: "end", seconds: platform.now() - started, outcome });
    await session.close();
  }
}

/** Opens everything a study needs; nothing stays open if one part fails. */
async function openSession(
  request: StudyRequest & { readonly purpose: Purpose },
  platform: Platform,
): Promise<Session> {
  const { files, studies } = platform;
  const out = files.paths.resolve(request.out);
  const given = request.dictionaries?.identities;
  const { images, masks, from } = await openStudyImages(
    { ...request, out, given },
    { signal: request.signal, onProgress: (bytes, of) => request.onEvent({ kind: "fetched", bytes, of }) },
    platform,
  );
  if (images.citation) request.onEvent({ kind: "note", message: images.citation });
  for (const message of images.warnings) request.onEvent({ kind: "warning", message });
  let executor: Executor | undefined;
  try {
    const pool = await platform.openExecutor(request.workers);
    executor = pool;
    const identified = { ...images, mask: masks?.hash };
    const kind = request.purpose === "training" ? "training" : undefined;
    const manifest = manifestOf(request.settings, identified, { family: pool.family, dictionaries: given, kind });
    const other = request.reuse === undefined ? undefined : await otherStore(request.reuse, manifest, platform);
    const { resumed } = await claimFolder(out, manifest, platform);
    const unlock = request.join ? async () => {} : await studies.lock(out);
    // Again, now that no other process can claim it; and without half-written files of the dead.
    await claimFolder(out, manifest, platform)
      .then(() => studies.removeStrays(out))
      .catch(async (error) => {
        await unlock();
        throw error;
      });
    request.onEvent({ kind: "start", study: manifest.study, out, resumed });
    let reused = 0;
    const close = async () => {
      const from = request.reuse;
      if (from !== undefined) request.onEvent({ kind: "note", message: reusedText(reused, from) });
      await unlock();
      await pool.close();
      images.close?.();
    };
    const tools = { images, executor: pool, masks, startAtoms: request.startAtoms };
    const opened = { ...request, out, platform };
    const own = mendingStore(out, alarmOf(opened), platform);
    const store = other ? reusing(own, other, () => void reused++) : own;
    const plan = planOf(manifest);
    const measured = secondsToMeasure(estimatePlan(plan, request.workers).seconds);
    const pace = onceOf(() => measurePace(plan, { images, executor: pool, processor: platform.processor, measured }));
    return { out, from, context: contextOf(opened, plan, { ...tools, store, pace }), pace, close };
  } catch (error) {
    await executor?.close();
    images.close?.();
    throw error;
  }
}

function reusedText(reused: number, from: string): string {
  return `${reused} ${reused === 1 ? "result" : "results"} taken over from ${from}.`;
}

/** Says that something went wrong, to the user and in the log. */
function alarmOf(request: Opened): (message: string) => void {
  return (message) => {
    request.onEvent({ kind: "warning", message });
    log(request, { kind: "alarm", message });
  };
}

function contextOf(
  request: Opened,
  plan: PlanContext,
  {
    store,
    pace,
    ...tools
  }: Pick<LocalTools, "images" | "executor" | "masks" | "startAtoms"> &
    Pick<Session, "pace"> & { readonly store: ItemStore },
): StudyContext {
  const { hooks, progress, measured } = progressOf(request, plan);
  const given = request.dictionaries?.atoms;
  const failures = keptFailures(request.out, { onMessage: alarmOf(request) }, request.platform);
  const runner = studyRunner(plan, store, {
    ...tools,
    ...hooks,
    given,
    // A training has one item only, whose failure is the command's.
    onFailure: request.purpose === "training" ? undefined : failures.onFailure,
    signal: request.signal,
    now: request.platform.now,
  });
  const run: Runner["run"] = async (items, onItem) => {
    await measured(async () => ((await lacksSome(items, store)) ? pace() : null));
    await runner.run(items, onItem);
    failures.demandNone();
  };
  return { ...plan, runner: { run }, store, progress };
}

function onceOf<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function lacksSome(items: readonly Item[], store: ItemStore): Promise<boolean> {
  for (const item of items) if (!(await store.has(item))) return true;
  return false;
}

/** Turns what the study tells into events for the user and lines for the log. */
function progressOf(
  request: Opened,
  plan: PlanContext,
): {
  hooks: Pick<LocalTools, "onBegin" | "onTraining">;
  progress: StudyContext["progress"];
  measured(measure: () => Promise<Pace | null>): Promise<void>;
} {
  const { now } = request.platform;
  const follow = followProgress(plan, { workers: request.workers, sweeps: request.purpose === "study", now });
  let pace: "unknown" | "measured" = "unknown";
  const began = new Map<string, number>();
  const show = (report: ProgressReport) => request.onEvent({ kind: "progress", ...report });
  return {
    /** The first time that something is to be done. The time left is said from then on. */
    async measured(measure) {
      if (pace === "measured") return;
      const found = await measure();
      if (found === null) return;
      pace = "measured";
      show(follow.paced(found));
    },
    hooks: {
      onBegin: (item) => void began.set(item.id, now()),
      onTraining: (item, state) => show(follow.training(item as TrainItem, state)),
    },
    progress: {
      onRound(round, items) {
        const report = follow.round(round, items);
        if (pace === "measured") show(report);
      },
      onItem(item: Item, cached) {
        show(follow.item(item, cached));
        if (cached) return;
        const spent = now() - (began.get(item.id) ?? now());
        log(request, { kind: "item", id: item.id, stage: stageOf(item), seconds: spent });
      },
      onCurve(size, curve, provisional) {
        const minimum = provisionalMinimum(size, curve, plan);
        if (minimum) request.onEvent({ kind: "row", minimum, provisional });
      },
      onAnalysis: (part) => show(follow.analysis(part)),
    },
  };
}

function log({ out, onEvent, platform }: Pick<Opened, "out" | "onEvent" | "platform">, event: StudyLogEvent) {
  return noteEvent({ out, onMissing: (message) => onEvent({ kind: "warning", message }) }, event, platform);
}
